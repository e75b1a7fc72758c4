"""Transformers that are fitted and asked, and what they make of frames."""

from __future__ import annotations

from mldebt.evaluate import assembled
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.feeding import as_records, data_frames, fed
from mldebt.evaluate.frames import new_frame, select_rows
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.origins import ground
from mldebt.evaluate.predicting import predict_by
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.steps import fit_and_transform
from mldebt.evaluate.terms_of import expressions, made_in, of_frame
from mldebt.evaluate.training import _are_distinct, receiver_models, seen_columns
from mldebt.evaluate.values import (
    Frame,
    Map,
    Model,
    Seq,
    Value,
)
from mldebt.terms import apply


def transform(operation: Operation) -> Value:
    """The output of a fitted transformer: same rows, values that depend on what it was fitted on."""
    if operation.entry.op == "fit_transform":
        if (made := fit_and_transform(operation)) is not None:
            return made
        for model in receiver_models(operation):
            if model.task not in ("transformer",):
                model.task = "transformer" if model.task == "unknown" else model.task
            train_as_transformer(operation, model)
    results: list[Value] = []
    for model in receiver_models(operation):
        if model.predicts_by == "transform" and model.task != "transformer":
            results.append(predict_by(operation, [model]))
            continue
        given = operation.given("X")
        alone = [as_records(operation.machine, given)] if isinstance(given, Map) else None
        for frame in alone or data_frames(operation.machine, given):
            results.append(_transformed(operation, model, frame))
    return join(results) if results else derived("transformed data", *operation.call.values(), label=operation.hint)


def train_as_transformer(operation: Operation, model: Model) -> None:
    machine, site = operation.machine, operation.site
    for frame in fed(operation, "X", model):
        ground(machine, frame.node)
        used, columns = seen_columns(machine, model, frame)
        machine.trace.edge(
            frame.node, model.node, "FITS", site, operation.evidence, columns=columns, named=frame.named,
            selects=used.names() if used is not frame else None, expressions=expressions(machine, frame, columns),
            distinct=_are_distinct(frame) or None,
        )  # fmt: skip
        use_frame(machine, used, "state", site)
        model.fitted_on = frame.rows


def _transformed(operation: Operation, model: Model, frame: Frame) -> Frame:
    machine, site = operation.machine, operation.site
    made = new_frame(
        machine, operation.name_in_scope("transformed"), (operation.call.ordinal, frame.node), site, rows=frame.rows
    )
    seen, columns = seen_columns(machine, model, frame)
    given = _given(machine, frame, seen, columns) if model.loaded else {}
    machine.trace.edge(model.node, made.node, "DERIVES", site, operation="transform", state=True, **given)
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="transform")
    if (whole := assembled.beside(machine, model, frame, made.node, made.rows)) is not None:
        return whole
    result = seen.copy(node=made.node, rows=made.rows, form="array", named=False, shapes=())
    made_by = machine.knowledge.call(model.dotted) if model.dotted else None
    each = made_by is not None and made_by.flag("per_column")
    result.vague = result.vague or not (operation.entry.flag("keeps_columns") or each)
    by = [("by", model.dotted.rpartition(".")[2])] if model.dotted else []
    result.term = apply("transform", [seen.term], by)
    result.terms = {name: apply("transform", [term], by) for name, term in seen.terms.items()}
    row = seen.cells or ((of_frame(machine, seen),) if seen.form == "series" else None)
    result.cells = row and tuple(apply("transform", [term], by) for term in row)
    return result


def _given(machine: Machine, frame: Frame, seen: Frame, columns: tuple[str, ...] | None) -> dict[str, object]:
    """What a stored transformer is asked with, told as it is of a model that predicts."""
    return {
        "columns": columns, "named": frame.named, "selects": seen.names() if seen is not frame else None,
        "expressions": expressions(machine, frame, columns), "made": made_in(machine, frame, columns),
    }  # fmt: skip


def resample(operation: Operation) -> Value:
    """`fit_resample(X, y)`: rows repeat, or are made of others; or there are fewer."""
    machine, site = operation.machine, operation.site
    models = [part for model in receiver_models(operation) for part in (model, *(assembled.stages_of(model) or ()))]
    made = [machine.trace.nodes[model.node] for model in models if model.node in machine.trace.nodes]
    kind = "duplicate" if any(node.attributes.get("more_rows") for node in made) else "filter"
    results: list[Value] = []
    for field in ("X", "y"):
        for frame in data_frames(machine, operation.given(field))[:1]:
            key = (operation.call.ordinal, field)
            results.append(select_rows(machine, frame, key, site, kind, name=f"{field}_resampled"))
    return Seq(results, kind="tuple")
