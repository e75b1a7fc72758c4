"""Saved and loaded objects: models, and things whose nature only their use tells."""

from __future__ import annotations

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.monitoring import restored
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.networks import network_of
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import METRIC, children, frames_in, sources_of
from mldebt.evaluate.scratch import held, hold, is_transient
from mldebt.evaluate.storage import FOLDER, node_of, outcome, resolve, revision_of, settled
from mldebt.evaluate.stored_values import values_in
from mldebt.evaluate.values import (
    NONE,
    Const,
    Frame,
    Handle,
    Loaded,
    Map,
    Model,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.evaluate.writing import write_target
from mldebt.sites import Site


def load(operation: Operation) -> Value:
    """joblib.load and its kin: what it is shows when it is used, or by who wrote it."""
    results = load_named(operation, "name")
    return _into_receiver(operation, results) if operation.entry.text("into") == "self" else join(results)


def load_named(operation: Operation, field: str) -> list[Value]:
    machine, site = operation.machine, operation.site
    results: list[Value] = []
    if known := _already_loaded(operation, field):
        return known
    is_named = operation.given(field) is not None or bool(operation.call.spread)
    for target in resolve(operation, field, "LOADS") if is_named else [""]:
        if is_named:
            outcome(machine, target, site, "load")
        kept = held(machine, settled(machine, target))
        if isinstance(kept, Model):
            results.append(kept)
            continue
        node, evidence = node_of(machine, target, site, "stored")
        ordinal = (operation.call.ordinal, len(results))
        loaded = machine.node_id("loaded", operation.name_in_scope("loaded"), ordinal)
        scope = f"{machine.scope.file}::{machine.scope.qualname}"
        machine.trace.node(
            loaded,
            "loaded",
            operation.name_in_scope("loaded"),
            site,
            scope=scope,
            predicts_by=operation.entry.text("predicts_by") or None,
            **{"class": operation.dotted},
        )
        if node:
            machine.trace.edge(node, loaded, "LOADS", site, evidence, revision=revision_of(operation, target))
        for source in sorted(sources_of(kept)) if kept is not None and not node else ():
            machine.trace.edge(source, loaded, "DERIVES", site, operation="load")
        if operation.entry.text("returns") == "model":
            machine.trace.loaded_as.setdefault(loaded, set()).add("model")
            results.append(Model(loaded, loaded=True, predicts_by=_way_to_predict(operation, node)))
        else:
            results.append(Loaded(loaded, node))
    return results


def unpickle(operation: Operation) -> Value:
    """`pickle.loads(data)`: what the data was read from holds pickled objects, whatever it is called."""
    trace, value = operation.machine.trace, operation.data() or NONE
    for frame in frames_in(value):
        for edge in trace.into.get(frame.node, ()):
            source = trace.nodes.get(edge.source)
            if edge.kind == "READS" and source is not None and not source.attributes.get("format"):
                trace.node(source.id, source.kind, source.name, format="pickle")
    return value


def _already_loaded(operation: Operation, field: str) -> list[Value]:
    """What a registry's reference stands for, where it is handed on instead of a name."""
    given = operation.given(field)
    options = options_of(given) if given is not None else ()
    return [option for option in options if isinstance(option, Model) and option.loaded]


def _way_to_predict(operation: Operation, stored: str) -> str:
    """The method by which a loaded model predicts: as who saved it says, where that was seen."""
    trace = operation.machine.trace
    name = stored.partition(":")[2]
    saved = [edge for kind in ("stored", "artifact") for edge in trace.into.get(f"{kind}:{name}", ())]
    savers = [trace.nodes[edge.source] for edge in saved if edge.kind == "PERSISTS" and edge.source in trace.nodes]
    said = {str(saver.attributes.get("predicts_by", "")) for saver in savers}
    return said.pop() if len(said) == 1 else operation.entry.text("predicts_by")


def _into_receiver(operation: Operation, results: list[Value]) -> Value:
    """`booster.load_model(path)`: the receiver becomes what was stored."""
    loaded = next((result for result in results if isinstance(result, (Loaded, Model))), None)
    for option in options_of(operation.receiver) if operation.receiver is not None else ():
        if isinstance(option, Model):
            restored(option)
        if isinstance(option, Model) and loaded is not None:
            option.node, option.loaded = loaded.node, True
    return join(results)


WRAPPER = "wrapper"
"""The family of what only passes on to a model in it."""


def models_in(value: Value | None, depth: int = 4) -> list[Model]:
    if isinstance(value, Model):
        return [value]
    network = network_of(value)
    if network is not None and network.family != WRAPPER:
        return [network]
    if value is None or depth == 0:
        return []
    if isinstance(value, Object):
        return models_in(value.facts.get("model"), depth - 1)
    inner = [model for child in children(value) if child is not network for model in models_in(child, depth - 1)]
    return inner if inner or network is None else [network]


def save(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    data = operation.data()
    models = models_in(data)
    if operation.given("name") is None and not operation.call.spread and not models:
        return data if data is not None else Const(None)  # `yaml.dump(data)` gives the text back
    targets = _targets(operation) if _is_named(operation) else []
    if operation.given("registered") is not None:
        targets += resolve(operation, "registered", "PERSISTS")
    for target in targets:
        outcome(machine, target, site, "save")
        _bring_along(operation, target)
        if models:
            persist(machine, models, target, site, **_signed(operation), **values_in(machine, data))
        elif _is_data(data):
            write_target(operation, data, target)
        else:
            _save_unknown(machine, data, target, site)
    return Const(None)


def _targets(operation: Operation) -> list[Identity | Handle | str]:
    """Where a model is saved; without a name, in the folder that its trainer was told of."""
    told = operation.receiver.facts.get(FOLDER) if isinstance(operation.receiver, Object) else None
    if told is not None and operation.given("name") is None:
        operation.call.kwargs[str(operation.entry.selector("name")[-1])] = told
    return resolve(operation, "name", "PERSISTS")


def _signed(operation: Operation) -> dict[str, object]:
    """Whether a record of what the model takes is stored with it, where there is a place for one."""
    if not operation.entry.selector("signature") or operation.call.spread:
        return {}
    return {"signature": operation.given("signature") is not None}


def _is_named(operation: Operation) -> bool:
    """Whether a model is also stored by its own name, where it is put into a registry."""
    return operation.given("name") is not None or operation.given("registered") is None


def _bring_along(operation: Operation, target: Identity | Handle | str) -> None:
    """The stored things that are packed into what is saved: `artifacts={"model": path}`."""
    machine, site = operation.machine, operation.site
    packed = operation.given("artifacts")
    for value in packed.entries.values() if isinstance(packed, Map) else ():
        if isinstance(value, Text) and value.known:
            part, _ = node_of(machine, identify(machine, value), site, "stored")
            whole, evidence = node_of(machine, target, site, "artifact")
            if part and whole:
                machine.trace.edge(part, whole, "DERIVES", site, evidence, operation="packed")


def _is_data(value: Value | None) -> bool:
    return any(isinstance(option, (Frame, Map, Seq, Text, Const)) for option in options_of(value)) if value else False


def persist_all(operation: Operation, models: list[Model]) -> Value:
    """A model that is written as bytes is saved all the same."""
    for target in resolve(operation, "name", "PERSISTS"):
        outcome(operation.machine, target, operation.site, "save")
        persist(operation.machine, models, target, operation.site, **values_in(operation.machine, operation.content()))
    return Const(None)


def persist(machine: Machine, models: list[Model], target: Identity | Handle | str, site: Site, **told: object) -> None:
    if is_transient(place := settled(machine, target)):
        hold(machine, place, models[0] if len(models) == 1 else Seq(list(models)))
        return
    node, evidence = node_of(machine, target, site, "artifact")
    for model in models if node else ():
        machine.trace.edge(model.node, node, "PERSISTS", site, evidence, **told)


def _save_unknown(machine: Machine, data: Value | None, target: Identity | Handle | str, site: Site) -> None:
    if is_transient(place := settled(machine, target)):
        hold(machine, place, data)
        return
    node, evidence = node_of(machine, target, site, "stored")
    if not node:
        return
    sources = sorted(sources_of(data)) if data is not None else []
    if isinstance(data, Unknown) and data.reason == METRIC:  # a figure about a model, not the model
        sources = [one for one in sources if machine.trace.nodes[one].kind not in ("model", "loaded")]
    if not sources:
        label = data.label if isinstance(data, Unknown) else ""
        made = new_frame(machine, label or "object", ("saved", site.line, node), site, operation="made")
        sources = [made.node]
    for source in sources:
        machine.trace.edge(source, node, "PERSISTS", site, evidence)
