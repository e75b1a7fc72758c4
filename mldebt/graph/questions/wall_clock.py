"""Models that learn something else when the same commit is run a day later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import is_at_work, sites_at_work
from mldebt.graph.questions.lineage import Path, path_between
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.sites import Site
from mldebt.terms import Term
from mldebt.terms.clock import value_has_clock

LEARNING = ("TRAINS_ON", "LABELS")
ROWS, FEATURE, LABEL = "rows", "feature", "label"
"""What the time of the run decides: which rows are learned from, or the value of a feature or the label."""


@dataclass(frozen=True, slots=True)
class Clocked:
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
            way = path_between(graph, [edge.target], [training.source], ("DERIVES", "WRITES", "READS"))
            if way is not None or edge.target == training.source:
                path = (edge, *(way or ()), training)
                yield Clocked(graph[training.target], ROWS, "", term, min(edge.sites), path)


def _columns(graph: Graph, trainings: list[Edge]) -> Iterator[Clocked]:
    stored = StoredFeatures(graph)
    for training in trainings:
        names, terms = training.attributes.get("columns"), training.attributes.get("expressions")
        if not isinstance(names, (tuple, list)) or not isinstance(terms, (tuple, list)):
            continue
        what = LABEL if training.kind == "LABELS" else FEATURE
        for name, term in zip(names, terms, strict=False):
            whole = stored.traced(term, training.source) if isinstance(term, Term) else None
            if whole is not None and value_has_clock(whole):
                site = _computed_at(graph, str(name), training)
                yield Clocked(graph[training.target], what, str(name), whole, site, (training,))


def _computed_at(graph: Graph, name: str, training: Edge) -> Site:
    """Where the column is computed; the training where that is not known."""
    sites = [
        site
        for node in graph.of_kind("frame", "dataset")
        for column in node.columns
        if column.name == name
        and column.source == "derived"
        and column.expression is not None
        and value_has_clock(column.expression)
        for site in column.sites
        if is_at_work(graph.unit_of(site))
    ]
    near = [site for site in sites if site.file == min(training.sites).file]
    return min(near or sites or training.sites)
