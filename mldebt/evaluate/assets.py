"""Functions whose results are stored under their own name, and whose parameters are named after what others stored."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.calls import Call
from mldebt.evaluate.catalog import fetch, keep
from mldebt.evaluate.entries import return_lines
from mldebt.evaluate.jobs import note_wire
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.orchestration import announce
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Function, Map, Object, Seq, Symbol, Text, Value, text
from mldebt.evaluate.wiring import Key, Wire, named

FRAMES = (".DataFrame", ".LazyFrame", ".Series")


def asset(operation: Operation) -> Value:
    """`@asset(…)`: what is said of the function below it."""
    return Object("decorator", operation.dotted, {"op": "asset", "operation": operation})


def slot(operation: Operation) -> Value:
    """Where an input comes from or an output goes: `AssetIn(key_prefix=…)`, `AssetKey(["raw", "orders"])`."""
    return Object("slot", operation.dotted, {"key": _key(operation, "")})


def declare_asset(machine: Machine, function: Function, operation: Operation) -> None:
    entry = operation.entry
    space = f"{entry.text('space')}:{machine.workspace.base_of(function.file.rpartition('/')[0] or '.')}"
    name = function.qualname.rpartition(".")[2]
    gives = () if entry.flag("reads_only") else _outputs(operation, space, name)
    if (schedule := operation.given("schedule")) is not None and isinstance(schedule, Text):
        announce(machine, function, name, schedule.template)
    announce(machine, function, name)
    line, inputs = function.line, _inputs(machine, operation, space, function)
    made = Wire(function, space, name, function.file, line, line, (), inputs)
    note_wire(machine, made)
    machine.wiring.add(_stored(replace(made, gives=gives, behind=_behind(operation)), operation, function))


def _behind(operation: Operation) -> tuple[str, ...]:
    """The names of assets that come before without being passed."""
    given = operation.given("behind")
    names: list[str] = []
    for item in given.items if isinstance(given, Seq) else []:
        if isinstance(item, Function):
            names.append(item.qualname)
        names += [word.rpartition("/")[2] for word in _words(item)]
    return tuple(names)


def _outputs(operation: Operation, space: str, name: str) -> tuple[tuple[Key, str], ...]:
    """The names of what the function gives, each with the key under which it is stored."""
    places = operation.machine.wiring.places
    outputs = operation.given("outputs")
    keys: list[str] = []
    if isinstance(outputs, Map):
        for key, item in outputs.entries.items():
            held = item.facts["key"] if isinstance(item, Object) and item.kind == "slot" else ""
            keys.append(held if held and not held.endswith("/") else f"{held}{key}")
    elif isinstance(outputs, Seq):
        keys += [item.facts["key"] for item in outputs.items if isinstance(item, Object) and item.kind == "slot"]
    if not keys:
        keys = [_key(operation, name)]
    for key in keys:
        places[space, key.rpartition("/")[2]] = key
    names = [key.rpartition("/")[2] for key in keys]
    return ((None, names[0]),) if len(names) == 1 else tuple(enumerate(names))


def _key(operation: Operation, name: str) -> str:
    """`prefix/name`, as far as the call says it; a prefix alone ends with a slash."""
    given = _words(operation.given("name"))
    prefix = _words(operation.given("prefix"))
    return "/".join([*prefix, *(given or [name])]) if given or name or prefix else ""


def _words(value: Value | None) -> list[str]:
    if isinstance(value, Object) and value.kind == "slot":
        return [str(value.facts["key"])]
    items = value.items if isinstance(value, Seq) else [value]
    return [item.template for item in items if isinstance(item, Text)]


def _inputs(machine: Machine, operation: Operation, space: str, function: Function) -> dict[str, Value]:
    """Every parameter may be named after something; what nobody gives stays a parameter."""
    inputs = operation.given("inputs")
    slots = inputs.entries if isinstance(inputs, Map) else {}
    found: dict[str, Value] = {}
    for name, _, _, kind in function.params:
        said = slots.get(name)
        key = said.facts["key"] if isinstance(said, Object) and said.kind == "slot" else ""
        key = key if key and not key.endswith("/") else f"{key}{name}"
        last = key.rpartition("/")[2]
        if said is not None:
            machine.wiring.places.setdefault((space, last), key)
        if kind == "pos" or kind == "kw":
            found[name] = named(last, optional=True)
    return found


def _stored(made: Wire, operation: Operation, function: Function) -> Wire:
    frames = {name for name, annotation, _, _ in function.params if _is_frame(operation.machine, function, annotation)}
    entered, left = function.line, return_lines(operation.machine, function)[0]

    def stored(machine: Machine, name: str, returns: str) -> Object | None:
        place = machine.wiring.places.get((made.space, name))
        if place is None and name not in frames:
            return None
        entry = replace(operation.entry, fields={**operation.entry.fields, "name": "name", "returns": returns})
        return Object(
            "stored", operation.dotted, {"entry": entry, "call": Call(0, -1, [], {"name": text(place or name)})}
        )

    def find(machine: Machine, name: str, produced: Value | None) -> Value | None:
        found = stored(machine, name, "frame" if produced is None else "object")
        if found is None or (produced is not None and not sources_of(produced)):
            return produced
        value = fetch(machine, found, produced, Call(entered, -1, [], {}, hint=name))
        mark(machine, found, operation)
        return value

    def store(machine: Machine, name: str, value: Value) -> None:
        target = stored(machine, name, "object")
        if target is not None and sources_of(value):
            keep(machine, target, value, Call(left, -1, [], {}, hint=name))
            mark(machine, target, operation)

    return replace(made, find=find, keep=store)


def mark(machine: Machine, stored: Object, operation: Operation) -> None:
    """Note of a data set that its name is a framework's: the store below may call it otherwise."""
    name = f"{operation.entry.text('store')}://{stored.facts['call'].kwargs['name'].template}"
    for kind in ("dataset", "stored"):
        if f"{kind}:{name}" in machine.trace.nodes:
            machine.trace.node(f"{kind}:{name}", kind, name, asset=True)


def _is_frame(machine: Machine, function: Function, annotation: tuple[object, ...] | None) -> bool:
    if annotation is None:
        return False
    from mldebt.evaluate.machine import Scope

    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        value = machine.evaluate(annotation)
    return isinstance(value, Symbol) and value.dotted.endswith(FRAMES)
