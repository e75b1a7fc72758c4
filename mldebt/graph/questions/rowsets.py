"""Which records are which: the parts of a split that a frame's rows come from."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, RowSet


def ancestry(graph: Graph, rows: str) -> tuple[RowSet, ...]:
    """The row set and all those that its rows come from, nearest first."""
    found: dict[str, RowSet] = {}
    waiting = [rows]
    while waiting:
        known = graph.rowsets.get(waiting.pop(0))
        if known is not None and known.id not in found:
            found[known.id] = known
            waiting.extend(known.parents)
    return tuple(found.values())


def parts(graph: Graph, nodes: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(split, part) of every split that the rows of these nodes were taken from."""
    rows = (str(graph[node].attributes.get("rows", "")) for node in nodes)
    return frozenset((row.split, row.part) for start in rows for row in ancestry(graph, start) if row.split)


def are_apart(graph: Graph, some: Iterable[str], others: Iterable[str]) -> bool:
    """True where both come from one split and from different sides of it."""
    left, right = dict(parts(graph, some)), dict(parts(graph, others))
    return any(left[split] != right[split] for split in left.keys() & right.keys())


def is_kept_from(evaluated: str, trained: str) -> bool:
    """Whether a part of a split is none of the rows that a model learned from, which are another part of it.

    Who learns from one window of a loop after the other has seen all rows, unless what is asked begins where it ends.
    """
    if not trained.startswith("window "):
        return evaluated != trained
    return " to " in evaluated and _bounds(evaluated)[0] == _bounds(trained)[1]


def _bounds(part: str) -> tuple[str, str]:
    low, _, high = part.partition(" ")[2].partition(" to ")
    return low, high
