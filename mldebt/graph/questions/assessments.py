"""Which rows a model is judged on, and which it had learned from at that time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.lineage import reachable
from mldebt.graph.questions.rows import RowFlow, rows_of

JUDGED = ("score", "metric", "cross_validate", "eval_set")


class Assessment(Struct, frozen=True):
    """One use of a trained model on some rows.

    `how`: predict, score, eval_set or cross_validate. `trained`: the rows of the fit that was in force, "" where that
    can't be told; `training` is its edge. `evaluated`: the rows that it is used on, `frame` the node that holds them.
    `measured`: whether a figure comes of it. `chosen`: the rows whose score chose the state in which the model is.
    """

    model: Node
    training: Edge | None
    trained: str
    evaluation: Edge
    frame: str
    evaluated: str
    how: str
    measured: bool
    chosen: tuple[str, ...] = ()


def assessments(graph: Graph) -> list[Assessment]:
    """Every use of a model that is trained here, also after it was stored and loaded."""
    return [found for model in graph.of_kind("model") for found in _of_model(graph, model)]


def _of_model(graph: Graph, model: Node) -> Iterator[Assessment]:
    trainings = graph.into(model.id, "TRAINS_ON")
    if not trainings and not graph.into(model.id, "EVALUATES_ON"):
        return
    for member in stored_and_loaded(graph, model.id) if trainings else [model.id]:
        kept = _kept_by(graph, member)
        for edge in graph.out(member, "PREDICTS"):
            for frame in _inputs(graph, edge):
                judged = measured(graph, edge.target)
                found = _assessment(graph, model, trainings, edge, frame, "predict", judged, kept)
                looked_at = _looked_at(graph, edge.target, found.evaluated) if judged else (found.evaluated,)
                yield from (replace(found, evaluated=rows) for rows in looked_at)
        for edge in graph.into(member, "EVALUATES_ON"):
            how = str(edge.attributes.get("operation", ""))
            if how in JUDGED and not edge.attributes.get("labels"):
                yield _assessment(graph, model, trainings, edge, edge.source, how, True, kept)


def _kept_by(graph: Graph, loaded: str) -> tuple[str, ...]:
    """The rows whose score chose the state of a model that was stored and is loaded again."""
    places = [edge.source for edge in graph.into(loaded, "LOADS")]
    stored = [edge for place in places for edge in graph.into(place, "PERSISTS") if graph[edge.source].kind == "model"]
    given = [edge.attributes.get("chosen") for edge in stored]
    known = [each for each in given if isinstance(each, (tuple, list))]
    return tuple(str(rows) for each in known for rows in each) if len(known) == len(given) else ()


def stored_and_loaded(graph: Graph, model: str) -> list[str]:
    """The model and what is loaded from where it was saved."""
    return [node for node in reachable(graph, [model], ("PERSISTS", "LOADS")) if graph[node].kind == "model"]


def measured(graph: Graph, prediction: str) -> bool:
    return any(edge.attributes.get("operation") in JUDGED for edge in graph.into(prediction, "EVALUATES_ON"))


def _looked_at(graph: Graph, prediction: str, rows: str) -> Iterable[str]:
    """The rows for which a prediction is compared with the truth: all, or parts that were taken of it afterwards."""
    flow = graph.once(RowFlow)
    metrics = [edge for edge in graph.into(prediction, "EVALUATES_ON") if edge.attributes.get("operation") in JUDGED]
    parts = (str(edge.attributes.get("of") or rows) for edge in metrics)
    return dict.fromkeys(part if rows in flow.above(part) else rows for part in parts)


def _inputs(graph: Graph, predicts: Edge) -> list[str]:
    """What a prediction is made from."""
    made = graph.into(predicts.target, "DERIVES")
    inputs = [edge.source for edge in made if edge.attributes.get("operation") == "predict"]
    return inputs or [predicts.target]


def _assessment(
    graph: Graph,
    model: Node,
    trainings: list[Edge],
    edge: Edge,
    frame: str,
    how: str,
    judged: bool,
    kept: tuple[str, ...],
) -> Assessment:
    trained = str(edge.attributes.get("trained", ""))
    if not trained:
        known = {rows_of(graph, training.source) for training in trainings}
        trained = known.pop() if len(known) == 1 else ""
    training = next((one for one in trainings if rows_of(graph, one.source) == trained), None)
    if training is not None and "trained" not in edge.attributes and _comes_later(model, training, edge):
        trained, training = "", None
    chosen = edge.attributes.get("chosen") or kept
    rows = str(edge.attributes.get("rows") or rows_of(graph, edge.target if how == "predict" else frame))
    return Assessment(
        model, training, trained if training else "", edge, frame, rows, how, judged,
        tuple(map(str, chosen)) if isinstance(chosen, (tuple, list)) else (),
    )  # fmt: skip


def _comes_later(model: Node, training: Edge, use: Edge) -> bool:
    """Whether a model that comes from somewhere, as one of several that were fitted before, is fitted again below."""
    fits, uses = (min(edge.sites, key=lambda site: site.order) for edge in (training, use))
    return model.attributes.get("class") in (None, "unknown") and fits.file == uses.file and fits.order > uses.order
