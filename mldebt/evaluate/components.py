"""Functions that run in containers of their own: a framework gives each the places of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from mldebt.evaluate.calls import Call, bind_arguments, call_function
from mldebt.evaluate.catalog import fetch
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.results import keep_results
from mldebt.evaluate.values import (
    NONE,
    Class,
    Function,
    Map,
    Object,
    Symbol,
    Text,
    Unknown,
    Value,
    is_none,
    options_of,
    text,
)
from mldebt.knowledge.loader import Entry
from mldebt.read.facts import Expr

PLACE, FOLDER = "output", "input"


def component(operation: Operation) -> Value:
    """`@dsl.component(…)`, or `create_component_from_func(function)`."""
    function = operation.given("function")
    for option in options_of(function) if function is not None else ():
        if isinstance(option, Function):
            return made_of(operation.machine, option, operation.entry)
    return Object("decorator", operation.dotted, {"op": "component", "entry": operation.entry})


def made_of(machine: Machine, function: Function, entry: Entry) -> Object:
    """The component that a function becomes. Its outputs are places named after it and them."""
    store = entry.text("store")
    parts = {name: _part(machine, function, annotation) for name, annotation, _, _ in function.params}
    name = function.qualname.rpartition(".")[2]
    for parameter, part in parts.items():
        if part:
            place = f"{store}://{name}/{parameter}" if part[0] == PLACE else f"{store}://{parameter}"
            function.given[parameter] = artifact(place) if not part[1] else text(place)
    return Object("component", facts={"function": function, "parts": parts, "later": entry.flag("later")})


def artifact(place: str) -> Map:
    """An artifact: where it lies, and what else is said of it."""
    where = text(place)
    return Map({"path": where, "uri": where, "metadata": Map({}, True), "name": where}, True)


def _part(machine: Machine, function: Function, annotation: Expr | None) -> tuple[str, bool] | None:
    """(input or output, whether it is a bare path) of a parameter, None for a plain value."""
    if annotation is None or annotation[0] not in ("index", "call", "name", "attr"):
        return None
    base = annotation[1] if annotation[0] in ("index", "call") else annotation
    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        value = machine.evaluate(base)
    entry = machine.knowledge.call(value.dotted) if isinstance(value, Symbol) else None
    if entry is None or entry.op != "slot" or not entry.text("part"):
        return None
    return entry.text("part"), entry.flag("parses")


def run_component(operation: Operation) -> Value:
    """A call of a component in a pipeline: its outputs are given on to others."""
    machine, receiver = operation.machine, operation.receiver
    if not isinstance(receiver, Object) or "function" not in receiver.facts:
        return NONE
    if receiver.facts["later"] and "settings" not in receiver.facts and not _in_pipeline(machine):
        return Object("component", facts={**receiver.facts, "settings": operation.call})
    function, parts = receiver.facts["function"], receiver.facts["parts"]
    call = _with_settings(operation.call, receiver.facts.get("settings"))
    names = list(bind_arguments(machine, function, replace(call, args=list(call.args))).names)
    full = {_short(name): name for name, part in parts.items() if part}
    given = {**dict(zip(names, call.args, strict=False)), **{full.get(key, key): it for key, it in call.kwargs.items()}}
    brought = {name: _brought(operation, name, value) for name, value in given.items() if name in parts}
    passed = {name: _as_part(value, parts[name]) for name, value in brought.items()}
    passed |= _own_settings(machine, function, passed)
    result = call_function(machine, function, Call(call.line, call.ordinal, [], passed))
    keep_results(machine, function, result)
    if not any(parts.values()):
        return result
    outputs: dict[object, Value] = {
        name: _as_artifact(function.given[name]) for name, part in parts.items() if part and part[0] == PLACE
    }
    outputs |= {_short(str(name)): value for name, value in outputs.items()}
    single = next(iter(outputs.values())) if len({*map(_short, map(str, outputs))}) == 1 and is_none(result) else result
    named = Map({**outputs, "Output": result, **_fields(result)}, True, result)
    return Object("component_run", facts={"output": single, "outputs": named})


def _in_pipeline(machine: Machine) -> bool:
    """Whether a pipeline is being put together: what is called there runs; elsewhere a step is only made for one."""
    function = machine.scope.function
    decorators = function.decorators if function is not None else ()
    return any((one[1] if one[0] == "call" else one)[-1] == "pipeline" for one in decorators)


def _with_settings(call: Call, settings: Call | None) -> Call:
    """A call with the settings that the step was made with, which come behind its data."""
    if settings is None:
        return call
    return replace(call, args=[*call.args, *settings.args], kwargs={**settings.kwargs, **call.kwargs})


def _short(name: str) -> str:
    """What pipelines call an input or output whose parameter says that it is given as a path: `data` of `data_path`."""
    return name.removesuffix("_path").removesuffix("_file") or name


def _own_settings(machine: Machine, function: Function, passed: Mapping[str, Value]) -> dict[str, Value]:
    """What nobody passes and the framework makes: an object of the class that the parameter is declared as."""
    from mldebt.evaluate.entries import symbolic_instance
    from mldebt.evaluate.outside import declared_as

    found: dict[str, Value] = {}
    for name, annotation, default, _ in function.params:
        if name in passed or default is not None or annotation is None or name in function.given:
            continue
        with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
            classes = [kind for kind in declared_as(machine, annotation) if isinstance(kind, Class)]
            if classes:
                found[name] = symbolic_instance(machine, classes[0])
    return found


def _brought(operation: Operation, name: str, value: Value) -> Value:
    """What a store holds, where its place is given."""
    if isinstance(value, Object) and value.kind == "stored":
        return fetch(operation.machine, value, None, Call(operation.call.line, -1, [], {}, hint=name))
    return value


def _fields(result: Value) -> dict[object, Value]:
    return dict(result.entries) if isinstance(result, Map) else {}


def _as_part(value: Value, part: tuple[str, bool] | None) -> Value:
    """An artifact where one is expected, its path where that is."""
    if isinstance(value, Object) and value.kind == "component_run":
        value = value.facts["output"]
    if part is not None and part[1] and isinstance(value, Map) and "path" in value.entries:
        return value.entries["path"]
    return value


def _as_artifact(value: Value) -> Value:
    if isinstance(value, Text):
        return artifact(value.template)
    return value if isinstance(value, Map) else Unknown("unknown artifact")


def importer(operation: Operation) -> Value:
    """`dsl.importer(artifact_uri=…)`: an artifact that is there already."""
    uri = operation.given("name")
    made = artifact(uri.template) if isinstance(uri, Text) else Unknown("unknown artifact")
    return Object("component_run", facts={"output": made, "outputs": Map({"artifact": made})})
