"""Columns of stored data that one side keeps up for nothing, although the data set as a whole is used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Column, Edge, Graph, Node
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import reachable
from mldebt.sites import Site
from mldebt.terms import Term

LEARNED = frozenset({"feature", "label"})
ARRAY = re.compile(r"\.np[yz]$")
"""What is stored as an array has numbers in the place of names, and is learned from as a whole."""
_PASSED_ON = frozenset({"column", "const", "hole"})


class StoredInVain(Struct, frozen=True):
    """Columns that code computes for a file from which models learn, and that none of its readers needs."""

    dataset: Node
    columns: tuple[str, ...]
    writes: tuple[Edge, ...]
    reads: tuple[Edge, ...]


class AskedInVain(Struct, frozen=True):
    """Columns that a read asks for by name and the program that reads doesn't use; others may."""

    dataset: Node
    columns: tuple[str, ...]
    kept: tuple[str, ...]
    reads: tuple[Edge, ...]
    sites: tuple[Site, ...]


def columns_stored_in_vain(graph: Graph) -> Iterator[StoredInVain]:
    for dataset in graph.of_kind("dataset"):
        if dataset.attributes.get("store") != "file" or not is_learned_from(dataset) or ARRAY.search(dataset.name):
            continue
        writes = tuple(edge for edge in graph.into(dataset.id, "WRITES") if sites_at_work(graph, edge))
        reads = tuple(edge for edge in graph.out(dataset.id, "READS") if sites_at_work(graph, edge))
        vain = tuple(c.name for c in dataset.columns if _is_unread(c) and _is_computed(c.name, writes))
        if vain and reads and all(edge.attributes.get("mode") == "replace" for edge in writes):
            yield StoredInVain(dataset, vain, writes, reads)


def is_learned_from(dataset: Node) -> bool:
    return any(use.kind in LEARNED for column in dataset.columns for use in column.uses)


def _is_unread(column: Column) -> bool:
    return column.used is False and column.source == "written" and bool(column.name) and "{" not in column.name


def _is_computed(name: str, writes: tuple[Edge, ...]) -> bool:
    """Whether every write makes it of something: a key or a date that comes along identifies the row."""
    terms = [_computed(edge).get(name) for edge in writes]
    return bool(terms) and all(term is not None and not _is_passed_on(name, term) for term in terms)


def _computed(edge: Edge) -> dict[str, Term | None]:
    known = edge.attributes.get("computed")
    return dict(known) if isinstance(known, dict) else {}


def _is_passed_on(name: str, term: Term) -> bool:
    return term.op in _PASSED_ON or f'"{name}"' in str(term.setting("by"))


def columns_asked_in_vain(graph: Graph) -> Iterator[AskedInVain]:
    """By data set, all its reads that ask in vain together."""
    for dataset in graph.of_kind("dataset"):
        reads = tuple(
            edge
            for edge in graph.out(dataset.id, "READS")
            if _names(edge, "idle") and sites_at_work(graph, edge) and _comes_to_something(graph, edge.target)
        )
        if reads and "{" not in dataset.name:
            idle = tuple(dict.fromkeys(name for edge in reads for name in _names(edge, "idle")))
            kept = tuple(dict.fromkeys(n for edge in reads for n in _names(edge, "columns") if n not in idle))
            sites = tuple(sorted({site for edge in reads for site in sites_at_work(graph, edge)}))
            yield AskedInVain(dataset, idle, kept, reads, sites)


def _comes_to_something(graph: Graph, frame: str) -> bool:
    """Whether anything is learned, stored or told of a table; else the program as a whole is unfinished."""
    frames = reachable(graph, [frame], ("DERIVES",))
    return any(edge.kind not in ("DERIVES", "FITS") for node in frames for edge in graph.out(node))


def _names(edge: Edge, key: str) -> tuple[str, ...]:
    names = edge.attributes.get(key)
    return tuple(str(name) for name in names) if isinstance(names, (tuple, list)) else ()
