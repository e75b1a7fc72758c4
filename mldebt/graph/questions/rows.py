"""Which records a frame holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from mldebt.graph.model import Edge, Graph, RowSet
from mldebt.graph.questions.lineage import Path, origins, path_between
from mldebt.graph.questions.rowsets import is_kept_from
from mldebt.sites import Site

VALUES = ("DERIVES", "WRITES", "READS")
NARROWER = frozenset({"part", "filter", "sample"})
ALONG = NARROWER | {"equal", "join"}
"""Operations whose rows are rows of their (first) parent."""
SELECTED = frozenset({"part", "filter"})
WIDER = frozenset({"concat", "equal", "duplicate", "reshaped", "unknown"})


class RowFlow:
    """Which row sets are made of which, also across stored data with a single writer."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._above: dict[str, frozenset[str]] = {}
        self._before: dict[str, frozenset[str]] = {}
        self._selections: dict[str, list[RowSet]] = {}
        self._together: dict[str, frozenset[str]] = {}
        self._apart: dict[tuple[str, str, str], str] = {}

    @cached_property
    def learned_from(self) -> frozenset[str]:
        """The row sets that some model learns from, and those that they are a part of."""
        edges = (edge for edge in self._graph.edges_of_kind("TRAINS_ON", "EVALUATES_ON") if is_training(edge))
        return frozenset().union(*(self.above(rows_of(self._graph, edge.source)) for edge in edges))

    def before(self, rows: str) -> frozenset[str]:
        """The row set and all that its rows were taken from. A join takes its rows from its first side."""
        if rows not in self._before:
            self._before[rows] = self._found_before(rows)
        return self._before[rows]

    def _found_before(self, rows: str) -> frozenset[str]:
        found, waiting = {rows}, [rows]
        while waiting:
            for parent in self.parents(waiting.pop()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found)

    def includes(self, rows: str, others: str) -> bool:
        """Whether a row set holds the rows of another: it is a source of them or was put together from them."""
        return rows in self.before(others) or bool(self.above(others) & self._put_together(rows))

    def above(self, rows: str) -> frozenset[str]:
        """The row set and those that it is a part of."""
        if rows not in self._above:
            self._above[rows] = self._found_above(rows)
        return self._above[rows]

    def _found_above(self, rows: str) -> frozenset[str]:
        found, waiting = {rows}, [rows]
        while waiting:
            here = waiting.pop()
            known = self._graph.rowsets.get(here)
            held = known.parents[:1] if known is not None and known.operation in ALONG else ()
            for parent in (*held, *self.written(here)):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found)

    def split_between(self, trained: str, evaluated: str, of: str) -> str:
        """How two row sets were kept apart although both belong to `of`: split, filter, or "" where they were not."""
        key = trained, evaluated, of
        if key not in self._apart:
            self._apart[key] = self._found_between(*key)
        return self._apart[key]

    def _found_between(self, trained: str, evaluated: str, of: str) -> str:
        if trained == evaluated:
            return ""
        parts = [theirs for theirs in self._sets(evaluated) if self.includes(of, theirs.id)]
        for mine in self._sets(trained) if parts else ():
            for theirs in parts if self.includes(of, mine.id) else ():
                if mine.id != theirs.id:
                    if mine.split and mine.split == theirs.split and is_kept_from(theirs.part, mine.part):
                        return "split"
                    ways = {mine.operation, theirs.operation}
                    if "filter" in ways and "sample" not in ways and mine.parents == theirs.parents:
                        return "filter"
        return ""

    def whole(self, rows: str) -> str:
        """What rows were selected from by their values, or the rows themselves."""
        known = self._graph.rowsets.get(rows)
        while known is not None and known.operation in ("filter", "sample") and known.parents:
            rows = known.parents[0]
            known = self._graph.rowsets.get(rows)
        return rows

    def touches(self, some: str, rows: str) -> bool:
        """Whether a row set holds the rows of another, or is a selection that has some of them as likely as any."""
        if self.includes(some, rows):
            return True
        whole = self.whole(some)
        if whole == some or not self.includes(whole, rows):
            return False
        selected = {one.parents for one in self._sets(some) if one.operation == "filter"}
        beside = any(one.operation == "filter" and one.parents in selected for one in self._sets(rows))
        mine, theirs = dict(self.parts(some)), dict(self.parts(rows))
        return not beside and all(mine[split] == theirs[split] for split in mine.keys() & theirs.keys())

    def parts(self, rows: str) -> frozenset[tuple[str, str]]:
        """(split, part) for each split that the rows come from one side of."""
        sets = (self._graph.rowsets.get(above) for above in self.above(rows))
        return frozenset((known.split, known.part) for known in sets if known is not None and known.split)

    def written(self, rows: str) -> tuple[str, ...]:
        """The rows that were stored for these, where they are read back from a single place that writes them."""
        return self._written.get(rows, ())

    def _sets(self, rows: str) -> list[RowSet]:
        if rows not in self._selections:
            sets = (self._graph.rowsets.get(before) for before in sorted(self.before(rows)))
            made = [found for found in sets if found is not None and (found.operation in SELECTED or found.split)]
            self._selections[rows] = made
        return self._selections[rows]

    def parents(self, rows: str) -> tuple[str, ...]:
        """What the rows of a row set were taken from. A join takes its rows from its first side."""
        known = self._graph.rowsets.get(rows)
        parents = known.parents if known else ()
        return (parents[:1] if known and known.operation == "join" else parents) + self._written.get(rows, ())

    def _put_together(self, rows: str) -> frozenset[str]:
        if rows not in self._together:
            self._together[rows] = self._found_together(rows)
        return self._together[rows]

    def _found_together(self, rows: str) -> frozenset[str]:
        found, waiting = {rows}, [rows]
        while waiting:
            known = self._graph.rowsets.get(waiting.pop())
            for parent in known.parents if known and known.operation in WIDER else ():
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found)

    def keys(self, sites: Iterable[Site]) -> set[str]:
        """The names of the columns by which a statement groups rows."""
        return {name for site in sites for name in self._keys.get(site, ())}

    @cached_property
    def _keys(self) -> dict[Site, set[str]]:
        found: dict[Site, set[str]] = {}
        for node in self._graph.nodes.values():
            for column in node.columns:
                for use in column.uses:
                    if use.kind == "key":
                        found.setdefault(use.site, set()).add(column.name)
        return found

    @cached_property
    def _written(self) -> dict[str, tuple[str, ...]]:
        """The rows that were stored for the rows that are read back, where only one place writes the data set."""
        stored: dict[str, tuple[str, ...]] = {}
        for dataset in self._graph.of_kind("dataset"):
            writers = {edge.source for edge in self._graph.into(dataset.id, "WRITES")}
            if len(writers) == 1:
                written = rows_of(self._graph, writers.pop())
                for edge in self._graph.out(dataset.id, "READS"):
                    if written and written != rows_of(self._graph, edge.target):
                        stored[rows_of(self._graph, edge.target)] = (written,)
        return stored


def rows_of(graph: Graph, node: str) -> str:
    return str(graph[node].attributes.get("rows", "")) if node in graph.nodes else ""


def is_training(edge: Edge) -> bool:
    return edge.kind == "TRAINS_ON" or edge.attributes.get("operation") == "cross_validate"


def way_from_data(graph: Graph, frame: str) -> Path:
    """How the nearest stored data set becomes the frame; nothing where none is known."""
    source = next((node for node in origins(graph, [frame], VALUES) if graph[node].kind == "dataset"), None)
    return path_between(graph, [source], [frame], VALUES) or () if source else ()
