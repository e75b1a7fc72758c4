"""Columns that a fitted selector chose: `X[X.columns[selector.get_support()]]`."""

from __future__ import annotations

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Frame, Object, Seq, Unknown, Value
from mldebt.sites import Site


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
    if not isinstance(key, (Unknown, Object, Seq)):
        return []
    known = [(source, machine.trace.nodes.get(source)) for source in sorted(sources_of(key))]
    return [source for source, node in known if node is not None and node.attributes.get("family") == "selector"]
