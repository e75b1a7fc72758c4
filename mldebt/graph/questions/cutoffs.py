"""Predictions at work that are compared with a number which somebody wrote into the code."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.jobs import is_aside, only_explores
from mldebt.sites import Site

ASKING = frozenset({"serve", "score"})
LEARNING = frozenset({"train", "eval"})
EVEN = 0.5
"""Where a classifier itself puts the line: `predict` does the same."""


class Cutoff(Struct, frozen=True):
    """A comparison of a prediction with a number of the code. `edge`: from the prediction to the decision."""

    decision: Node
    edge: Edge
    threshold: float
    site: Site
    constant: str
    defined: Site | None


class Cutoffs(Struct, frozen=True):
    """Those of one file on what one model says."""

    file: str
    model: Node
    asked: Edge
    found: tuple[Cutoff, ...]


def written_cutoffs(graph: Graph) -> Iterator[Cutoffs]:
    grouped: dict[tuple[str, str], dict[tuple[Site, float], tuple[Cutoff, Edge]]] = {}
    for decision in graph.of_kind("decision"):
        for edge in graph.into(decision.id, "DECIDES"):
            cutoff = _cutoff(graph, decision, edge)
            if cutoff is None:
                continue
            for asked in (asked for asked in graph.into(edge.source, "PREDICTS") if not _tells_amounts(graph, asked)):
                found = grouped.setdefault((cutoff.site.file, graph[asked.source].name), {})
                found.setdefault((cutoff.site, cutoff.threshold), (cutoff, asked))
    for (file, _), found in sorted(grouped.items()):
        ordered = [found[key] for key in sorted(found)]
        asked = ordered[0][1]
        yield Cutoffs(file, graph[asked.source], asked, tuple(cutoff for cutoff, _ in ordered))


def _tells_amounts(graph: Graph, asked: Edge) -> bool:
    """Whether a model that learned amounts answers: a number below 1 beside one is a share of something."""
    stored = [load.source for load in graph.into(asked.source, "LOADS")]
    makers = [save.source for artifact in stored for save in graph.into(artifact, "PERSISTS")]
    tasks = {graph[model].attributes.get("task") for model in (asked.source, *makers)}
    return tasks - {None, "unknown"} == {"regressor"}


def _cutoff(graph: Graph, decision: Node, edge: Edge) -> Cutoff | None:
    """A number strictly between 0 and 1, but the even one, that is written in code where a model is put to use."""
    threshold, site = decision.attributes.get("threshold"), edge.sites[0]
    if not decision.attributes.get("written") or not isinstance(threshold, (int, float)) or not 0 < threshold < 1:
        return None
    if threshold == EVEN or decision.attributes.get("figure") or not _puts_to_use(graph.unit_of(site)):
        return None
    defined = decision.attributes.get("defined")
    place = defined if isinstance(defined, Site) else None
    return Cutoff(decision, edge, float(threshold), site, str(decision.attributes.get("constant", "")), place)


def _puts_to_use(unit: Unit) -> bool:
    """Whether a unit asks a model for the sake of its answers, not to learn or to judge it."""
    if is_aside(unit) or only_explores(unit):
        return False
    return bool(unit.roles & ASKING and not unit.roles & LEARNING) or (unit.production and not unit.roles & LEARNING)
