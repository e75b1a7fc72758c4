"""Functions that run in containers of their own: a framework gives each the places of its inputs and outputs."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.calls import Call, bind_arguments, call_function
from mldebt.evaluate.catalog import fetch
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.results import keep_results
from mldebt.evaluate.values import NONE, Function, Map, Object, Symbol, Text, Unknown, Value, is_none, options_of, text
from mldebt.read.facts import Expr

PLACE, FOLDER = "output", "input"


def component(operation: Operation) -> Value:
    """`@dsl.component(…)`, or `create_component_from_func(function)`."""
    function = operation.given("function")
    for option in options_of(function) if function is not None else ():
        if isinstance(option, Function):
            return made_of(operation.machine, option, operation.entry.text("store"))
    return Object("decorator", operation.dotted, {"op": "component", "store": operation.entry.text("store")})


def made_of(machine: Machine, function: Function, store: str) -> Object:
    """The component that a function becomes. Its outputs are places named after it and them."""
    parts = {name: _part(machine, function, annotation) for name, annotation, _, _ in function.params}
    name = function.qualname.rpartition(".")[2]
    for parameter, part in parts.items():
        if part:
            place = f"{store}://{name}/{parameter}" if part[0] == PLACE else f"{store}://{parameter}"
            function.given[parameter] = artifact(place) if not part[1] else text(place)
    return Object("component", facts={"function": function, "parts": parts})


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
    function, parts = receiver.facts["function"], receiver.facts["parts"]
    call = operation.call
    names = list(bind_arguments(machine, function, replace(call, args=list(call.args))).names)
    given = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    brought = {name: _brought(operation, name, value) for name, value in given.items() if name in parts}
    passed = {name: _as_part(value, parts[name]) for name, value in brought.items()}
    result = call_function(machine, function, Call(call.line, call.ordinal, [], passed))
    keep_results(machine, function, result)
    if not any(parts.values()):
        return result
    outputs: dict[object, Value] = {
        name: _as_artifact(function.given[name]) for name, part in parts.items() if part and part[0] == PLACE
    }
    single = next(iter(outputs.values())) if len(outputs) == 1 and is_none(result) else result
    named = Map({**outputs, "Output": result, **_fields(result)}, True, result)
    return Object("component_run", facts={"output": single, "outputs": named})


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
