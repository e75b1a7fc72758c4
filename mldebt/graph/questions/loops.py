"""Models that learn from what they predicted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.datasets import is_persistent
from mldebt.graph.questions.lineage import VALUES, ColumnFlow, ColumnRef, Path, origins, path_between, reachable
from mldebt.sites import Site

TRAINING = ("TRAINS_ON", "LABELS")
KINDS = ("label", "feature", "unknown", "selection")
"""How a prediction gets back, worst first: as the label, as a feature, in columns that are not known, or only by
deciding which rows there are."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A stored data set that brings a model's predictions back into its own training.

    `path` goes from the model that predicts to the model that is trained; `read` is the edge out of the data set on it.
    `columns` of the data set are made of the prediction; `identity` is what makes the two models one: an artifact or
    the model itself.
    """

    identity: str
    served: str
    prediction: str
    dataset: str
    trained: str
    kind: str
    columns: tuple[str, ...]
    path: Path

    @property
    def read(self) -> Edge:
        return next(edge for edge in self.path if edge.source == self.dataset)


def feedback_loops(graph: Graph) -> list[Loop]:
    """One loop for each model and data set: the worst kind, then the shortest path."""
    flow = ColumnFlow(graph)
    found: dict[tuple[str, str], Loop] = {}
    for loop in sorted(_loops(graph, flow), key=lambda loop: (KINDS.index(loop.kind), len(loop.path))):
        found.setdefault((loop.identity, loop.dataset), loop)
    return [found[key] for key in sorted(found)]


def identities(graph: Graph, model: str) -> frozenset[str]:
    """The model and the artifacts that it is loaded from or saved as: two models that share one are the same model."""
    loaded = (edge.source for edge in graph.into(model, "LOADS"))
    saved = (edge.target for edge in graph.out(model, "PERSISTS"))
    return frozenset((model, *loaded, *saved, *_wrapped(graph, model)))


def predicting_models(graph: Graph, prediction: str) -> list[str]:
    return sorted({edge.source for edge in graph.into(prediction, "PREDICTS")})


def trained_models(graph: Graph) -> list[str]:
    return sorted({edge.target for edge in graph.edges_of_kind("TRAINS_ON")})


def training_sites(graph: Graph, model: str) -> frozenset[Site]:
    return frozenset(site for edge in graph.into(model, *TRAINING) for site in edge.sites)


def columns_learned(
    graph: Graph, flow: ColumnFlow, model: str, refs: Iterable[ColumnRef], kind: str
) -> frozenset[ColumnRef]:
    """Those of the columns, or of what is made of them, that the model is trained on as `feature` or `label`."""
    return flow.after(refs) & flow.used_at([kind], training_sites(graph, model))


def _loops(graph: Graph, flow: ColumnFlow) -> Iterator[Loop]:
    training = {model: _training_data(graph, model) for model in trained_models(graph)}
    for prediction in graph.of_kind("prediction"):
        served = predicting_models(graph, prediction.id)
        stored = stored_copies(graph, prediction.id)
        for model in served:
            for trained, sources in training.items():
                shared = identities(graph, model) & identities(graph, trained)
                for dataset in sorted(stored & sources) if shared else ():
                    loop = _loop(graph, flow, min(shared), model, prediction.id, dataset, trained)
                    if loop is not None:
                        yield loop


def _loop(
    graph: Graph, flow: ColumnFlow, identity: str, served: str, prediction: str, dataset: str, trained: str
) -> Loop | None:
    made = {ref for ref in flow.after(flow.of_node(prediction)) if ref[0] == dataset}
    kind = _kind(graph, flow, dataset, made, trained)
    if kind == "selection" and _has_rows_of_its_own(graph, prediction, dataset):
        return None
    forth = path_between(graph, [prediction], {dataset}, VALUES, allowed=outside_predictions)
    back = _way_back(graph, dataset, trained, kind)
    if forth is None or back is None:
        return None
    first = next(edge for edge in graph.out(served, "PREDICTS") if edge.target == prediction)
    columns = tuple(sorted(name for _, name in made))
    return Loop(identity, served, prediction, dataset, trained, kind, columns, (first, *forth, *back))


def _kind(graph: Graph, flow: ColumnFlow, dataset: str, made: set[ColumnRef], trained: str) -> str:
    for kind in ("label", "feature"):
        if columns_learned(graph, flow, trained, made, kind):
            return kind
    others = flow.of_node(dataset) - made
    known = any(columns_learned(graph, flow, trained, others, kind) for kind in ("feature", "label"))
    return "selection" if made and known else "unknown"


def _way_back(graph: Graph, dataset: str, trained: str, kind: str) -> Path | None:
    last = "LABELS" if kind == "label" else "TRAINS_ON"
    direct = path_between(graph, [dataset], {trained}, (*VALUES, last))
    return direct or path_between(graph, [dataset], {trained}, (*VALUES, *TRAINING))


def stored_copies(graph: Graph, prediction: str) -> frozenset[str]:
    """Data sets that hold the prediction or what was made of it, without the help of another prediction."""
    found = reachable(graph, [prediction], VALUES, allowed=outside_predictions)
    return frozenset(node for node in found if is_persistent(graph[node]))


def outside_predictions(edge: Edge) -> bool:
    return not edge.target.startswith("prediction:")


def _training_data(graph: Graph, model: str) -> frozenset[str]:
    """Data sets that the training reads itself, not those that they were made from."""
    found: set[str] = set()
    waiting = sorted({edge.source for edge in graph.into(model, *TRAINING)})
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if graph[node].kind == "dataset":
            found.add(node)
            continue
        for edge in graph.into(node, *VALUES):
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)
    return frozenset(found)


def _has_rows_of_its_own(graph: Graph, prediction: str, dataset: str) -> bool:
    """Some rows are written without the model, so that it doesn't decide which rows there are."""
    predicted = set(reachable(graph, [prediction], VALUES, allowed=outside_predictions))
    creating = [edge for edge in graph.into(dataset, "WRITES") if edge.attributes.get("mode") != "merge"]
    with_model = {site for edge in creating if edge.source in predicted for site in edge.sites}
    return any(site not in with_model for edge in creating for site in edge.sites)


def _wrapped(graph: Graph, model: str) -> list[str]:
    """What a pipeline or search holds, or is held by: one model by any other name."""
    parts = [edge.source for edge in graph.into(model, "DERIVES") if edge.attributes.get("operation") == "step"]
    wholes = [edge.target for edge in graph.out(model, "DERIVES") if edge.attributes.get("operation") == "step"]
    return [node for node in (*parts, *wholes) if graph[node].attributes.get("task") != "transformer"]


def is_held_in_check(graph: Graph, loop: Loop) -> bool:
    """Deliberate self-training: its share is capped, and the model is tested on data that it didn't label."""
    return loop.kind == "label" and _is_capped(graph, loop) and _has_anchor(graph, loop)


def _is_capped(graph: Graph, loop: Loop) -> bool:
    operations = {str(edge.attributes.get("operation")) for edge in loop.path}
    return bool(operations & {"sample", "head", "nlargest", "nsmallest"})


def _has_anchor(graph: Graph, loop: Loop) -> bool:
    predictions = [edge.target for edge in graph.out(loop.trained, "PREDICTS")]
    tested = {edge.source for node in (loop.trained, *predictions) for edge in graph.into(node, "EVALUATES_ON")}
    return any(
        graph[node].kind == "frame" and (known := origins(graph, [node], VALUES)) and loop.dataset not in known
        for node in tested
    )
