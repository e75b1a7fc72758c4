"""Training, transformation and prediction."""

from __future__ import annotations

from mldebt.evaluate import assembled
from mldebt.evaluate.attributes import attribute
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.choosing_steps import chooses_columns
from mldebt.evaluate.conversions import chain_of
from mldebt.evaluate.feeding import data_frames, fed, wrapped_labels
from mldebt.evaluate.frames import column
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.models import as_model, tries_features
from mldebt.evaluate.monitoring import called, judged_by_folds, watch
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.origins import ground
from mldebt.evaluate.pictures import as_scaled
from mldebt.evaluate.provenance import derived, sources_of, sources_of_all
from mldebt.evaluate.steps import fit_steps
from mldebt.evaluate.storage import FOLDER, names_of_object
from mldebt.evaluate.targets import labels_inside
from mldebt.evaluate.terms_of import expressions
from mldebt.evaluate.values import (
    MORE,
    NONE,
    Choice,
    Frame,
    Function,
    Map,
    Model,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)


def receiver_models(operation: Operation) -> list[Model]:
    from mldebt.evaluate.objects import load_named

    found: list[Model] = []
    receiver = operation.given("model") if operation.entry.selector("model") else operation.receiver
    receiver = operation.receiver if receiver is None else receiver
    options = options_of(receiver) if receiver is not None else ()
    if receiver is not operation.receiver and any(isinstance(option, Text) for option in options):
        options = tuple(load_named(operation, "model"))  # the call names a stored model
    for option in options:
        inner = option.facts.get("model", option) if isinstance(option, Object) else option
        found += [model for one in options_of(inner) if (model := as_model(operation.machine, one)) is not None]
    return found


def fit(operation: Operation) -> Value:
    """A fit. A trainer remembers what it trained, for what is asked of it later."""
    family = operation.entry.text("family")
    for model in receiver_models(operation):
        if not family or model.family in (*family.split(), "", "unknown"):
            train(operation, model)
    receiver, given = operation.receiver, operation.given("model")
    if isinstance(receiver, Object) and given is not None:
        receiver.facts["model"] = given
    return receiver if receiver is not None else NONE


def trainer(operation: Operation) -> Value:
    """An object that is told what to train, and on what, before it is asked to."""
    roles = {name: value for name in ("model", "X", "y", "eval") if (value := operation.given(name)) is not None}
    if isinstance(builder := roles.get("model"), Function):
        roles["model"] = _built(operation, builder)
    folder = _folder_of(operation)
    facts: dict[str, object] = {**roles, FOLDER: folder} if folder is not None else dict(roles)
    return Object(operation.entry.text("returns", "trainer"), operation.dotted, facts, sources_of_all(roles.values()))


def _built(operation: Operation, builder: Function) -> Value:
    """The model that a function makes, for a trainer that tries several of them."""
    from mldebt.evaluate.calls import Call, invoke

    settings = Unknown("settings that are tried out", "hp")
    return invoke(operation.machine, builder, Call(operation.call.line, operation.call.ordinal, [settings], {}))


def _folder_of(operation: Operation) -> Value | None:
    """Where a trainer keeps its model when it isn't told at the time: what its settings say."""
    settings = operation.given("told_by")
    if settings is None:
        return None
    if isinstance(settings, Object):
        return join(names) if (names := names_of_object(settings)) else None
    return attribute(operation.machine, settings, operation.entry.text("kept_in"))


def train(operation: Operation, model: Model) -> None:
    """TRAINS_ON (FITS for a transformer), LABELS, and the uses of the columns."""
    machine, site = operation.machine, operation.site
    data = fed(operation, "X", model) or _series_alone(operation, model)
    for frame in data:
        ground(machine, frame.node)
    kind = "FITS" if model.task == "transformer" else "TRAINS_ON"
    if kind == "TRAINS_ON":
        machine.trained += 1
    for frame in data:
        used, columns = seen_columns(machine, model, frame)
        rest = used.rest if used.rest and not chooses_columns(machine, model) else None
        machine.trace.edge(
            frame.node, model.node, kind, site, operation.evidence, columns=columns, named=frame.named,
            selects=used.names() if used is not frame else None, expressions=expressions(machine, frame, columns),
            rest=rest, but=tuple(sorted(used.dropped - {MORE})) or None if rest else None,
            converted=chain_of(frame), distinct=_are_distinct(frame) or None,
        )  # fmt: skip
        use_frame(machine, used, "state" if kind == "FITS" else "feature", site)
        model.fitted_on, model.fitted_as = frame.rows, called(operation)
        if kind == "TRAINS_ON":
            keep_logged(machine, model)
    given = given_data(operation)
    labels = [*fed(operation, "y", model), *wrapped_labels(machine, given), *_labels_by_name(machine, model, data)]
    looked = [assembled.seen(machine, model, one) if assembled.finds_by_name(model) else one for one in data]
    for frame in labels if kind != "FITS" else ():
        names = _without_keys(frame)
        machine.trace.edge(
            frame.node, model.node, "LABELS", site, operation.evidence, columns=names,
            expressions=expressions(machine, frame, names), inside=labels_inside(machine, model, looked, frame) or None,
        )  # fmt: skip
        use_frame(machine, frame, "label", site)
    if tries_features(operation):
        machine.trace.node(model.node, "model", machine.trace.nodes[model.node].name, varied=True)
    watch(operation, model, given_data(operation, "eval"))
    if operation.entry.flag("divides") or truthy(operation.given("held_back"), False):
        judged_by_folds(machine, model, data)
    fit_steps(operation, model, data)
    if data:
        model.held["X"] = Choice(tuple(data)) if len(data) > 1 else data[0]


def _labels_by_name(machine: Machine, model: Model, data: list[Frame]) -> list[Frame]:
    """What a model learns to tell that finds it in its data by name."""
    known = [one for one in data if assembled.finds_by_name(model) and assembled.looked_at(model, one) is not None]
    named = [(frame, assembled.target_of(model, frame)) for frame in known]
    return [column(machine, frame, name) for frame, name in named if name is not None]


def _series_alone(operation: Operation, model: Model) -> list[Frame]:
    """A series that is told as what to forecast is what a forecast learns from, too."""
    return fed(operation, "y") if model.family == "time series" and operation.given("X") is None else []


def _are_distinct(frame: Frame) -> bool:
    """Whether each value comes once, however many rows have it."""
    return len(frame.columns) == 1 and frozenset(frame.columns) in frame.unique


def given_data(operation: Operation, role: str = "X") -> Value | None:
    """What a call is given to learn from or to compare with; a trainer was given it before."""
    value, receiver = operation.given(role), operation.receiver
    if value is None and isinstance(receiver, Object):
        found: Value | None = receiver.facts.get(role)
        return found
    return value


def autolog(operation: Operation) -> Value:
    """`mlflow.autolog()`: each fit that follows keeps its model in the tracker, unless models are left out."""
    tracker = operation.dotted.partition(".")[0]
    kept = truthy(operation.given("logs"), True) is not False and truthy(operation.given("off"), False) is not True
    operation.machine.root.logging = (tracker, operation.site) if kept else None
    return NONE


def keep_logged(machine: Machine, model: Model) -> None:
    if machine.root.logging is None:
        return
    tracker, site = machine.root.logging
    name = f"{tracker}://runs/{machine.root.file or machine.scope.file}"
    node = machine.trace.node(f"artifact:{name}", "artifact", name, site, store=tracker)
    machine.trace.edge(model.node, node, "PERSISTS", site)


def seen_columns(machine: Machine, model: Model, frame: Frame) -> tuple[Frame, tuple[str, ...] | None]:
    """What a model sees of a frame: a ColumnTransformer takes only the columns that it names."""
    from mldebt.evaluate.frames import select

    chosen = selected_by(model)
    names = _without_keys(frame)
    if frame.form not in ("table", "row", "records"):
        return frame, names
    if assembled.finds_by_name(model):
        seen = assembled.seen(machine, model, frame)
        return seen, names or (seen.names() if seen is not frame else None)
    if chosen is None:
        return frame, names
    return select(machine, frame, chosen), names


def _without_keys(frame: Frame) -> tuple[str, ...] | None:
    """The columns of a frame beside those that became the names of its rows, if there are others."""
    known = frame.names()
    return tuple(name for name in known or () if name not in frame.index) or known


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


def matrix(operation: Operation) -> Value:
    """Data wrapped for a learner: DMatrix, Dataset, DataLoader."""
    value = operation.given("X")
    if value is None:
        return derived("data wrapper without data", *operation.call.values())
    label = operation.given("y")
    if isinstance(value, Object) and value.kind == "matrix":
        return value
    if operation.entry.flag("paired") and isinstance(value, Seq) and value.kind == "tuple" and len(value.items) == 2:
        value, label = value.items
    if isinstance(value, Text) and (named := data_frames(operation.machine, value, operation)):
        value = named[0]
    if operation.entry.flag("in_place") and isinstance(operation.receiver, Object):
        operation.receiver.facts["X"] = value
        return NONE
    value = as_scaled(operation, value)
    return Object("matrix", operation.dotted, {"X": value, "y": label}, sources_of(value))
