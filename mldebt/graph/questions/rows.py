"""Which records a frame holds, and what was learned from records that should have stayed unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from mldebt.graph.model import Edge, Graph, Node, RowSet
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.lineage import Path, origins, path_between, reachable
from mldebt.sites import Site

CATEGORIES = frozenset({"encoder"})
"""Families of transformers that only list the values that occur, unless they learn from the label; that a value exists
is no leak worth a word."""

UNMIXED = frozenset({"group", "made", "get_dummies", "factorize", "cut", "qcut", "encode", "rank", "codes"})
"""Operations whose state is a list of values or bounds, or that make rows of another kind."""

_TIME = re.compile(
    r"(?<![a-z])(date|datetime|time|timestamp|day|week|month|year|hour|quarter|season|period)(?![a-z])", re.IGNORECASE
)

VALUES = ("DERIVES", "WRITES", "READS")
NARROWER = frozenset({"part", "filter", "sample"})
ALONG = NARROWER | {"equal", "join"}
"""Operations whose rows are rows of their (first) parent."""
WIDER = frozenset({"concat", "equal", "duplicate", "reshaped", "unknown"})


class RowFlow:
    """Which row sets are made of which, also across stored data with a single writer."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._above: dict[str, frozenset[str]] = {}
        self._before: dict[str, frozenset[str]] = {}
        self._selections: dict[str, list[RowSet]] = {}

    @cached_property
    def learned_from(self) -> frozenset[str]:
        """The row sets that some model learns from, and those that they are a part of."""
        edges = (edge for edge in self._graph.edges_of_kind("TRAINS_ON", "EVALUATES_ON") if _is_training(edge))
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

    def split_between(self, one: str, other: str, of: str) -> str:
        """How two row sets were kept apart although both belong to `of`: split, filter, or "" where they were not."""
        for mine in self._sets(one):
            for theirs in self._sets(other):
                if mine.id != theirs.id and self.includes(of, mine.id) and self.includes(of, theirs.id):
                    if mine.split and mine.split == theirs.split and mine.part != theirs.part:
                        return "split"
                    by_value = "filter" in (mine.operation, theirs.operation)
                    if by_value and mine.parents == theirs.parents:
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
            made = [found for found in sets if found is not None and found.operation in ("part", "filter")]
            self._selections[rows] = made
        return self._selections[rows]

    def parents(self, rows: str) -> tuple[str, ...]:
        """What the rows of a row set were taken from. A join takes its rows from its first side."""
        known = self._graph.rowsets.get(rows)
        parents = known.parents if known else ()
        return (parents[:1] if known and known.operation == "join" else parents) + self._written.get(rows, ())

    def _put_together(self, rows: str) -> frozenset[str]:
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


@dataclass(frozen=True, slots=True)
class Learned:
    """A statistic over rows: what computes it, on which rows, and the node whose values carry it."""

    fit: Edge
    rows: str
    carrier: Node

    @property
    def transformer(self) -> Node | None:
        return self.carrier if self.carrier.kind == "model" else None

    @property
    def of_groups(self) -> bool:
        return self.fit.attributes.get("operation") == "group"


@dataclass(frozen=True, slots=True)
class Leak:
    """A statistic learned from test rows that goes into the training of the model evaluated on them.

    `flow` leads from the fit to the model, `evaluation` is the prediction or metric on the other part; `apart` says how
    the parts were made: split, filter, or folds for a cross-validation.
    """

    learned: Learned
    flow: Path
    model: Node
    evaluation: Edge
    apart: str


def leaks(graph: Graph) -> Iterator[Leak]:
    """The first leak of every statistic that has one."""
    rows = RowFlow(graph)
    found: set[str] = set()
    judged = _judged_parts(graph, rows)
    for learned in learned_statistics(graph):
        inner = any((split, other) in judged for split, part in rows.parts(learned.rows) for other in PARTS - {part})
        if learned.carrier.id not in found and not inner:
            leak = _leak(graph, rows, learned)
            if leak is not None:
                found.add(learned.carrier.id)
                yield leak


PARTS = frozenset({"train", "test", "validation", "middle"})


def _judged_parts(graph: Graph, rows: RowFlow) -> frozenset[tuple[str, str]]:
    """(split, part) of all rows on which a figure is taken. What learns from the other part only is an inner step."""
    measured: set[str] = set()
    for edge in graph.edges_of_kind("EVALUATES_ON"):
        target = graph[edge.target]
        if edge.attributes.get("operation") == "score":
            measured.add(rows_of(graph, edge.source))
        elif edge.attributes.get("operation") == "metric":
            measured.add(rows_of(graph, target.id))
    return frozenset(pair for found in measured for pair in rows.parts(found))


def way_from_data(graph: Graph, frame: str) -> Path:
    """How the nearest stored data set becomes the frame; nothing where none is known."""
    source = next((node for node in origins(graph, [frame], VALUES) if graph[node].kind == "dataset"), None)
    return path_between(graph, [source], [frame], VALUES) or () if source else ()


def learned_statistics(graph: Graph) -> Iterator[Learned]:
    """Fits of transformers that learn from many rows, and values computed with a statistic over rows."""
    for edge in graph.edges_of_kind("FITS"):
        if learns_from_rows(graph, graph[edge.target]) and rows_of(graph, edge.source):
            yield Learned(edge, rows_of(graph, edge.source), graph[edge.target])
    for edge in graph.edges_of_kind("DERIVES"):
        operation = str(edge.attributes.get("operation", ""))
        source, target = graph[edge.source], graph[edge.target]
        carried_on = bool(source.attributes.get("state"))
        if source.kind == "model" or target.kind != "frame" or carried_on:
            continue
        if operation == "group" and edge.attributes.get("state") and rows_of(graph, source.id):
            yield Learned(edge, rows_of(graph, source.id), target)
        if operation in UNMIXED:
            continue
        mixes = edge.attributes.get("state") or (target.attributes.get("state") and operation == "changed")
        if mixes and rows_of(graph, source.id) and _enters_features(graph, target, edge):
            yield Learned(edge, rows_of(graph, source.id), target)


def learns_from_rows(graph: Graph, model: Node) -> bool:
    """False for what works on each row by itself, only lists the values that occur, or is of a class that is not known.

    A composite learns what its parts learn.
    """
    known = str(model.attributes.get("class", "unknown")) != "unknown"
    lists = model.attributes.get("family") in CATEGORIES and not model.attributes.get("supervised")
    if not known or model.attributes.get("stateless") or lists:
        return False
    parts = [graph[e.source] for e in graph.into(model.id, "DERIVES") if e.attributes.get("operation") == "step"]
    return not parts or any(learns_from_rows(graph, part) for part in parts)


def _enters_features(graph: Graph, frame: Node, edge: Edge) -> bool:
    """Whether the columns that a statement computes go on into features; one that only makes the label is no leak."""
    stored = [e.target for e in graph.out(frame.id, "DERIVES") if set(e.sites) & set(edge.sites)]
    owners = [frame, *(graph[node] for node in stored)]
    made = [column for owner in owners for column in owner.columns if set(column.sites) & set(edge.sites)]
    kinds = {use.kind for column in made for use in column.uses}
    return not made or bool(kinds & {"feature", "value", "state", "escape"})


def _leak(graph: Graph, rows: RowFlow, learned: Learned) -> Leak | None:
    """The first training or cross-validation to which the learned values come, if they spoil its evaluation."""
    if learned.of_groups and not _may_be_looked_up(rows, learned):
        return None
    for training in _reached_trainings(graph, learned):
        model = graph[training.target]
        if learned.of_groups and not _looked_up(graph, rows, learned, training):
            continue
        if _has_clean_evaluation(graph, rows, learned, training):
            continue
        if training.kind == "EVALUATES_ON":
            apart, evaluation = (
                "folds" if rows.includes(learned.rows, rows_of(graph, training.source)) else "",
                training,
            )
        else:
            apart, evaluation = _evaluated_apart(graph, rows, learned, training)
        if apart:
            way = path_between(
                graph, [learned.carrier.id], [training.source], VALUES, allowed=lambda e: _carries(graph, learned, e)
            )
            return Leak(learned, (learned.fit, *(way or ()), training), model, evaluation, apart)
    return None


def _may_be_looked_up(rows: RowFlow, learned: Learned) -> bool:
    """What is quickly told, and mostly no: whether any model learns from such rows, and no time is a key."""
    if learned.rows not in rows.learned_from:
        return False
    return not any(_TIME.search(name) for name in rows.keys(learned.fit.sites))  # what happened in the same hour


def _looked_up(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> bool:
    """Whether the values of groups are written beside the rows that they come from, and are no rows themselves."""
    above = rows.above(rows_of(graph, training.source))
    return learned.rows in above and rows_of(graph, learned.carrier.id) not in above


def _reached_trainings(graph: Graph, learned: Learned) -> Iterator[Edge]:
    for node in reachable(graph, [learned.carrier.id], VALUES, allowed=lambda edge: _carries(graph, learned, edge)):
        for edge in graph.out(node, "TRAINS_ON", "EVALUATES_ON"):
            if _is_training(edge) and not all(is_aside(graph.unit_of(site)) for site in edge.sites):
                yield edge


def _is_training(edge: Edge) -> bool:
    return edge.kind == "TRAINS_ON" or edge.attributes.get("operation") == "cross_validate"


def _evaluated_apart(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> tuple[str, Edge]:
    """A use of the trained model on rows that were kept apart from those of its training, but not from the fit."""
    trained = rows_of(graph, training.source)
    for evaluated, edge, measured in _evaluations(graph, training.target):
        apart = rows.split_between(trained, evaluated, learned.rows)
        if apart == "split":
            return apart, edge
        if apart == "filter" and measured:
            return apart, edge
        of_some = not apart and rows.touches(learned.rows, evaluated)
        if of_some and rows.split_between(trained, evaluated, rows.whole(learned.rows)) == "split":
            return "split", edge
    return "", training


def _evaluations(graph: Graph, model: str) -> Iterator[tuple[str, Edge, bool]]:
    """Where the model, or what is loaded from where it was saved, is applied: (rows, edge, is it measured)."""
    for member in _stored_and_loaded(graph, model):
        for edge in graph.out(member, "PREDICTS"):
            yield rows_of(graph, edge.target), edge, bool(graph.into(edge.target, "EVALUATES_ON"))
        for edge in graph.into(member, "EVALUATES_ON"):
            if edge.attributes.get("operation") != "cross_validate":
                yield rows_of(graph, edge.source), edge, True


def _stored_and_loaded(graph: Graph, model: str) -> list[str]:
    return [node for node in reachable(graph, [model], ("PERSISTS", "LOADS")) if graph[node].kind == "model"]


def _has_clean_evaluation(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> bool:
    """Whether some metric is about rows that the statistic never saw; then the leak spoils no reported figure.

    A model that was fitted on other data meanwhile is another one.
    """
    own = rows_of(graph, training.source)
    for evaluated, edge, measured in _evaluations(graph, training.target):
        trained = str(edge.attributes.get("trained") or own)
        alike = trained == own or rows.includes(learned.rows, trained)
        if measured and alike and evaluated in graph.rowsets and not rows.touches(learned.rows, evaluated):
            return True
    return False


def _carries(graph: Graph, learned: Learned, edge: Edge) -> bool:
    """Whether an edge passes the learned values on: no model is made of them, and no other fit made them."""
    if edge.attributes.get("operation") == "step" or graph[edge.target].kind == "model":
        return False
    if edge.source != learned.carrier.id or learned.transformer is None:
        return True
    fits = {site for fit in graph.into(edge.source, "FITS") if fit is not learned.fit for site in fit.sites}
    return not set(edge.sites) & (fits - set(learned.fit.sites))
