"""Columns that a fitted selector chose, or that what they have in common with the label chose:
`X[X.columns[selector.get_support()]]`, `df[df.corr()["label"].nlargest(9).index]`.
"""

from __future__ import annotations

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Frame, Model, Object, Seq, Unknown, Value
from mldebt.sites import Site

MOST_NODES = 12


def chosen_by_selector(machine: Machine, frame: Frame, key: Value, site: Site) -> Frame:
    """The frame that the key picks columns of, as something that the selectors made if they say which columns."""
    selectors = _selectors(machine, key)
    if not selectors:
        return frame
    known = machine.trace.nodes.get(frame.node)
    name = machine.scope.hint or (known.name if known else "chosen")
    made = new_frame(machine, name, ("chosen", machine.scope.statement, frame.node), site, rows=frame.rows)
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="transform")
    for selector in selectors:
        machine.trace.edge(selector, made.node, "DERIVES", site, operation="transform", state=True)
    return frame.copy(node=made.node)


def _selectors(machine: Machine, key: Value) -> list[str]:
    if not isinstance(key, (Unknown, Object, Seq, Frame)):
        return []
    return [node for node in _behind(machine, sorted(sources_of(key))) if _says_which(machine, node)]


def _behind(machine: Machine, nodes: list[str]) -> list[str]:
    """Nodes and what they were made of in a few steps; what a model foretells says nothing of columns."""
    found = list(nodes)
    for node in found:
        edges = machine.trace.into.get(node, ()) if len(found) < MOST_NODES and node.startswith("frame:") else ()
        sources = dict.fromkeys(edge.source for edge in edges if edge.kind == "DERIVES")
        found += [source for source in sources if source not in found and source.startswith(("frame:", "model:"))]
    return found


def _says_which(machine: Machine, node: str) -> bool:
    known = machine.trace.nodes.get(node)
    return known is not None and (known.attributes.get("family") == "selector" or bool(known.attributes.get("weighs")))


def weighs(operation: Operation, *models: Model) -> None:
    """`forest.feature_importances_`: which columns matter for what it learned."""
    for model in models:
        known = operation.machine.trace.nodes[model.node]
        operation.machine.trace.node(model.node, known.kind, known.name, weighs=True)


def weighed(operation: Operation, frame: Frame, result: Frame) -> Frame:
    """What each column has in common with the label (`mutual_info_classif(X, y)`), or with each other (`df.corr()`)."""
    among = operation.entry.flag("among")
    return _weights(operation.machine, frame, result, operation.hint, operation.call.ordinal, among=among)


def with_one(machine: Machine, frame: Frame, result: Frame) -> Frame:
    """`df.corr()["label"]`: what each column has in common with one of them."""
    known = machine.trace.nodes.get(frame.node)
    if known is None or not known.attributes.get("among"):
        return result
    return _weights(machine, frame, result, machine.scope.hint, ("with", machine.scope.statement), among=False)


def _weights(machine: Machine, frame: Frame, result: Frame, hint: str, key: object, *, among: bool) -> Frame:
    known = machine.trace.nodes.get(frame.node)
    name, site = hint or (known.name if known else "weights"), machine.site()
    made = new_frame(machine, name, (key, frame.node), site, rows=frame.rows)
    machine.trace.node(made.node, "frame", name, among=among or None, weighs=None if among else True)
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="weigh", state=None if among else True)
    return result.copy(node=made.node)
