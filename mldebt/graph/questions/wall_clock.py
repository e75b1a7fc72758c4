"""Models that learn something else when the same commit is run a day later."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import is_at_work, sites_at_work
from mldebt.graph.questions.learned_columns import STORED, LearnedColumns
from mldebt.graph.questions.lineage import Path, path_between
from mldebt.sites import Site
from mldebt.terms import Term
from mldebt.terms.clock import value_has_clock

LEARNING = ("TRAINS_ON", "LABELS")
ROWS, FEATURE, LABEL = "rows", "feature", "label"
"""What the time of the run decides: which rows are learned from, or the value of a feature or the label."""


class Clocked(Struct, frozen=True):
    """A model that learns by the clock. `name`: of the column; `term`: the condition, or how the column is computed."""

    model: Node
    what: str
    name: str
    term: Term
    site: Site
    path: Path


def clocked_trainings(graph: Graph) -> Iterator[Clocked]:
    trainings = [edge for kind in LEARNING for edge in graph.edges_of_kind(kind) if sites_at_work(graph, edge)]
    yield from _rows(graph, trainings)
    yield from _columns(graph, trainings)


def _rows(graph: Graph, trainings: list[Edge]) -> Iterator[Clocked]:
    for edge in graph.edges_of_kind("DERIVES", "READS"):
        term = edge.attributes.get("clock")
        if not isinstance(term, Term) or not sites_at_work(graph, edge):
            continue
        for training in trainings:
            way = _way(graph, edge.target, training)
            if way is not None:
                path = (edge, *way, training)
                yield Clocked(graph[training.target], ROWS, "", term, min(edge.sites), path)


def _columns(graph: Graph, trainings: list[Edge]) -> Iterator[Clocked]:
    columns = LearnedColumns(graph)
    for training in trainings:
        for learned in columns.of(training, value_has_clock):
            ways = [way for made in learned.made if (way := _way(graph, made, training)) is not None]
            if ways and learned.site is not None and is_at_work(graph.unit_of(learned.site)):
                what, path = LABEL if learned.label else FEATURE, (*ways[0], training)
                yield Clocked(graph[training.target], what, learned.name, learned.term, learned.site, path)


def _way(graph: Graph, frame: str, training: Edge) -> Path | None:
    """How the frame gets into the training in one run; what many runs have put together is no window of one of them."""
    if frame == training.source:
        return ()
    return path_between(graph, [frame], [training.source], STORED, allowed=lambda edge: _is_whole(graph, edge))


def _is_whole(graph: Graph, edge: Edge) -> bool:
    """Whether what is written takes the place of all that was there, not of the part of a day."""
    if edge.kind != "WRITES":
        return True
    whole = edge.attributes.get("mode") == "replace" and not edge.attributes.get("partition")
    return whole and not graph[edge.target].attributes.get("template")
