"""Estimators: construction, training, transformation, prediction, splits and evaluation."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.frames import as_frame, new_frame, select_rows
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.values import (
    NONE,
    Choice,
    Const,
    Frame,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    derived,
    is_none,
    join,
    options_of,
    sources_of,
)
from mldebt.sites import Site


def construct(operation: Operation) -> Value:
    machine, entry, site = operation.machine, operation.entry, operation.site
    last = operation.dotted.rpartition(".")[2]
    node = machine.node_id("model", operation.name_in_scope(last), operation.call.ordinal)
    model = Model(node, operation.dotted, entry.text("family"), entry.text("task", "unknown"), entry.text("composite"))
    model.steps = _steps(operation, operation.given("steps"))
    remainder = operation.call.kwargs.get("remainder")
    if isinstance(remainder, Text) and remainder.literal == "passthrough":
        model.remainder = "passthrough"
    if model.steps and model.task == "unknown":
        model.task = _task_of(model)
    stochastic, seed = _randomness(operation, model)
    machine.trace.node(
        node, "model", operation.name_in_scope(last), site, variable=operation.hint, family=model.family,
        scope=f"{machine.scope.file}::{machine.scope.qualname}", task=model.task, stochastic=stochastic, seed=seed,
        composite=model.composite or None, stateless=operation.entry.flag("stateless") or None,
        **{"class": operation.dotted},
    )  # fmt: skip
    for _, step, _ in model.steps:
        for part in options_of(step):
            if isinstance(part, Model):
                machine.trace.edge(part.node, node, "DERIVES", site, operation="step")
    return model


def _steps(operation: Operation, value: Value | None) -> list[tuple[str, Value, tuple[str, ...] | None]]:
    """(name, estimator, columns) of each part of a composite."""
    if value is None:
        return []
    if isinstance(value, (Model, Choice)):
        return [("", value, None)]
    if not isinstance(value, Seq):
        return []
    if operation.entry.selector("steps") == ("*",) and all(isinstance(item, Model) for item in value.items):
        return [("", item, None) for item in value.items]
    return [_step(item) for item in value.items]


def _step(value: Value) -> tuple[str, Value, tuple[str, ...] | None]:
    if not isinstance(value, Seq):
        return "", value, None
    from mldebt.evaluate.frames import names_of

    parts = list(value.items)
    name = parts.pop(0).template if parts and isinstance(parts[0], Text) and len(parts) > 1 else ""
    estimator = next((part for part in parts if isinstance(part, (Model, Choice, Unknown))), NONE)
    names, whole = names_of(parts[-1]) if len(parts) > 1 else ([], False)
    return name, estimator, tuple(names) if names and whole else None


def _task_of(model: Model) -> str:
    tasks = [part.task for _, step, _ in model.steps for part in options_of(step) if isinstance(part, Model)]
    if model.composite == "columns":
        return "transformer"
    return tasks[-1] if tasks else "unknown"


def _randomness(operation: Operation, model: Model) -> tuple[bool, str]:
    """Whether the estimator really draws random numbers, and what seeds it; a composite is as good as its worst part."""
    attributes = [
        operation.machine.trace.nodes[part.node].attributes
        for _, step, _ in model.steps for part in options_of(step)
        if isinstance(part, Model) and part.node in operation.machine.trace.nodes
    ]  # fmt: skip
    bare = [item for item in attributes if item.get("stochastic") and item.get("seed") == "absent"]
    if bare:
        return True, "absent"
    own = _is_stochastic(operation)
    seeds = [item.get("seed") for item in attributes if item.get("stochastic")]
    return own or bool(seeds), operation.seed_status(operation.entry.text("scope", "numpy")) if own else str(
        seeds[0]
    ) if seeds else "fixed"


def _is_stochastic(operation: Operation) -> bool:
    condition = operation.entry.fields.get("stochastic", "never")
    if not isinstance(condition, dict):
        return condition == "always"
    value = operation.call.kwargs.get(str(condition.get("argument")))
    literal = value.literal if isinstance(value, Text) else value.value if isinstance(value, Const) else None
    return (condition.get("default") if value is None else literal) in condition.get("values", ())


def as_model(machine: Machine, value: Value | None, hint: str = "") -> Model | None:
    """A value as a model; something unknown on which `fit` or `predict` is called becomes one."""
    if isinstance(value, Model):
        return value
    if isinstance(value, Loaded):
        machine.trace.loaded_as.setdefault(value.node, set()).add("model")
        return Model(value.node, loaded=True)
    if isinstance(value, Method):
        value = derived("attribute of an unknown value", value.receiver, label=value.name)
    if isinstance(value, (Frame, Text, Const, Seq, Map)) or value is None:
        return None
    models = sorted(source for source in sources_of(value) if source.startswith(("model:", "loaded:")))
    if len(models) == 1:
        if models[0].startswith("loaded:"):
            machine.trace.loaded_as.setdefault(models[0], set()).add("model")
        return Model(models[0], loaded=models[0].startswith("loaded:"))
    label = hint or (value.label if isinstance(value, Unknown) else "") or "model"
    node = machine.node_id("model", label, ("unknown", label))
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    machine.trace.node(node, "model", label, machine.site(), scope=scope, task="unknown", **{"class": "unknown"})
    for model in models:
        machine.trace.edge(model, node, "DERIVES", machine.site(), "inferred", operation="unknown call")
    return Model(node, "unknown", task="unknown")


def receiver_models(operation: Operation) -> list[Model]:
    found: list[Model] = []
    receiver = operation.given("model") if operation.entry.selector("model") else operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
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
    for frame in data_frames(machine, label) if label is not None and kind != "FITS" else ():
        machine.trace.edge(frame.node, model.node, "LABELS", site, operation.evidence, columns=frame.names())
        use_frame(machine, frame, "label", site)
    for evaluated in _evaluation_sets(operation):
        machine.trace.edge(evaluated.node, model.node, "EVALUATES_ON", site, operation="eval_set")
        use_frame(machine, evaluated, "feature", site)


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


def _evaluation_sets(operation: Operation) -> list[Frame]:
    value = operation.given("eval")
    return [frame for frame in _frames_of(value)] if value is not None else []


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
            results.append(_transformed(operation, model, frame))
    return join(results) if results else derived("transformed data", *operation.call.values(), label=operation.hint)


def train_as_transformer(operation: Operation, model: Model) -> None:
    machine, site = operation.machine, operation.site
    for frame in data_frames(machine, operation.given("X")):
        used, columns = seen_columns(machine, model, frame)
        machine.trace.edge(frame.node, model.node, "FITS", site, operation.evidence, columns=columns, named=frame.named)
        use_frame(machine, used, "state", site)
        model.fitted_on = frame.rows


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
    result = frame.copy(node=made.node, rows=made.rows, form="array", named=False)
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
    machine, site = operation.machine, operation.site
    method = operation.entry.text("method", operation.dotted.rpartition(".")[2])
    results: list[Value] = []
    frames = data_frames(machine, operation.given("X"))
    for model in receiver_models(operation):
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
        machine.trace.column((node, "prediction"), "derived", site)
        rows = frames[0].rows if frames else machine.trace.rowset(f"rows:{node}", "made", site)
        machine.trace.node(node, "prediction", operation.name_in_scope("prediction"), rows=rows)
        results.append(Frame(node, {"": frozenset(((node, "prediction"),))}, rows=rows, form="array"))
    if not results:
        return derived("prediction of an unknown model", *operation.call.values(), label=operation.hint)
    return join(results)


def split(operation: Operation) -> Value:
    """train_test_split: two disjoint parts of each array."""
    machine, site, call = operation.machine, operation.site, operation.call
    shuffles = truthy(operation.given("shuffle"), bool(operation.entry.fields.get("shuffle_default", True)))
    seed = operation.seed_status() if shuffles is not False else "fixed"
    split_id = f"split:{machine.scope.key}#{machine.node_id('split', 'split', call.ordinal)}"
    results: list[Value] = []
    arrays = call.args if operation.entry.selector("arrays") != ("self",) else [operation.receiver or NONE]
    for number, array in enumerate(arrays):
        if isinstance(array, Const):
            continue
        frame = as_frame(machine, array, f"array{number}")
        name = machine.trace.nodes[frame.node].name if frame.node in machine.trace.nodes else "data"
        for part in ("train", "test"):
            named = call.targets[len(results)] if len(results) < len(call.targets) else ""
            results.append(
                select_rows(
                    machine,
                    frame,
                    (call.ordinal, number, part),
                    site,
                    "part",
                    name=named or f"{name}_{part}",
                    split=split_id,
                    part=part,
                    random=shuffles is not False,
                    seed=seed,
                )  # fmt: skip
            )
    return Seq(results, bool(call.spread) and not results, "list")


def splitter(operation: Operation) -> Value:
    shuffles = truthy(operation.given("shuffle"), bool(operation.entry.fields.get("shuffle_default", False)))
    seed = operation.seed_status() if shuffles else "fixed"
    return Object(
        "splitter", operation.dotted, {"shuffle": bool(shuffles), "seed": seed, "time": operation.entry.flag("time")}
    )


def split_indices(operation: Operation) -> Value:
    """`for train, test in folds.split(X)`: row numbers of the two sides."""
    machine = operation.machine
    for field in ("y", "groups"):
        for frame in data_frames(machine, operation.given(field)):
            use_frame(machine, frame, "key" if field == "groups" else "label", operation.site)
    facts = operation.receiver.facts if isinstance(operation.receiver, Object) else {}
    split_id = f"split:{machine.node_id('split', 'folds', operation.call.ordinal)}"
    common = {"split": split_id, **facts}
    sides: list[Value] = [Object("indices", facts={**common, "part": part}) for part in ("train", "test")]
    return Seq([Seq(sides, kind="tuple")], True, "generator")


def evaluate(operation: Operation) -> Value:
    """A metric of truth and prediction, or `model.score(X, y)`."""
    machine, site = operation.machine, operation.site
    truths = data_frames(machine, operation.given("y"))
    given = operation.given("X")
    frames = data_frames(machine, given) if given is not None else []
    predictions = [frame for frame in (*frames, *truths) if frame.node.startswith("prediction:")]
    for model in receiver_models(operation) if operation.receiver is not None else ():
        for frame in frames:
            machine.trace.edge(frame.node, model.node, "EVALUATES_ON", site, operation="score")
            use_frame(machine, frame, "feature", site)
    for frame in truths:
        for prediction in predictions:
            machine.trace.edge(frame.node, prediction.node, "EVALUATES_ON", site, operation="metric")
        use_frame(machine, frame, "label", site)
    for frame in frames:
        use_frame(machine, frame, "check", site)
    return derived("metric", *operation.call.values(), label=operation.hint)


def cross_validate(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    model_value = operation.given("model")
    results: list[Value] = []
    for option in options_of(model_value) if model_value is not None else ():
        model = as_model(machine, option)
        for frame in data_frames(machine, operation.given("X")) if model else ():
            assert model is not None
            machine.trace.edge(
                frame.node, model.node, "EVALUATES_ON", site, operation="cross_validate", columns=frame.names()
            )
            use_frame(machine, seen_columns(machine, model, frame)[0], "feature", site)
        for frame in data_frames(machine, operation.given("y")) if model else ():
            use_frame(machine, frame, "label", site)
        results.append(derived("cross-validation", option, *operation.call.values(), label=operation.hint))
    return join(results) if results else derived("cross-validation", *operation.call.values())


def matrix(operation: Operation) -> Value:
    """Data wrapped for a learner: DMatrix, Dataset, DataLoader."""
    value = operation.given("X")
    if value is None:
        return derived("data wrapper without data", *operation.call.values())
    label = operation.given("y")
    if isinstance(value, Object) and value.kind == "matrix":
        return value
    return Object("matrix", operation.dotted, {"X": value, "y": label}, sources_of(value))


def is_model_like(value: Value) -> bool:
    return isinstance(value, (Model, Loaded, Instance))


def site_of(machine: Machine) -> Site:
    return machine.site()
