"""Data that no file holds: written out in the code, or drawn at random. Where a model meets it, it is a data set."""

from __future__ import annotations

from collections.abc import Collection

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.trace import TracedEdge
from mldebt.evaluate.values import Const, Map, Seq, Text, Unknown, Value

MOST = 400
"""Nodes looked at on the way to where data comes from."""
MANY = 16


def last_of(machine: Machine, sources: Collection[str]) -> list[str]:
    """What something is made of. Of very many, those stay away from which others of them are made: they reach it still.

    Else every step of a long program is tied to all the steps before it, and edges grow with their square.
    """
    if len(sources) > MANY:
        into = machine.trace.into
        before = {edge.source for source in sources for edge in into.get(source, ()) if edge.kind == "DERIVES"}
        sources = [source for source in sources if source not in before] or sources
    return sorted(sources)


def is_literal(value: Value, depth: int = 4) -> bool:
    """Whether every part of a value is written out where it is made."""
    if isinstance(value, (Seq, Map)):
        items = value.items if isinstance(value, Seq) else list(value.entries.values())
        return bool(items) and not value.open and depth > 0 and all(is_literal(item, depth - 1) for item in items)
    return isinstance(value, Const) or (isinstance(value, Text) and value.literal is not None)


def note_literal(machine: Machine, node: str, value: Value) -> None:
    """Remember of a frame that it was written out in the code."""
    if is_literal(value):
        machine.trace.node(node, "frame", machine.trace.nodes[node].name, literal=True)


def note_mixed(machine: Machine, node: str, other: Value) -> None:
    """Remember of made-up data that something went into it of which nothing is known."""
    known = machine.trace.nodes.get(node)
    made_up = known is not None and (known.attributes.get("literal") or known.attributes.get("random"))
    if known is not None and made_up and isinstance(other, Unknown) and not other.sources:
        machine.trace.node(node, known.kind, known.name, mixed=True)


def ground(machine: Machine, node: str) -> None:
    """Where everything that went into a node was made up in the code, what was made up is its data set."""
    seen, waiting, made_up = {node}, [node], []
    while waiting:
        here = waiting.pop()
        known = machine.trace.nodes.get(here)
        before = [edge.source for edge in machine.trace.into.get(here, ()) if not _asked_only(machine, edge)]
        if known is None or known.kind in ("dataset", "artifact", "gap", "stored", "loaded") or len(seen) > MOST:
            return
        if known.kind == "model":
            continue
        made_here = known.attributes.get("literal") or known.attributes.get("random")
        if known.attributes.get("mixed") or (not before and not made_here):
            return  # something else went in that is not known
        if not before:
            made_up.append(here)
        waiting += [source for source in before if source not in seen]
        seen.update(before)
    for here in sorted(made_up):
        _as_data_set(machine, here)


def _asked_only(machine: Machine, edge: TracedEdge) -> bool:
    """What was stored and is only asked, as a scaler is, has put no rows in."""
    known = machine.trace.nodes.get(edge.source)
    return bool(edge.attributes.get("state")) and known is not None and known.kind in ("loaded", "artifact")


def _as_data_set(machine: Machine, frame: str) -> None:
    known = machine.trace.nodes[frame]
    file = str(known.attributes.get("scope", machine.scope.file)).partition("::")[0]
    site = min(known.sites)
    name = f"inline::{file}::{known.name}"
    node = machine.trace.node(f"dataset:{name}", "dataset", name, site, store="memory", closed=True)
    machine.trace.edge(node, frame, "DERIVES", site, operation="written in the code")
