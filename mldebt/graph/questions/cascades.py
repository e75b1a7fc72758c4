"""Models that learn to correct another model: its prediction is their feature, its label their label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mldebt.graph.model import Graph
from mldebt.graph.questions.lineage import VALUES, ColumnFlow, ColumnRef, Path, path_between
from mldebt.graph.questions.loops import (
    identities,
    outside_predictions,
    predicting_models,
    trained_models,
    training_sites,
)
from mldebt.graph.questions.rowsets import are_apart

_CALIBRATORS = re.compile(r"calibrat|isotonic|platt|temperaturescal", re.IGNORECASE)
_ANY_LABEL = frozenset({"y", "label", "labels", "target", "targets", "ytrain", "class", "outcome", "prediction", ""})


@dataclass(frozen=True, slots=True)
class Cascade:
    """`corrector` is trained on `prediction` of `base` for the same label; `same_column` where that is one column.

    `path` goes from the base model to the corrector. `depth` counts the models of the longest chain that holds it.
    """

    base: str
    prediction: str
    corrector: str
    label: str
    same_column: bool
    path: Path
    depth: int = 2


def correction_cascades(graph: Graph) -> list[Cascade]:
    """One for each pair of models, in the order of their ids."""
    flow = ColumnFlow(graph)
    found: dict[tuple[str, str], Cascade] = {}
    for cascade in _cascades(graph, flow):
        found.setdefault((min(identities(graph, cascade.base)), cascade.corrector), cascade)
    links = [found[pair] for pair in sorted(found)]
    return [replace(link, depth=_depth(graph, link, links)) for link in links]


def _cascades(graph: Graph, flow: ColumnFlow) -> Iterator[Cascade]:
    trained = trained_models(graph)
    for prediction in graph.of_kind("prediction"):
        for base in predicting_models(graph, prediction.id):
            same = [model for model in trained if identities(graph, model) & identities(graph, base)]
            for corrector in trained:
                if same and corrector not in same:
                    yield from _cascade(graph, flow, base, same, prediction.id, corrector)


def _cascade(
    graph: Graph, flow: ColumnFlow, base: str, trained_as: list[str], prediction: str, corrector: str
) -> Iterator[Cascade]:
    if _is_calibration(graph, flow, prediction, corrector) or not _enters(graph, flow, prediction, corrector):
        return
    label, same_column = _shared_label(graph, flow, trained_as, prediction, corrector)
    if not label or _is_out_of_fold(graph, trained_as, prediction, corrector):
        return
    forth = _way_in(graph, flow, prediction, corrector)
    if forth is not None:
        first = next(edge for edge in graph.out(base, "PREDICTS") if edge.target == prediction)
        yield Cascade(base, prediction, corrector, label, same_column, (first, *forth))


def _enters(graph: Graph, flow: ColumnFlow, prediction: str, corrector: str) -> bool:
    """The prediction is one of the features, or part of the label: a residual."""
    learned = flow.used_at(["feature", "label"], training_sites(graph, corrector))
    return bool(flow.after(flow.of_node(prediction)) & learned)


def _way_in(graph: Graph, flow: ColumnFlow, prediction: str, corrector: str) -> Path | None:
    features = flow.used_at(["feature"], training_sites(graph, corrector))
    last = "TRAINS_ON" if flow.after(flow.of_node(prediction)) & features else "LABELS"
    return path_between(graph, [prediction], {corrector}, (*VALUES, last), allowed=outside_predictions)


def _shared_label(
    graph: Graph, flow: ColumnFlow, trained_as: list[str], prediction: str, corrector: str
) -> tuple[str, bool]:
    """The label that both learn and whether it is known to be one column; "" where they learn different things."""
    theirs = _label_roots(graph, flow, corrector)
    names = _label_names(graph, corrector)
    for base in trained_as:
        ours = _label_roots(graph, flow, base)
        if ours & theirs and {name for _, name in ours} == {name for _, name in theirs}:
            return min(name for _, name in ours), True
        common = _label_names(graph, base).keys() & names.keys()
        if common:
            return names[min(common)], False
    return "", False


def _label_roots(graph: Graph, flow: ColumnFlow, model: str) -> frozenset[ColumnRef]:
    """The stored columns that the label is made of."""
    labels = flow.before(flow.used_at(["label"], training_sites(graph, model)))
    stored = {ref for ref in labels if ref[0] in graph.nodes and graph[ref[0]].kind == "dataset"}
    return frozenset(ref for ref in stored if not (flow.before([ref]) - {ref}) & stored)


def _label_names(graph: Graph, model: str) -> dict[str, str]:
    """Normalised name → name as written, for names that say what is predicted."""
    columns = [str(name) for edge in graph.into(model, "LABELS") for name in _names(edge.attributes.get("columns"))]
    normal = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in sorted(columns)}
    return {key: name for key, name in normal.items() if key not in _ANY_LABEL}


def _names(columns: object) -> tuple[object, ...]:
    return tuple(columns) if isinstance(columns, (tuple, list)) else ()


def _is_calibration(graph: Graph, flow: ColumnFlow, prediction: str, corrector: str) -> bool:
    """A model that only maps a score to a better one: by its class, or because the score is all that it sees."""
    if _CALIBRATORS.search(str(graph[corrector].attributes.get("class", ""))):
        return True
    features = flow.used_at(["feature"], training_sites(graph, corrector))
    return bool(features) and features <= flow.after(flow.of_node(prediction))


def _is_out_of_fold(graph: Graph, trained_as: list[str], prediction: str, corrector: str) -> bool:
    """Stacking as it is meant: both are fitted in one file, and the base has not seen the rows that it predicts."""
    files = {site.file for site in training_sites(graph, corrector)}
    together = [model for model in trained_as if files & {site.file for site in training_sites(graph, model)}]
    if not together:
        return False
    if str(graph[prediction].attributes.get("method", "")).startswith("cross_val"):
        return True
    learned = [edge.source for model in together for edge in graph.into(model, "TRAINS_ON")]
    return are_apart(graph, learned, [prediction])


def _depth(graph: Graph, link: Cascade, links: list[Cascade]) -> int:
    """Models on the longest chain through this link."""
    return _chain(graph, link, links, True, frozenset()) + _chain(graph, link, links, False, frozenset())


def _chain(graph: Graph, link: Cascade, links: list[Cascade], onward: bool, passed: frozenset[str]) -> int:
    end = link.corrector if onward else link.base
    names = identities(graph, end)
    nexts = [
        other
        for other in links
        if other.corrector not in passed and names & identities(graph, other.base if onward else other.corrector)
    ]
    return 1 + max((_chain(graph, other, links, onward, passed | {other.corrector}) for other in nexts), default=0)
