"""Joins on the way to a model that repeat rows as soon as a key occurs twice in the table that is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import holds_records, sites_at_work
from mldebt.graph.questions.learning import is_named, way_to_model, what_is_learned_from
from mldebt.graph.questions.lineage import Path, path_between
from mldebt.sites import Site

HARMLESS = frozenset({"cross", "asof", "semi", "anti", "leftsemi", "left_semi", "leftanti", "left_anti"})
SAME_ROWS = frozenset({"equal", "filter", "sample", "part"})
OPAQUE = frozenset({
    "merge", "concat", "group", "query", "collect", "compute", "frame", "made", "step", "transform", "unknown call",
    "pivot", "pivot_table", "crosstab",
})  # fmt: skip
"""What makes a table of another of which it isn't known which rows it has."""

_TEST = re.compile(r"(?<![a-z])test(?![a-z])", re.IGNORECASE)


class LookUp(Struct, frozen=True):
    """A stored table that is looked up by keys that nothing proves to be unique in it.

    `side` of the join on which it stands; `base`: what the other side holds; `checkable`: the join itself can check it.
    `scope`: the function in which it is joined.
    """

    lookup: Node
    keys: tuple[str, ...]
    sites: tuple[Site, ...]
    side: str
    base: str
    checkable: bool
    path: Path
    scope: str = ""


def unvalidated_joins(graph: Graph) -> Iterator[LookUp]:
    """Each stored table that is joined into training data unchecked, once for each set of keys."""
    found: dict[tuple[str, tuple[str, ...]], list[tuple[Edge, Edge, Edge]]] = {}
    learned = graph.once(what_is_learned_from)
    for edge in graph.edges_of_kind("DERIVES"):
        if edge.attributes.get("side") != "right" or edge.target not in learned or not sites_at_work(graph, edge):
            continue
        for left in _other_sides(graph, edge):
            for looked_up, other in _lookups(graph, edge, left):
                read = _read(graph, looked_up)
                if read is not None:
                    found.setdefault((read.source, _keys(looked_up)), []).append((read, looked_up, other))
    told: set[tuple[tuple[str, ...], frozenset[Site]]] = set()
    for (dataset, keys), joins in sorted(found.items()):
        if any((twin, keys) in found for twin in _for_training(dataset)):
            continue  # the same join of the rows to predict, which a model doesn't learn from
        joined = _joined(graph, graph[dataset], keys, joins)
        if _drops_repeated_rows(joined.path) or _is_known_to_repeat(graph, graph[dataset], keys):
            continue
        if (keys, frozenset(joined.sites)) not in told:  # one of several stores that a program may read from
            told.add((keys, frozenset(joined.sites)))
            yield joined


def _is_known_to_repeat(graph: Graph, dataset: Node, keys: tuple[str, ...]) -> bool:
    """Whether other code puts rows together by these keys: whoever joins them wants each."""
    asked = {
        column.name: {use.site for use in column.uses if use.kind == "key" and _groups_at(graph, use.site)}
        for column in dataset.columns
    }
    by_all = set.intersection(*(asked.get(key, set()) for key in keys)) if keys else set()
    return bool(by_all.difference(*(sites for name, sites in asked.items() if name not in keys)))


def _groups_at(graph: Graph, site: Site) -> bool:
    return (site.file, site.cell, site.line) in graph.once(_groupings)


def _groupings(graph: Graph) -> frozenset[tuple[str, int, int]]:
    """The lines of all statements that put rows together."""
    edges = (edge for edge in graph.edges_of_kind("DERIVES") if edge.attributes.get("operation") == "group")
    sites = (site for edge in edges for site in edge.sites)
    return frozenset((site.file, site.cell, line) for site in sites for line in range(site.line, site.end_line + 1))


def _drops_repeated_rows(path: Path) -> bool:
    """Whether rows that occur twice are dropped behind the join, as those are that it repeats."""
    sides = [edge.attributes.get("side") is not None for edge in path]
    return any(edge.attributes.get("distinct") for edge in path[sides.index(True) :])


def _for_training(dataset: str) -> set[str]:
    """What the file is called that holds of the training rows what this one holds of those to predict."""
    return {changed for word in ("train", "training") if (changed := _TEST.sub(word, dataset)) != dataset}


def _other_sides(graph: Graph, edge: Edge) -> list[Edge]:
    """The left sides of the same join."""
    return [
        other
        for other in graph.into(edge.target, "DERIVES")
        if other.attributes.get("side") == "left" and set(other.sites) & set(edge.sites)
    ]


def _lookups(graph: Graph, right: Edge, left: Edge) -> Iterator[tuple[Edge, Edge]]:
    """The side that is looked up, where neither is known to have each key once: that without the label."""
    sides = (right, left)
    if any(_is_safe(graph, side) for side in sides):
        return
    how, labelled = right.attributes.get("how"), _holds_label(graph, right) and not _holds_label(graph, left)
    if labelled and how == "left":
        return  # labels are looked up for rows of which there may be several for each
    turned = how == "right" or labelled
    yield (left, right) if turned else (right, left)


def _is_safe(graph: Graph, side: Edge) -> bool:
    attributes = side.attributes
    return (
        bool(attributes.get("validated") or attributes.get("unique"))
        or not attributes.get("keys")
        or attributes.get("how") in HARMLESS
        or bool(graph[side.source].attributes.get("counted"))
    )


def _holds_label(graph: Graph, side: Edge) -> bool:
    """Whether what is learned comes from a side of a join."""
    read = _any_read(graph, side.source)
    return read is not None and any(use.kind == "label" for column in graph[read.source].columns for use in column.uses)


def _keys(side: Edge) -> tuple[str, ...]:
    found = side.attributes.get("keys")
    return tuple(map(str, found)) if isinstance(found, (tuple, list)) else ()


def _read(graph: Graph, side: Edge) -> Edge | None:
    """The read of a foreign file whose rows stand on a side of a join as they came, or fewer of them."""
    read = _any_read(graph, side.source)
    if read is None or any(graph[node].attributes.get("counted") for node in (side.source, read.target)):
        return None
    way = path_between(graph, [read.target], [side.source], ("DERIVES",)) or ()
    if (not way and read.target != side.source) or any(edge.attributes.get("operation") in OPAQUE for edge in way):
        return None
    dataset = graph[read.source]
    foreign = dataset.attributes.get("external") and not graph.into(dataset.id, "DERIVES", "WRITES")
    return (
        read
        if foreign and is_named(dataset) and dataset.attributes.get("store") != "table" and holds_records(dataset)
        else None
    )


def _any_read(graph: Graph, frame: str) -> Edge | None:
    rows = graph.rowsets.get(str(graph[frame].attributes.get("rows", "")))
    seen = set()
    while rows is not None and rows.operation in SAME_ROWS and rows.parents and rows.id not in seen:
        seen.add(rows.id)
        rows = graph.rowsets.get(rows.parents[0])
    if rows is None or rows.operation != "read":
        return None
    reads = graph.into(rows.id.removeprefix("rows:"), "READS")
    return reads[0] if len(reads) == 1 else None


def _joined(graph: Graph, lookup: Node, keys: tuple[str, ...], joins: list[tuple[Edge, Edge, Edge]]) -> LookUp:
    read, side, other = min(joins, key=lambda join: (min(sites_at_work(graph, join[1])), join[1].source))
    onward = way_to_model(graph, side.target)
    way = path_between(graph, [read.target], [side.source], ("DERIVES",)) or ()
    sites = sorted({site for _, joined, _ in joins for site in sites_at_work(graph, joined)})
    base = _any_read(graph, other.source)
    return LookUp(
        lookup, keys, tuple(sites), str(side.attributes.get("side")),
        graph[base.source].name if base is not None else graph[other.source].name,
        bool(side.attributes.get("checkable")), (read, *way, side, *onward),
        str(graph[side.target].attributes.get("scope", "")),
    )  # fmt: skip
