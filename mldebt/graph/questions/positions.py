"""Columns of stored tables that code tells by where they stand, on the way to a model."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import holds_records, sites_at_work
from mldebt.graph.questions.learning import is_named, way_to_model, what_is_learned_from
from mldebt.graph.questions.lineage import Path, reachable
from mldebt.sites import Site

BY_POSITION = ("position", "names")
IN_ORDER = frozenset({"changed", "filter", "sample", "part", "duplicate", "shuffle", "alternative", *BY_POSITION})
"""What is done to a table that leaves its columns where they stood."""


class Access(Struct, frozen=True):
    """One place that tells columns by position: `columns` as written; `names` where it gives them names."""

    site: Site
    columns: str
    names: bool


class ByPosition(Struct, frozen=True):
    """A data set with the places that tell its columns by position; `path` leads from it through one to a model.

    `headless`: the file is said to have no names.
    """

    dataset: Node
    accesses: tuple[Access, ...]
    path: Path
    headless: bool


def positional_columns(graph: Graph) -> Iterator[ByPosition]:
    """Each stored table whose columns are told by position where something is learned from them."""
    learned = graph.once(what_is_learned_from)
    found: dict[str, list[tuple[Edge, Path, tuple[Site, ...]]]] = {}
    for edge in graph.edges_of_kind("DERIVES"):
        sites = sites_at_work(graph, edge) if edge.attributes.get("operation") in BY_POSITION else ()
        way = _from_storage(graph, edge.source) if sites and edge.target in learned else None
        if way is not None and not (_is_headless(way) and edge.attributes.get("operation") == "names"):
            found.setdefault(way[0].source, []).append((edge, way, sites))
    for dataset, taken in sorted(found.items()):
        accesses = sorted(
            {
                (site, str(edge.attributes["columns"]), edge.attributes["operation"] == "names")
                for edge, _, sites in taken
                for site in sites
            }
        )
        edge, way, _ = min(taken, key=lambda one: (one[2], one[0].source))
        onward = way_to_model(graph, edge.target)
        if _is_all_there_is(graph, dataset, accesses, onward) or _is_own_array(graph, dataset):
            continue
        headless = all(_is_headless(way) for _, way, _ in taken)
        yield ByPosition(graph[dataset], tuple(Access(*one) for one in accesses), (*way, edge, *onward), headless)


def _is_all_there_is(graph: Graph, dataset: str, accesses: list[tuple[Site, str, bool]], onward: Path) -> bool:
    """Whether the only column is meant: of a table that has no other, or of a file that is there for the labels."""
    if {columns for _, columns, _ in accesses} - {"0", "-1"}:
        return False
    if len(graph[dataset].columns) == 1 and graph.into(dataset, "WRITES"):
        return True
    behind = reachable(graph, [dataset], ("READS", "DERIVES"))
    return bool(onward) and onward[-1].kind == "LABELS" and not any(graph.out(node, "TRAINS_ON") for node in behind)


def _is_own_array(graph: Graph, dataset: str) -> bool:
    """Whether the repository puts an array together itself: it has no names, and the order is its own."""
    return graph[dataset].name.endswith((".npy", ".npz")) and bool(graph.into(dataset, "WRITES"))


def _is_table(dataset: Node) -> bool:
    return holds_records(dataset) and is_named(dataset)


def _is_headless(way: Path) -> bool:
    return way[0].attributes.get("header") is False


def _from_storage(graph: Graph, frame: str) -> Path | None:
    """The way from a stored table to a frame that has its columns in the same order."""
    waiting: list[Path] = [()]
    seen = {frame}
    for path in waiting:
        at = path[0].source if path else frame
        for edge in graph.into(at, "READS", "DERIVES"):
            if edge.kind == "READS":
                return (edge, *path) if _is_table(graph[edge.source]) else None
            if edge.attributes.get("operation") not in IN_ORDER:
                return None
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append((edge, *path))
    return None
