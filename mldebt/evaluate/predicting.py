"""Models that are asked: predictions, and what they are made of."""

from __future__ import annotations

from mldebt.evaluate.calls import escape, use_frame
from mldebt.evaluate.computed_at import places_of
from mldebt.evaluate.conversions import chain_of
from mldebt.evaluate.feeding import fed, looks_ahead
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.models import prepares
from mldebt.evaluate.monitoring import called_otherwise, state_of
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.origins import ground
from mldebt.evaluate.provenance import derived, is_placeholder
from mldebt.evaluate.remembering import note_remembered
from mldebt.evaluate.steps import ask_steps
from mldebt.evaluate.streams import is_kept
from mldebt.evaluate.terms_of import expressions, made_in
from mldebt.evaluate.training import receiver_models, seen_columns, train
from mldebt.evaluate.values import (
    Frame,
    Model,
    Value,
)
from mldebt.terms import predicted


def predict(operation: Operation) -> Value:
    models = receiver_models(operation)
    if models and all(prepares(operation.machine, model) for model in models):
        return derived("inputs that were prepared", *operation.call.values(), label=operation.hint)
    for model in models if operation.entry.flag("fits") else ():
        train(operation, model)
    return predict_by(operation, models)


def predict_by(operation: Operation, models: list[Model]) -> Value:
    given = operation.given("X")
    if given is not None and is_placeholder(given):
        return derived("output of a part of a network", given)
    results = [_prediction(operation, model) for model in models]
    if not results:
        return escape(operation.machine, "prediction of an unknown model", operation.call)
    return join(results)


def _prediction(operation: Operation, model: Model) -> Frame:
    machine, site = operation.machine, operation.site
    method = operation.entry.text("method", operation.dotted.rpartition(".")[2])
    name, scope = operation.name_in_scope("prediction"), f"{machine.scope.file}::{machine.scope.qualname}"
    node = machine.node_id("prediction", name, operation.call.ordinal)
    machine.trace.node(node, "prediction", name, site, method=method, scope=scope, variable=operation.hint)
    frames = fed(operation, "X", model)
    _foretell(operation, model, node, frames)
    ask_steps(operation, model, frames, method)
    if method == "forward" and frames:
        passed_on(machine, node, model, frames[0])
    machine.trace.column((node, "prediction"), "derived", site)
    known = frames and not looks_ahead(operation, model)
    rows = frames[0].rows if known else machine.trace.rowset(f"rows:{node}", "made", site)
    machine.trace.node(node, "prediction", name, rows=rows)
    said = frozenset(((node, "prediction"),))
    if model.predicts_by == "transform" and frames:
        return frames[0].copy(node=node, columns={**frames[0].columns, "prediction": said})
    return Frame(node, {"": said}, rows=rows, form="array", term=predicted(node))


def passed_on(machine: Machine, prediction: str, model: Model, data: Frame) -> None:
    """What a network made of its input: whether it predicts or trains shows later."""
    from mldebt.evaluate.networks import STEPS, is_within

    machine.trace.forwards[prediction] = (model.node, data.node)
    if is_within(machine, STEPS):
        machine.trace.trained_through.add(prediction)


def _foretell(operation: Operation, model: Model, node: str, frames: list[Frame]) -> None:
    """PREDICTS and what the prediction is made from."""
    machine, site = operation.machine, operation.site
    machine.asked_models += 1
    if not frames:
        machine.trace.edge(model.node, node, "PREDICTS", site, operation.evidence, **state_of(model))
        note_remembered(operation, model, node)
    for frame in frames:
        ground(machine, frame.node)
        used, columns = seen_columns(machine, model, frame)
        computed = expressions(machine, frame, columns)
        machine.trace.edge(
            model.node, node, "PREDICTS", site, operation.evidence, columns=columns, named=frame.named,
            places=places_of(machine, computed),
            assumes=tuple(dict.fromkeys((*machine.scope.assumed, *filter(is_kept, machine.scope.path)))) or None,
            selects=used.names() if used is not frame else None, expressions=computed,
            converted=chain_of(frame), names_checked=_names_checked(operation),
            called_otherwise=called_otherwise(operation, model, frame), made=made_in(machine, frame, columns),
            **state_of(model),
        )  # fmt: skip
        machine.trace.edge(frame.node, node, "DERIVES", site, operation="predict")
        use_frame(machine, used, "feature", site)


def _names_checked(operation: Operation) -> bool | None:
    """Whether the call itself says that names are compared, or are not."""
    given = operation.given("names_checked")
    return None if given is None else truthy(given, False)
