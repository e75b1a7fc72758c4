"""Estimators: construction, training, transformation, prediction, splits and evaluation."""

from __future__ import annotations

import re

from mldebt.evaluate.assembled import note_columns
from mldebt.evaluate.checkpoints import kept_by_itself
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.monitoring import KEEPER, is_stopping, restored
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived, sources_of
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
    is_none,
    options_of,
)
from mldebt.evaluate.varied import mentions

AUGMENTER = "augmenter"
"""Layers of a network that turn, cut or scale what it is given, and learn nothing."""


def construct(operation: Operation) -> Value:
    if _only_prepares(operation.given("layers")):
        return Object(AUGMENTER, operation.dotted)
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
    model.predicts_by = entry.text("predicts_by") or _last_step(model).predicts_by
    model.held = _held(operation)
    if operation.entry.selector("takes"):
        note_columns(operation, model)
    model.stops = is_stopping(operation)
    tuned = sorted({node for value in operation.call.values() for node in _searched(value)})
    stochastic, seed = _randomness(operation, model)
    machine.trace.node(
        node, "model", operation.name_in_scope(last), site, variable=operation.hint, family=model.family,
        scope=f"{machine.scope.file}::{machine.scope.qualname}", task=model.task, stochastic=stochastic, seed=seed,
        composite=model.composite or None, stateless=operation.entry.flag("stateless") or None,
        predicts_by=model.predicts_by or None, supervised=operation.entry.flag("supervised") or None,
        more_rows=operation.entry.flag("more_rows") or None,
        tuned_by=tuple(tuned) or None, varied=is_varied(operation) or None,
        **{"class": operation.dotted},
    )  # fmt: skip
    _take_stored(operation, model)
    for _, step, _ in model.steps:
        for part in options_of(step):
            if isinstance(part, Model):
                machine.trace.edge(part.node, node, "DERIVES", site, operation="step")
    return model


def _only_prepares(layers: Value | None) -> bool:
    """`Sequential([RandomFlip(), RandomZoom(0.2)])`: put together like a network, but no model."""
    items = layers.items if isinstance(layers, Seq) and not layers.open else ()
    return bool(items) and all(isinstance(item, Object) and item.kind == AUGMENTER for item in items)


def _searched(value: Value) -> set[str]:
    """The models whose findings are handed to another one: `LogisticRegression(C=search.best_params_["C"])`."""
    return (
        {source for source in sources_of(value) if source.startswith("model:")} if isinstance(value, Unknown) else set()
    )


def is_varied(operation: Operation) -> bool:
    """Whether a loop makes one estimator after the other, each with another setting."""
    looping = operation.machine.scope.looping
    told = [*operation.call.labels, *operation.call.keyword_labels.values()]
    return bool(looping) and any(mentions(label, looping) for label in told if label is not None)


def set_anew(operation: Operation) -> None:
    """A loop that tells one estimator another setting each time tries as many as one that makes a new one."""
    model = operation.receiver
    if isinstance(model, Model) and is_varied(operation):
        trace = operation.machine.trace
        trace.node(model.node, "model", trace.nodes[model.node].name, varied=True)


def tries_features(operation: Operation) -> bool:
    """Whether a loop fits on one set of features after the other, always for the same labels."""
    looping = operation.machine.scope.looping
    features, labels = (operation.call.label(operation.entry.selector(role)) for role in ("X", "y"))
    return labels is not None and mentions(features, looping) and not mentions(labels, looping)


def _take_stored(operation: Operation, model: Model) -> None:
    """`Booster(model_file=path)`: the model is what was stored there."""
    from mldebt.evaluate.objects import load_named

    value = operation.given("load")
    if value is not None and not is_none(value):
        for loaded in load_named(operation, "load")[:1]:
            becomes(operation.machine, model, loaded)


def _held(operation: Operation) -> dict[str, Value]:
    """Data that a model is given when it is made; a formula says which columns of it are looked at."""
    held = {role: value for role in ("X", "y") if (value := operation.given(role)) is not None}
    if (keeper := kept_by_itself(operation)) is not None:
        held[KEEPER] = keeper
    formula, data = operation.given("formula"), held.get("X")
    if isinstance(formula, Text) and formula.literal and isinstance(data, Frame):
        from mldebt.evaluate.frames import select

        left, _, right = formula.literal.rpartition("~")
        for role, side in (("X", right), ("y", left)):
            if names := _named_in(side):
                held[role] = select(operation.machine, data, names)
    return held


def _named_in(side: str) -> list[str]:
    """The columns in one side of a formula: `C(region) + np.log(price)`."""
    found = re.findall(r"Q\([\"']([^\"']+)[\"']\)|\b([A-Za-z_]\w*)\b(?!\s*[.(])", side)
    return list(dict.fromkeys(quoted or name for quoted, name in found))


def _steps(operation: Operation, value: Value | None) -> list[tuple[str, Value, tuple[str, ...] | None]]:
    """(name, estimator, columns) of each part of a composite."""
    if value is None:
        return []
    if isinstance(value, (Model, Choice, Instance)):
        return [("", value, None)]
    if not isinstance(value, Seq):
        return []
    if operation.entry.selector("steps") == ("*",) and all(isinstance(item, (Model, Instance)) for item in value.items):
        return [("", item, None) for item in value.items]
    return [_step(item) for item in value.items]


def _step(value: Value) -> tuple[str, Value, tuple[str, ...] | None]:
    if not isinstance(value, Seq):
        return "", value, None
    from mldebt.evaluate.frames import names_of

    parts = list(value.items)
    first = parts[0] if len(parts) > 1 else NONE
    name = first.template if isinstance(first, Text) else ""
    parts = parts[1:] if name else parts
    estimator = next((part for part in parts if isinstance(part, (Model, Choice, Unknown, Instance))), NONE)
    names, whole = names_of(parts[-1]) if len(parts) > 1 else ([], False)
    return name, estimator, tuple(names) if names and whole else None


def _last_step(model: Model) -> Model:
    parts = [part for _, step, _ in model.steps[-1:] for part in options_of(step) if isinstance(part, Model)]
    return parts[-1] if parts and model.composite != "columns" else model


def _task_of(model: Model) -> str:
    tasks = [part.task for _, step, _ in model.steps for part in options_of(step) if isinstance(part, Model)]
    if model.composite == "columns":
        return "transformer"
    return tasks[-1] if tasks else "unknown"


def _randomness(operation: Operation, model: Model) -> tuple[bool, str]:
    """Whether the estimator really draws random numbers, and what seeds it; a composite is like its worst part."""
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
    return own or bool(seeds), _own_seed(operation) if own else str(seeds[0]) if seeds else "fixed"


def _own_seed(operation: Operation) -> str:
    """What seeds a model: an argument of its own, or one of the settings that it is told by."""
    settings, own = operation.given("told_by"), operation.seed_status(operation.entry.text("scope", "numpy"))
    if own != "absent" or settings is None or is_none(settings):
        return own
    return str(settings.facts.get("seed", "absent")) if isinstance(settings, Object) else "unknown"


def _is_stochastic(operation: Operation) -> bool:
    condition = operation.entry.fields.get("stochastic", "never")
    if not isinstance(condition, dict):
        return condition == "always"
    value = operation.call.kwargs.get(str(condition.get("argument")))
    literal = value.literal if isinstance(value, Text) else value.value if isinstance(value, Const) else None
    return (condition.get("default") if value is None else literal) in condition.get("values", ())


def unnamed_model(operation: Operation, made: str = "") -> Model:
    """The model that a function makes and gives nobody: `xgboost.cv(params, data)`."""
    machine, made = operation.machine, made or operation.dotted
    name = made.rpartition(".")[2]
    node = machine.node_id("model", name, operation.call.ordinal)
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    machine.trace.node(node, "model", name, operation.site, scope=scope, task="unknown", **{"class": made})
    return Model(node, made)


def as_model(machine: Machine, value: Value | None, hint: str = "") -> Model | None:
    """A value as a model; something unknown on which `fit` or `predict` is called becomes one."""
    from mldebt.evaluate.networks import network_of

    if isinstance(value, Model):
        return value
    if (network := network_of(value)) is not None:
        return network
    if isinstance(value, Loaded):
        machine.trace.loaded_as.setdefault(value.node, set()).add("model")
        said = machine.trace.nodes[value.node].attributes if value.node in machine.trace.nodes else {}
        return Model(value.node, loaded=True, predicts_by=str(said.get("predicts_by", "")))
    if isinstance(value, Method):
        value = derived("attribute of an unknown value", value.receiver, label=value.name)
    if isinstance(value, Frame) and value.form in ("records", "table") and machine.trace.brought(value.node):
        machine.trace.loaded_as.setdefault(value.node, set()).add("model")
        return Model(value.node, loaded=True)
    if isinstance(value, (Frame, Text, Const, Seq, Map)) or value is None:
        return None
    models = sorted(source for source in sources_of(value) if _may_be_model(machine, source))
    if len(models) == 1:
        if models[0].startswith("loaded:"):
            machine.trace.loaded_as.setdefault(models[0], set()).add("model")
        return Model(models[0], loaded=models[0].startswith("loaded:"))
    label = hint or _label_of(value)
    node = machine.node_id("model", label, ("unknown", label))
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    machine.trace.node(node, "model", label, machine.site(), scope=scope, task="unknown", **{"class": "unknown"})
    for model in models:
        machine.trace.edge(model, node, "DERIVES", machine.site(), "inferred", operation="unknown call")
    return machine.guessed.setdefault(node, Model(node, "unknown", task="unknown"))


def _label_of(value: Value) -> str:
    return (value.label if isinstance(value, Unknown) else "") or "model"


def is_taken_for_model(machine: Machine, value: Unknown) -> bool:
    """Whether something unknown is known as a model here by now."""
    label = _label_of(value)
    told = any(source.startswith("model:") for source in value.sources)
    return told or machine.has_node_id("model", label, ("unknown", label))


def met_before(machine: Machine, value: Unknown) -> Model | None:
    """What something unknown became when it was fitted here: from then on it has all that a model has."""
    node = f"model:{machine.scope.key}:{value.label}"
    known = machine.trace.nodes.get(node) if value.label else None
    fitted = known is not None and any(edge.kind in ("TRAINS_ON", "FITS") for edge in machine.trace.into.get(node, ()))
    return Model(node, "unknown", task="unknown") if fitted else None


def _may_be_model(machine: Machine, source: str) -> bool:
    """Whether what a value came from is a model, or something loaded that is not known to be data."""
    if not source.startswith("loaded:"):
        return source.startswith("model:")
    stored = {edge.source.partition(":")[2] for edge in machine.trace.into.get(source, ()) if edge.kind == "LOADS"}
    return "frame" not in machine.trace.loaded_as.get(source, ()) and not any(
        f"dataset:{name}" in machine.trace.nodes for name in stored
    )


def becomes(machine: Machine, receiver: Value | None, stored: Value) -> None:
    """`net.load_state_dict(torch.load(path))`: from here on the network is what was stored."""
    known = isinstance(stored, (Loaded, Unknown, Model)) and sources_of(stored)
    loaded = as_model(machine, stored) if known else None
    for option in options_of(receiver) if receiver is not None else ():
        if isinstance(option, Model) and loaded is not None and loaded.loaded:
            option.node, option.loaded = loaded.node, True
            restored(option)


def prepares(machine: Machine, loaded: Loaded | Model) -> bool:
    """Something that is loaded and called, but makes inputs for a model: a tokenizer."""
    node = machine.trace.nodes.get(loaded.node)
    loader = machine.knowledge.call(str(node.attributes.get("class", ""))) if node is not None else None
    return loader is not None and loader.text("returns") == "tokenizer"
