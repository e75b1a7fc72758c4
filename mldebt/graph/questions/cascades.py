"""Models that learn to correct another model: its prediction is their feature, its label their label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Graph
from mldebt.graph.questions.lineage import VALUES, ColumnFlow, ColumnRef, Path, path_between
from mldebt.graph.questions.loops import outside_predictions
from mldebt.graph.questions.models import Models, predicting_models
from mldebt.graph.questions.rowsets import are_apart
from mldebt.sites import Site

_CALIBRATORS = re.compile(r"calibrat|isotonic|platt|temperaturescal", re.IGNORECASE)
_ANY_LABEL = frozenset({"y", "label", "labels", "target", "targets", "ytrain", "class", "outcome", "prediction", ""})


class Cascade(Struct, frozen=True):
    """`corrector` is trained on `prediction` of `base` for the same label.

    `same_column` where label and base model are known to be the same on both sides, not only by their names.

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
    """One for each pair of trainings, in the order of their ids."""
    models = graph.once(Models)
    found: dict[object, Cascade] = {}
    for cascade in sorted(_cascades(graph, models, graph.once(ColumnFlow)), key=lambda link: not link.same_column):
        base = frozenset(site for model in models.trained_as(cascade.base) for site in models.training_sites(model))
        found.setdefault((base, models.training_sites(cascade.corrector)), cascade)
    links = sorted(found.values(), key=lambda link: (link.base, link.corrector))
    return [replace(link, depth=_depth(models, link, links)) for link in links]


def _cascades(graph: Graph, models: Models, flow: ColumnFlow) -> Iterator[Cascade]:
    """Not where both models live and die in one program: nothing is stored then that could be improved alone."""
    learners, trained = _learners(models, flow, models.trained), frozenset(models.trained)
    stored = _learners(models, flow, filter(models.is_stored, models.trained))
    for prediction in graph.of_kind("prediction"):
        made = flow.after(flow.of_node(prediction.id)) & learners.keys()
        for base in predicting_models(graph, prediction.id) if made else ():
            among = learners if base not in trained or models.is_stored(base) else stored
            for corrector in _others(models, base, {model for column in made for model in among.get(column, ())}):
                yield from _cascade(graph, models, flow, base, prediction.id, corrector)


def _others(models: Models, base: str, correctors: set[str]) -> list[str]:
    """Those that are not the base by another name, nor a part of it: one line trains a model for city after city."""
    same = models.trained_as(base) if correctors else {}
    sites = frozenset(site for model in same for site in models.training_sites(model))
    others = correctors.difference(same) if same else ()
    return sorted(one for one in others if sites.isdisjoint(models.training_sites(one)))


def _learners(models: Models, flow: ColumnFlow, trained: Iterable[str]) -> dict[ColumnRef, list[str]]:
    """Trained models by the columns that are their features, or parts of their label (a residual)."""
    at_once: dict[frozenset[Site], list[str]] = {}
    for model in trained:
        at_once.setdefault(models.training_sites(model), []).append(model)
    learners: dict[ColumnRef, list[str]] = {}
    for sites, together in at_once.items():
        for column in flow.used_at(["feature", "label"], sites):
            learners.setdefault(column, []).extend(together)
    return learners


def _cascade(
    graph: Graph, models: Models, flow: ColumnFlow, base: str, prediction: str, corrector: str
) -> Iterator[Cascade]:
    same = list(models.trained_as(base))
    if _is_calibration(graph, models, flow, prediction, corrector):
        return
    label, same_column = shared_label(graph, models, flow, same, corrector)
    label = label or _residual_of(graph, models, flow, same, prediction, corrector)
    if not label or _is_out_of_fold(graph, models, same, prediction, corrector):
        return
    forth = _way_in(graph, models, flow, prediction, corrector)
    if forth is not None:
        first = next(edge for edge in graph.out(base, "PREDICTS") if edge.target == prediction)
        certain = same_column and any(models.names(base) & models.names(model) for model in same)
        yield Cascade(base, prediction, corrector, label, certain, (first, *forth))


def _way_in(graph: Graph, models: Models, flow: ColumnFlow, prediction: str, corrector: str) -> Path | None:
    features = flow.used_at(["feature"], models.training_sites(corrector))
    is_feature = bool(flow.after(flow.of_node(prediction)) & features)
    if not is_feature and not _is_error(graph, models, flow, prediction, corrector):
        return None
    last = "TRAINS_ON" if is_feature else "LABELS"
    return path_between(graph, [prediction], {corrector}, (*VALUES, last), allowed=outside_predictions)


def _is_error(graph: Graph, models: Models, flow: ColumnFlow, prediction: str, corrector: str) -> bool:
    """Whether what the corrector learns is made of a prediction and of the label beside it; predictions that stand in
    for labels which rows don't have are none that it corrects."""
    made = flow.after(flow.of_node(prediction)) & flow.used_at(["label"], models.training_sites(corrector))
    labels = _label_roots(graph, models, flow, corrector)
    return any(flow.before([ref]) & labels for ref in sorted(made))


def shared_label(
    graph: Graph, models: Models, flow: ColumnFlow, trained_as: list[str], corrector: str
) -> tuple[str, bool]:
    """The label that both learn and whether it is known to be one column; "" where they learn different things."""
    theirs = _label_roots(graph, models, flow, corrector)
    names = _label_names(graph, corrector)
    for base in trained_as:
        ours = _label_roots(graph, models, flow, base)
        if ours & theirs and {name for _, name in ours} == {name for _, name in theirs}:
            return _told(graph, base, names) or min(name for _, name in ours), True
        common = _label_names(graph, base).keys() & names.keys()
        if common:
            return names[min(common)], False
    return "", False


def _residual_of(
    graph: Graph, models: Models, flow: ColumnFlow, trained_as: list[str], prediction: str, corrector: str
) -> str:
    """The label where it is made of the prediction and of what the base may have learned: it stands in an array."""
    theirs = _label_roots(graph, models, flow, corrector)
    made = flow.after(flow.of_node(prediction)) & flow.used_at(["label"], models.training_sites(corrector))
    if not made or not theirs or not any(theirs <= _label_roots(graph, models, flow, base) for base in trained_as):
        return ""
    return min(name for _, name in theirs)


def _told(graph: Graph, base: str, names: dict[str, str]) -> str:
    """What the label is called where the base is trained, else where the corrector is."""
    called = _label_names(graph, base)
    return min((called or names).values(), default="")


def _label_roots(graph: Graph, models: Models, flow: ColumnFlow, model: str) -> frozenset[ColumnRef]:
    """The stored columns that the label is made of."""
    labels = flow.before(flow.used_at(["label"], models.training_sites(model)))
    stored = {ref for ref in labels if ref[0] in graph.nodes and graph[ref[0]].kind == "dataset"}
    return frozenset(ref for ref in stored if not (flow.before([ref]) - {ref}) & stored)


def _label_names(graph: Graph, model: str) -> dict[str, str]:
    """Normalised name → name as written, for names that say what is predicted."""
    columns = [str(name) for edge in graph.into(model, "LABELS") for name in _names(edge.attributes.get("columns"))]
    normal = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in sorted(columns)}
    return {key: name for key, name in normal.items() if key not in _ANY_LABEL}


def _names(columns: object) -> tuple[object, ...]:
    return tuple(columns) if isinstance(columns, (tuple, list)) else ()


def _is_calibration(graph: Graph, models: Models, flow: ColumnFlow, prediction: str, corrector: str) -> bool:
    """A model that only maps a score to a better one: by its class, as its authors call it, or because the score is all
    that it sees."""
    known = (graph[corrector].attributes.get(key, "") for key in ("class", "variable", "scope"))
    if any(_CALIBRATORS.search(str(name)) for name in (*known, models.artifact(corrector))):
        return True
    features = flow.used_at(["feature"], models.training_sites(corrector))
    return bool(features) and features <= flow.after(flow.of_node(prediction))


def _is_out_of_fold(graph: Graph, models: Models, trained_as: list[str], prediction: str, corrector: str) -> bool:
    """Stacking as it is meant: both are fitted in one file, and the base has not seen the rows that it predicts."""
    files = {site.file for site in models.training_sites(corrector)}
    together = [model for model in trained_as if files & {site.file for site in models.training_sites(model)}]
    if not together:
        return False
    if str(graph[prediction].attributes.get("method", "")).startswith("cross_val"):
        return True
    learned = [edge.source for model in together for edge in graph.into(model, "TRAINS_ON")]
    return are_apart(graph, learned, [prediction])


def _depth(models: Models, link: Cascade, links: list[Cascade]) -> int:
    """Models on the longest chain through this link."""
    return _chain(models, link, links, True, frozenset()) + _chain(models, link, links, False, frozenset())


def _chain(models: Models, link: Cascade, links: list[Cascade], onward: bool, passed: frozenset[str]) -> int:
    names = models.names(link.corrector if onward else link.base)
    nexts = [
        other
        for other in links
        if other.corrector not in passed and names & models.names(other.base if onward else other.corrector)
    ]
    return 1 + max((_chain(models, other, links, onward, passed | {other.corrector}) for other in nexts), default=0)
