"""Data sets that are written over what they were made of, and whether anything is lost by that."""

from __future__ import annotations

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.lineage import Path
from mldebt.sites import Site

OBJECTS = frozenset({"pickle", "joblib", "json"})
"""Formats of objects of any kind, of which a table is only one."""
KEEPING = frozenset({"", "changed", "assign", "column", "insert"})
"""Operations after which all rows are there, and all columns but those that are changed."""
ACCUMULATING = frozenset({"read", "concat", "append", "filter", "changed"})
"""What may happen to old records that are only put together with new ones."""


class Overwrite(Struct, frozen=True):
    """A data set whose old records go into what replaces them; `path` leads from it back to it."""

    dataset: Node
    path: Path
    site: Site


def accumulates(way: Path) -> bool:
    """Whether the old records are only put together with new ones: an append or an upsert by hand."""
    operations = {str(edge.attributes.get("operation", "")) for edge in way}
    return bool(operations & {"concat", "append"}) and operations <= ACCUMULATING


def is_harmless(graph: Graph, found: Overwrite) -> bool:
    """State of a program; or what a second run leaves as the first did, where nobody else reads it or git keeps it."""
    if _is_state(graph, found):
        return True
    untouched = len(found.path) == 2 and _names_all(found.path[-1])  # each column is written as it was read
    kept = untouched or bool(found.dataset.attributes.get("tracked")) or not _has_other_readers(graph, found)
    return kept and _repeats(graph, found)


def _is_state(graph: Graph, found: Overwrite) -> bool:
    """An object that a program restores and saves again, with nothing in it that is known to be a column."""
    read = found.path[0]
    whole = bool(graph[read.target].attributes.get("loaded")) and not graph[read.target].columns
    return found.dataset.attributes.get("format") in OBJECTS and whole and not found.dataset.columns


def _has_other_readers(graph: Graph, found: Overwrite) -> bool:
    readers = graph.out(found.dataset.id, "READS", "DERIVES", "LOADS")
    return any(site.file != found.site.file for edge in readers for site in edge.sites)


def _repeats(graph: Graph, found: Overwrite) -> bool:
    """Whether all old rows and columns stay, but for columns that aren't computed from themselves."""
    steps = found.path[1:-1]
    if any(str(edge.attributes.get("operation", "")) not in KEEPING or edge.attributes.get("state") for edge in steps):
        return False
    return _keeps_columns(found.path[-1]) and not any(
        owner == found.dataset.id and name == column.name
        for edge in steps
        for column in graph[edge.target].columns
        for owner, name in column.derived_from
    )


def _keeps_columns(write: Edge) -> bool:
    """The columns that aren't named go through as they came, or all are named and none is computed anew."""
    return bool(write.attributes.get("passes")) or _names_all(write)


def _names_all(write: Edge) -> bool:
    """All columns are named and none is computed anew."""
    computed = write.attributes.get("computed")
    named = computed if isinstance(computed, dict) else {}
    return bool(named) and all(term is not None and term.op == "column" for term in named.values())
