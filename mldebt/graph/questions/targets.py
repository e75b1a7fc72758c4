"""What a model is to foretell, found among the things that it is told."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.assessments import stored_and_loaded
from mldebt.graph.questions.rows import RowFlow, rows_of
from mldebt.sites import Site

SAME, COMPUTED, STATISTIC, SOURCE = "same", "computed", "statistic", "source"
"""The label is a feature; a feature is computed from it, or a statistic of it; it is computed from features."""


class Told(Struct, frozen=True):
    """A model whose features give its label away. `features` are those that do, all in the same way, `how`."""

    model: Node
    labels: Edge
    label: str
    how: str
    features: tuple[str, ...]
    made: Site


def told_labels(graph: Graph) -> Iterator[Told]:
    """Every model and way, once: the first place where it is fitted so."""
    rows = RowFlow(graph)
    found: dict[tuple[str, str, str], Told] = {}
    for edge in sorted(graph.edges_of_kind("LABELS"), key=lambda edge: min(edge.sites)):
        for label, how in dict.fromkeys((name, how) for _, how, name, _ in _inside(edge)):
            features = {
                feature: over
                for feature, way, name, over in _inside(edge)
                if (way, name) == (how, label) and (how != STATISTIC or _saw_test(graph, rows, edge.target, over))
            }
            if features:
                made = min(
                    _made(graph, edge, label if how == SOURCE else name, over) for name, over in features.items()
                )
                told = Told(graph[edge.target], edge, label, how, tuple(features), made)
                found.setdefault((edge.target, label, how), told)
    yield from found.values()


def _made(graph: Graph, labels: Edge, name: str, over: str) -> Site:
    """Where a feature is computed, in the file of the training; else the training."""
    place = min(labels.sites)
    groups = graph.rowsets.get(over)
    if groups is not None and groups.operation == "group" and groups.site is not None:
        return groups.site
    made = [column.sites for node in graph.of_kind("frame") for column in node.columns if column.name == name]
    before = [one for each in made for one in each if one.file == place.file and one.order < place.order]
    return max(before, key=lambda one: one.order, default=place)


def _inside(edge: Edge) -> list[tuple[str, str, str, str]]:
    given = edge.attributes.get("inside")
    return [tuple(map(str, each)) for each in given] if isinstance(given, (tuple, list)) else []  # type: ignore[misc]


def _saw_test(graph: Graph, rows: RowFlow, model: str, over: str) -> bool:
    """Whether a statistic of the label was taken over rows that the model is then judged on."""
    groups = graph.rowsets.get(over)
    if groups is not None and groups.operation == "group" and groups.parents:
        over = groups.parents[0]
    trained = {rows_of(graph, edge.source) for edge in graph.into(model, "TRAINS_ON")}
    for member in stored_and_loaded(graph, model):
        judged = [edge.source for edge in graph.into(member, "EVALUATES_ON")]
        judged += [
            edge.target for edge in graph.out(member, "PREDICTS") if graph.into(edge.target, "EVALUATES_ON")
        ]  # fmt: skip
        for node in judged:
            evaluated = rows_of(graph, node)
            folds = evaluated in trained or not trained
            if rows.includes(over, evaluated) and (
                folds or any(rows.split_between(one, evaluated, over) for one in trained)
            ):
                return True
    return False
