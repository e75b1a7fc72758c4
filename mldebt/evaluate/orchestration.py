"""How code tells a framework what to call, with which data: nodes of pipelines, assets, tasks with arguments."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.attributes import member
from mldebt.evaluate.calls import Call
from mldebt.evaluate.catalog import Catalog, catalog_of, fetch, keep
from mldebt.evaluate.exchange import wires_in
from mldebt.evaluate.jobs import note_declared, note_wire
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Function, Instance, Map, Object, Seq, Text, Unknown, Value, is_none, options_of
from mldebt.evaluate.wiring import Key, Wire, named

PARAMETER, PARAMETERS = "params:", "parameters"


def wire(operation: Operation) -> Value:
    """A constructor that is told which function to call: with values, or with data that a catalog knows by name."""
    options = options_of(operation.given("function") or Text(("",)))
    wires = [made for option in options if (made := _made(operation, option)) is not None]
    for made in wires:
        operation.machine.wiring.add(made)
    jobs = [note_wire(operation.machine, made) for made in wires]
    for job in jobs:
        note_declared(operation, job)
    return Object("wires", operation.dotted, {"wires": wires, "jobs": jobs, "output": _result(wires)})


def _result(wires: list[Wire]) -> Value:
    """`task.output`: what the task will have given back."""
    return named(wires[0].name) if wires else Unknown("result of an unknown task")


def _made(operation: Operation, value: Value) -> Wire | None:
    """The wire of a function, or of one that is given a part of its arguments already."""
    if isinstance(value, Object) and value.kind == "partial":
        made = _made(operation, value.facts["function"])
        return replace(made, given={**value.facts["kwargs"], **made.given}) if made is not None else None
    if isinstance(value, Instance):
        value = member(operation.machine, value, "__call__") or value
    return _wire(operation, value) if isinstance(value, Function) else None


def _wire(operation: Operation, function: Function) -> Wire:
    machine, entry = operation.machine, operation.entry
    file, line = machine.scope.file, operation.site.line
    space, catalog = file, None
    if entry.selector("catalog"):
        project, catalog = catalog_of(machine, file, entry)
        space = f"{entry.text('space')}:{project}"
    inputs = operation.given("inputs")
    args, given = _inputs(inputs) if inputs is not None else _values(operation)
    given = {**_context(function, entry.selector("context")), **given}
    name = operation.given("name")
    title = name.literal if isinstance(name, Text) and name.literal else function.qualname.rpartition(".")[2]
    schedule = operation.given("schedule")
    announce(machine, function, title, schedule.template if isinstance(schedule, Text) else "")
    if entry.selector("catalog"):
        machine.trace.tasks[function.key].update(tool=entry.text("space"), declared_at=operation.site)
    outputs = operation.given("outputs")
    gives = _outputs(outputs) if entry.selector("outputs") else ((None, title),)
    made = Wire(function, space, title, file, line, operation.site.end_line, args, given, gives)
    return _with_catalog(made, catalog) if catalog is not None else made


def _context(function: Function, names: tuple[int | str, ...]) -> dict[str, Value]:
    """What a framework passes of itself: by name, or among the keywords."""
    return {name: Object("run_context") for name, _, _, kind in function.params if name in names and kind != "**"}


def announce(machine: Machine, function: Function, name: str, schedule: str = "") -> None:
    """A framework calls the function: it is a job, and no entry of its own."""
    machine.called.add(function.key)
    facts = machine.trace.tasks.setdefault(function.key, {})
    facts.update(kind="task", name=name, file=function.file, line=function.line)
    if schedule:
        facts["schedule"] = schedule


def _values(operation: Operation) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """Arguments that are given as they are: `op_args=[…]`, `op_kwargs={…}`."""
    args, keywords = operation.given("args"), operation.given("keywords")
    given = {str(key): value for key, value in keywords.entries.items()} if isinstance(keywords, Map) else {}
    return (tuple(args.items) if isinstance(args, Seq) else ()), given


def _inputs(value: Value) -> tuple[tuple[Value, ...], dict[str, Value]]:
    """Names of data in the order of the parameters, or by parameter."""
    if isinstance(value, Map):
        return (), {str(key): _reference(item) for key, item in value.entries.items()}
    items = value.items if isinstance(value, Seq) else [] if is_none(value) else [value]
    return tuple(_reference(item) for item in items), {}


def _reference(value: Value) -> Value:
    return named(value.literal) if isinstance(value, Text) and value.literal else value


def _outputs(value: Value | None) -> tuple[tuple[Key, str], ...]:
    if isinstance(value, Text) and value.literal:
        return ((None, value.literal),)
    if isinstance(value, Seq):
        names = [item.literal if isinstance(item, Text) else None for item in value.items]
        if len(names) == 1 and names[0]:
            return ((None, names[0]),)
        return tuple((number, name) for number, name in enumerate(names) if name)
    if isinstance(value, Map):
        return tuple(
            (str(key), item.literal) for key, item in value.entries.items() if isinstance(item, Text) and item.literal
        )
    return ()


# -- names that a catalog knows


def _with_catalog(made: Wire, catalog: Catalog) -> Wire:
    def find(machine: Machine, name: str, produced: Value | None) -> Value | None:
        if name == PARAMETERS or name.startswith(PARAMETER):
            return _setting(catalog, name)
        stored = catalog.find(name)
        return fetch(machine, stored, produced, _use(made, name)) if stored is not None else None

    def store(machine: Machine, name: str, value: Value) -> None:
        stored = catalog.find(name)
        if stored is not None:
            keep(machine, stored, value, _use(made, name))

    return replace(made, find=find, keep=store)


def _setting(catalog: Catalog, name: str) -> Value:
    if name != PARAMETERS:
        return catalog.setting(name.removeprefix(PARAMETER))
    return catalog.all_settings()


def _use(made: Wire, name: str) -> Call:
    return Call(made.line, -1, [], {}, hint=name)


# -- pipelines of pipelines


def pipeline(operation: Operation) -> Value:
    """Nodes put together; under a name space, their data has other names."""
    machine = operation.machine
    found = [one for value in operation.call.args + list(operation.call.kwargs.values()) for one in wires_in(value)]
    space = operation.given("namespace")
    renamed = {**_mapping(operation.given("inputs")), **_mapping(operation.given("outputs"))}
    settings = {_parameter(key): _parameter(new) for key, new in _mapping(operation.given("parameters")).items()}
    if isinstance(space, Text) or renamed or settings:
        prefix = space.template if isinstance(space, Text) else ""
        inner = [_renamed(one, prefix, {**renamed, **settings}) for one in found]
        for old in found:
            machine.wiring.remove(old)
        for new in inner:
            machine.wiring.add(new)
        found = inner
    return Object("wires", operation.dotted, {"wires": found, "jobs": []})


def _mapping(value: Value | None) -> dict[str, str]:
    """Names that keep theirs, or get another one."""
    if isinstance(value, Map):
        pairs = {str(key): item.literal for key, item in value.entries.items() if isinstance(item, Text)}
        return {key: name for key, name in pairs.items() if name}
    items = value.items if isinstance(value, Seq) else [value]
    return {item.literal: item.literal for item in items if isinstance(item, Text) and item.literal}


def _parameter(name: str) -> str:
    return name if name.startswith(PARAMETER) or name == PARAMETERS else PARAMETER + name


def _renamed(made: Wire, prefix: str, names: dict[str, str]) -> Wire:
    def new(name: str) -> str:
        if name in names or not prefix or name == PARAMETERS:
            return names.get(name, name)
        inner = name.removeprefix(PARAMETER)
        return f"{PARAMETER if inner != name else ''}{prefix}.{inner}"

    def value(one: Value) -> Value:
        return named(new(one.facts["of"])) if isinstance(one, Object) and one.kind == "named" else one

    return replace(
        made,
        name=f"{prefix}.{made.name}" if prefix else made.name,
        args=tuple(value(one) for one in made.args),
        given={key: value(one) for key, one in made.given.items()},
        gives=tuple((key, new(name)) for key, name in made.gives),
    )
