"""Training, transformation and prediction."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.frames import as_frame, new_frame, select_rows
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.models import as_model
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import (
    NONE,
    Choice,
    Const,
    Frame,
    Map,
    Model,
    Object,
    Seq,
    Text,
    Value,
    derived,
    is_none,
    options_of,
    sources_of,
)


def receiver_models(operation: Operation) -> list[Model]:
    from mldebt.evaluate.objects import load_named

    found: list[Model] = []
    receiver = operation.given("model") if operation.entry.selector("model") else operation.receiver
    options = options_of(receiver) if receiver is not None else ()
    if receiver is not operation.receiver and any(isinstance(option, Text) for option in options):
        options = tuple(load_named(operation, "model"))  # the call names a stored model
    for option in options:
        model = as_model(operation.machine, option)
        if model is not None:
            found.append(model)
    return found


def fit(operation: Operation) -> Value:
    models = receiver_models(operation)
    for model in models:
        train(operation, model)
    return operation.receiver if operation.receiver is not None else NONE


def train(operation: Operation, model: Model) -> None:
    """TRAINS_ON (FITS for a transformer), LABELS, and the uses of the columns."""
    machine, site = operation.machine, operation.site
    data, label = operation.given("X"), operation.given("y")
    kind = "FITS" if model.task == "transformer" else "TRAINS_ON"
    for frame in data_frames(machine, data):
        used, columns = seen_columns(machine, model, frame)
        machine.trace.edge(
            frame.node, model.node, kind, site, operation.evidence, columns=columns, named=frame.named,
            selects=used.names() if used is not frame else None,
        )  # fmt: skip
        use_frame(machine, used, "state" if kind == "FITS" else "feature", site)
        model.fitted_on = frame.rows
        if kind == "TRAINS_ON":
            keep_logged(machine, model)
    labels = [*data_frames(machine, label), *wrapped_labels(machine, data)]
    for frame in labels if kind != "FITS" else ():
        machine.trace.edge(frame.node, model.node, "LABELS", site, operation.evidence, columns=frame.names())
        use_frame(machine, frame, "label", site)
    for evaluated in _evaluation_sets(operation):
        machine.trace.edge(evaluated.node, model.node, "EVALUATES_ON", site, operation="eval_set")
        use_frame(machine, evaluated, "feature", site)


def autolog(operation: Operation) -> Value:
    """`mlflow.autolog()`: each fit that follows keeps its model in the tracker."""
    tracker = operation.dotted.partition(".")[0]
    operation.machine.root.logging = (tracker, operation.site)
    return NONE


def keep_logged(machine: Machine, model: Model) -> None:
    if machine.root.logging is None:
        return
    tracker, site = machine.root.logging
    name = f"{tracker}://runs/{machine.root.file or machine.scope.file}"
    node = machine.trace.node(f"artifact:{name}", "artifact", name, site, store=tracker)
    machine.trace.edge(model.node, node, "PERSISTS", site)


def data_frames(machine: Machine, value: Value | None) -> list[Frame]:
    if value is None or is_none(value):
        return []
    found: list[Frame] = []
    for option in options_of(value):
        if isinstance(option, Object) and "X" in option.facts:
            found += data_frames(machine, option.facts["X"])
        elif not isinstance(option, (Const, Text)):
            found.append(as_frame(machine, option))
    return found


def wrapped_labels(machine: Machine, value: Value | None) -> list[Frame]:
    """The labels that a data wrapper (`DMatrix(X, label=y)`) carries."""
    found: list[Frame] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Object) and option.facts.get("y") is not None:
            found += data_frames(machine, option.facts["y"])
    return found


def _evaluation_sets(operation: Operation) -> list[Frame]:
    value = operation.given("eval")
    return list(_frames_of(value)) if value is not None else []


def _frames_of(value: Value, depth: int = 3) -> list[Frame]:
    if isinstance(value, Frame):
        return [value]
    if isinstance(value, Object) and "X" in value.facts:
        return _frames_of(value.facts["X"], depth - 1)
    if depth and isinstance(value, (Seq, Choice)):
        items = value.items if isinstance(value, Seq) else value.options
        return [frame for item in items for frame in _frames_of(item, depth - 1)]
    return []


def seen_columns(machine: Machine, model: Model, frame: Frame) -> tuple[Frame, tuple[str, ...] | None]:
    """What a model sees of a frame: a ColumnTransformer takes only the columns that it names."""
    from mldebt.evaluate.frames import select

    chosen = selected_by(model)
    if chosen is None or frame.form not in ("table", "row", "records"):
        return frame, frame.names()
    return select(machine, frame, chosen), frame.names()


def selected_by(model: Model) -> tuple[str, ...] | None:
    if model.composite == "columns":
        parts = [columns for _, _, columns in model.steps]
        if model.remainder != "drop" or not parts or None in parts:
            return None
        return tuple(dict.fromkeys(name for columns in parts for name in columns or ()))
    if model.composite in ("pipeline", "search", "wrapper") and model.steps:
        first = model.steps[0][1]
        return selected_by(first) if isinstance(first, Model) else None
    return None


def train_function(operation: Operation) -> Value:
    """xgboost.train and its kin: a model comes out."""
    machine = operation.machine
    node = machine.node_id("model", operation.name_in_scope("model"), operation.call.ordinal)
    model = Model(node, operation.dotted, operation.entry.text("family"), "unknown")
    seed = _seed_in_parameters(operation)
    machine.trace.node(
        node, "model", operation.name_in_scope("model"), operation.site, variable=operation.hint, family=model.family,
        scope=f"{machine.scope.file}::{machine.scope.qualname}", task="unknown", seed=seed,
        stochastic=operation.entry.fields.get("stochastic") == "always", **{"class": operation.dotted},
    )  # fmt: skip
    train(operation, model)
    return model


def _seed_in_parameters(operation: Operation) -> str:
    parameters = operation.given("params")
    names = operation.entry.selector("seed_param") or ("seed", "random_state")
    if isinstance(parameters, Map):
        if any(name in parameters.entries for name in names):
            return "fixed"
        return "unknown" if parameters.open else operation.seed_status()
    return operation.seed_status() if parameters is None else "unknown"


def transform(operation: Operation) -> Value:
    """The output of a fitted transformer: same rows, values that depend on what it was fitted on."""
    if operation.entry.op == "fit_transform":
        for model in receiver_models(operation):
            if model.task not in ("transformer",):
                model.task = "transformer" if model.task == "unknown" else model.task
            train_as_transformer(operation, model)
    results: list[Value] = []
    for model in receiver_models(operation):
        for frame in data_frames(operation.machine, operation.given("X")):
            if model.predicts_by == "transform":
                results.append(_with_prediction(operation, model, frame))
            else:
                results.append(_transformed(operation, model, frame))
    return join(results) if results else derived("transformed data", *operation.call.values(), label=operation.hint)


def train_as_transformer(operation: Operation, model: Model) -> None:
    machine, site = operation.machine, operation.site
    for frame in data_frames(machine, operation.given("X")):
        used, columns = seen_columns(machine, model, frame)
        machine.trace.edge(frame.node, model.node, "FITS", site, operation.evidence, columns=columns, named=frame.named)
        use_frame(machine, used, "state", site)
        model.fitted_on = frame.rows


def _with_prediction(operation: Operation, model: Model, frame: Frame) -> Frame:
    """A table that got the predictions as a column more."""
    said = _predicted(operation, model, [frame], "transform")
    return frame.copy(node=said.node, columns={**frame.columns, "prediction": said.columns[""]})


def _transformed(operation: Operation, model: Model, frame: Frame) -> Frame:
    machine, site = operation.machine, operation.site
    made = new_frame(
        machine, operation.name_in_scope("transformed"), (operation.call.ordinal, frame.node), site, rows=frame.rows
    )
    machine.trace.edge(model.node, made.node, "DERIVES", site, operation="transform", state=True)
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="transform")
    if operation.entry.flag("duplicate"):
        made.rows = machine.trace.rowset(f"rows:{made.node}", "duplicate", site, (frame.rows,))
        machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    seen, _ = seen_columns(machine, model, frame)
    result = seen.copy(node=made.node, rows=made.rows, form="array", named=False)
    result.vague = result.vague or not operation.entry.flag("keeps_columns")
    return result


def resample(operation: Operation) -> Value:
    """`fit_resample(X, y)`: rows may repeat."""
    machine, site = operation.machine, operation.site
    results: list[Value] = []
    for field in ("X", "y"):
        for frame in data_frames(machine, operation.given(field))[:1]:
            key = (operation.call.ordinal, field)
            results.append(select_rows(machine, frame, key, site, "duplicate", name=f"{field}_resampled"))
    return Seq(results, kind="tuple")


def predict(operation: Operation) -> Value:
    method = operation.entry.text("method", operation.dotted.rpartition(".")[2])
    frames = data_frames(operation.machine, operation.given("X"))
    results = [_predicted(operation, model, frames, method) for model in receiver_models(operation)]
    if not results:
        return derived("prediction of an unknown model", *operation.call.values(), label=operation.hint)
    return join(results)


def _predicted(operation: Operation, model: Model, frames: list[Frame], method: str) -> Frame:
    machine, site = operation.machine, operation.site
    node = machine.node_id("prediction", operation.name_in_scope("prediction"), operation.call.ordinal)
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    machine.trace.node(node, "prediction", operation.name_in_scope("prediction"), site, method=method, scope=scope,
                       variable=operation.hint)  # fmt: skip
    if not frames:
        machine.trace.edge(model.node, node, "PREDICTS", site, operation.evidence)
    for frame in frames:
        used, columns = seen_columns(machine, model, frame)
        machine.trace.edge(
            model.node, node, "PREDICTS", site, operation.evidence, columns=columns, named=frame.named,
            selects=used.names() if used is not frame else None,
        )  # fmt: skip
        machine.trace.edge(frame.node, node, "DERIVES", site, operation="predict")
        use_frame(machine, used, "feature", site)
    if method == "forward" and frames:
        machine.trace.forwards[node] = (model.node, frames[0].node)
    machine.trace.column((node, "prediction"), "derived", site)
    rows = frames[0].rows if frames else machine.trace.rowset(f"rows:{node}", "made", site)
    machine.trace.node(node, "prediction", operation.name_in_scope("prediction"), rows=rows)
    return Frame(node, {"": frozenset(((node, "prediction"),))}, rows=rows, form="array")


def matrix(operation: Operation) -> Value:
    """Data wrapped for a learner: DMatrix, Dataset, DataLoader."""
    value = operation.given("X")
    if value is None:
        return derived("data wrapper without data", *operation.call.values())
    label = operation.given("y")
    if isinstance(value, Object) and value.kind == "matrix":
        return value
    return Object("matrix", operation.dotted, {"X": value, "y": label}, sources_of(value))
