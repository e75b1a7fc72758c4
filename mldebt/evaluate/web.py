"""Endpoints, scheduled functions and messages: where data comes in and goes out while the system runs."""

from __future__ import annotations

from posixpath import normpath

from mldebt.evaluate.adjusting import adjusted, undone
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.conversions import chain_of
from mldebt.evaluate.decisions import note_action
from mldebt.evaluate.enumerations import note_members
from mldebt.evaluate.frames import column, looked_up, new_frame
from mldebt.evaluate.handed_on import note_application
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import children, columns_of, derived, frames_in, sources_of
from mldebt.evaluate.scores import tried_out
from mldebt.evaluate.terms_of import with_term
from mldebt.evaluate.values import (
    NONE,
    Class,
    Const,
    Frame,
    Function,
    Map,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    is_none,
    options_of,
)
from mldebt.knowledge.loader import Entry
from mldebt.sites import Site
from mldebt.terms import apply, const
from mldebt.terms import column as named


def app(operation: Operation) -> Value:
    prefix = operation.given("prefix")
    for value in operation.call.kwargs.values():
        if isinstance(value, Function):
            declare(operation.machine, value, "startup", value.qualname)
    made = Object("app", operation.dotted, {"prefix": prefix if isinstance(prefix, Text) else Text(("",))})
    if holder := operation.entry.text("holds_settings"):
        made.facts[holder] = kept = Map({}, True)
        note_application(operation.machine, made, kept)
    return made


def respond(operation: Operation) -> Value:
    """jsonify and its kin: the data goes on, wrapped."""
    for frame in (frame for value in operation.call.values() for frame in frames_in(value)):
        use_frame(operation.machine, frame, "sink", operation.site)
    made = derived("response", *operation.call.values(), label=operation.hint)
    told = [term for value in operation.call.values() for term in (adjusted(operation.machine, value) or {}).values()]
    return with_term(made, apply("list", [*told])) if told else made


def route_call(operation: Operation) -> Value:
    """`@app.post("/predict")`: what the decorator says of the function below it."""
    path = operation.given("path")
    methods = operation.given("methods")
    names = [item.literal or "" for item in methods.items if isinstance(item, Text)] if isinstance(methods, Seq) else []
    method = operation.entry.text("method") or "/".join(names) or "GET"
    prefix = ""
    if isinstance(operation.receiver, Object) and isinstance(operation.receiver.facts.get("prefix"), Text):
        prefix = operation.receiver.facts["prefix"].template
    where = path.template if isinstance(path, Text) else ""
    facts = {"op": "route", "name": f"{method.upper()} {prefix}{where}", "unnamed": path is None and not prefix}
    return Object("decorator", operation.dotted, facts)


def is_route(machine: Machine, dotted: str) -> bool:
    """Whether a decorator without arguments makes a route."""
    entry = machine.knowledge.call(dotted)
    return entry is not None and entry.op == "route"


def task(operation: Operation) -> Value:
    """A scheduled or declared job: a decorator, or a constructor that is given the function."""
    schedule = operation.given("schedule")
    literal = schedule.template if isinstance(schedule, Text) else ""
    kind = "startup" if operation.entry.text("trigger") == "startup" else "task"
    commanded = is_command(operation.entry)
    for option in _functions_in(operation.given("function")):
        declare(operation.machine, option, kind, option.qualname, literal)
        operation.machine.commands_run.update([option.key] if commanded else [])
    if literal:
        operation.machine.trace.tasks.setdefault(operation.machine.scope.file, {})["schedule"] = literal
    given = consume(operation) if operation.given("topic") is not None else _settings_of(operation)
    flow = operation.entry.text("trigger") == "flow"
    facts = {"op": kind, "name": literal, "settings": given, "flow": flow, "commanded": commanded}
    return Object("decorator", operation.dotted, facts)


def is_command(entry: Entry) -> bool:
    """Whether whoever types a command line gives the parameters of the function; of Hydra's, a file does."""
    return entry.text("trigger") == "manual" and not entry.selector("config")


def _functions_in(given: Value | None) -> list[Function]:
    """The functions that something runs: one, several by name (`Fire({"train": train})`), or in a list."""
    parts = [part for option in options_of(given or NONE) for part in (option, *children(option))]
    return [part for part in parts if isinstance(part, Function)]


def _settings_of(operation: Operation) -> Value | None:
    """The configuration that a decorator hands to its function: `@hydra.main(config_path=…, config_name=…)`."""
    from mldebt.evaluate.composition import composed

    name, folder = operation.given("config"), operation.given("folder")
    if not isinstance(name, Text) or name.literal is None:
        return None
    machine = operation.machine
    place = folder.literal if isinstance(folder, Text) and folder.literal else "."
    beside = machine.scope.file.rpartition("/")[0] or "."
    found = composed(machine, normpath(f"{beside}/{place}"), name.literal)
    if found is not None:
        compose = f"{normpath(f'{beside}/{place}')}:{name.literal}"
        machine.trace.setting(machine.scope.file, operation.call.ordinal, "compose", compose)
    return found if found is not None else _stored_settings(operation, name.literal)


def _stored_settings(operation: Operation, name: str) -> Value | None:
    """A configuration that code declares under a name."""
    from mldebt.evaluate.calls import Call, invoke

    node = operation.machine.declared_settings.get(name)
    call = Call(operation.call.line, operation.call.ordinal, [], {})
    return invoke(operation.machine, node, call) if isinstance(node, Class) else node


def declare_settings(operation: Operation) -> Value:
    """Code declares a configuration under a name."""
    name, node = operation.given("name"), operation.given("data")
    if isinstance(name, Text) and name.literal and node is not None:
        operation.machine.declared_settings[name.literal] = node
    return NONE


def call_given(operation: Operation) -> Value:
    """A call that calls what it is given: `Depends(load)`, `pool.submit(work, item)`."""
    from mldebt.evaluate.calls import Call, invoke

    function = operation.given("function")
    if function is None:
        return NONE
    if (special := _special_call(operation)) is not None:
        return special
    selector = operation.entry.selector("function")
    own = selector == ("self",)
    before = 0 if own else 1 + next((place for place in selector if isinstance(place, int)), 0)
    passed = operation.call.args[before:] if operation.entry.flag("arguments") else []
    if operation.entry.selector("data") and (data := operation.content()) is not None:
        passed = [data, *passed]
    if not own and len(passed) == 1 and isinstance(passed[0], Seq) and passed[0].kind == "tuple":
        passed = list(passed[0].items)  # apply_async(work, (item,))
    keywords = dict(operation.call.kwargs) if operation.entry.flag("arguments") else {}
    made = Call(operation.call.line, operation.call.ordinal, passed, keywords)
    if operation.entry.flag("tries"):
        operation.machine.trying.update(one.key for one in options_of(function) if isinstance(one, Function))
    result = invoke(operation.machine, function, made)
    if operation.entry.flag("tries"):
        return _found_by(operation, tried_out(operation.machine, result))
    given = isinstance(result, Seq) and result.kind == "generator" and operation.entry.flag("arguments") is False
    return result.items[0] if isinstance(result, Seq) and given and len(result.items) == 1 else result


def _found_by(operation: Operation, tried: frozenset[str]) -> Value:
    """What a search found, as its answer or in the object that it belongs to: settings that come of what was tried."""
    if isinstance(operation.receiver, Object):
        operation.receiver.sources |= tried
    return Unknown("what a search found", operation.hint, tried)


def _special_call(operation: Operation) -> Value | None:
    """Calls that are made for each item, later, or with their arguments in a parcel."""
    from mldebt.evaluate import exchange

    handlers = {"each": exchange.call_each, "later": exchange.call_later, "packed": exchange.call_packed}
    return next((handler(operation) for flag, handler in handlers.items() if operation.entry.flag(flag)), None)


def map_given(operation: Operation) -> Value:
    """`pool.map(work, items)`: the work on each item."""
    from mldebt.evaluate.calls import Call, invoke
    from mldebt.evaluate.iteration import elements

    machine, call = operation.machine, operation.call
    function, data = operation.given("function"), operation.given("data")
    if function is None or data is None:
        return NONE
    found, complete = elements(machine, data)
    spread = "starmap" in operation.dotted
    results: list[Value] = []
    for item in found[:MAPPED]:
        passed = list(item.items) if spread and isinstance(item, Seq) else [item]
        results.append(invoke(machine, function, Call(call.line, call.ordinal, passed, {})))
    return Seq(results, not complete or len(found) > MAPPED)


MAPPED = 24


def declare(machine: Machine, function: Function, kind: str, name: str, schedule: str = "") -> None:
    """Remember a function that the outside calls."""
    facts = machine.trace.tasks.setdefault(function.key, {})
    facts.update(kind=kind, name=name, file=function.file, line=function.line)
    if schedule:
        facts["schedule"] = schedule
    if all(known.key != function.key for known in machine.declared):
        machine.declared.append(function)


def request_frame(machine: Machine, endpoint: str, name: str, site: Site, cls: Class | None = None) -> Frame:
    """The data of a request; a typed body brings its fields as columns."""
    from mldebt.evaluate.attributes import class_member
    from mldebt.evaluate.instances import all_fields

    node = machine.trace.node(
        f"dataset:http::{endpoint} (request)", "dataset", f"http::{endpoint} (request)", site, store="http"
    )
    frame = new_frame(machine, name, ("request", endpoint, name), site, operation="read")
    machine.trace.edge(node, frame.node, "DERIVES", site, operation="request")
    frame.form = "records"
    if cls is not None:
        machine.bodies[frame.node] = cls
        always = [field for field in all_fields(cls) if _is_required(cls, field)]
        machine.trace.node(node, "dataset", f"http::{endpoint} (request)", required=tuple(always))
        note_members(machine, node, f"http::{endpoint} (request)", site, cls)
    for field in all_fields(cls) if cls is not None else ():
        machine.trace.column((node, field), "contract", site)
        frame.columns[field] = frozenset(((node, field),))
        default = plain_default(class_member(machine, cls, field)) if cls is not None else None
        if default is not None:
            frame.terms[field] = apply("default", [named(field), const(default)])
    if cls is None:
        frame.open = (node,)
    return frame


def plain_default(given: Value | None) -> object:
    """What a field is where whoever asks leaves it out; None where that is nothing, or can't be told."""
    if isinstance(given, Text):
        return given.literal
    return given.value if isinstance(given, Const) and given.value is not ... else None


def _is_required(cls: Class, field: str, depth: int = 6) -> bool:
    """Whether a field of a typed body is always there and never null, as far as its annotation says."""
    if field in cls.types:
        default = cls.members.get(field)
        return not (isinstance(default, Const) and default.value is None) and not _names_none(cls.types[field])
    return depth > 0 and any(isinstance(base, Class) and _is_required(base, field, depth - 1) for base in cls.bases)


def _names_none(annotation: object) -> bool:
    """`Optional[float]`, `float | None`, `Any`."""
    if not isinstance(annotation, tuple):
        return annotation in ("Optional", "Any") or (isinstance(annotation, str) and "None" in annotation)
    return annotation == ("const", None) or any(_names_none(part) for part in annotation)


def request(operation: Operation) -> Value:
    """`flask.request.get_json()` and its kin, inside an endpoint."""
    machine = operation.machine
    facts = machine.trace.tasks.get(machine.scope.function.key if machine.scope.function else "", {})
    from mldebt.evaluate.outside import endpoint_of

    function = machine.scope.function
    view = endpoint_of(machine, function) if function is not None and "name" not in facts else ""
    endpoint = str(facts.get("name") or view or machine.scope.qualname or machine.scope.file)
    if (key := operation.given("key")) is not None and isinstance(key, Text) and key.literal:
        asked = request_frame(machine, endpoint, "request", operation.site)
        if operation.call.args[:1] != [key]:
            return column(machine, asked, key.literal)
        return looked_up(machine, asked, operation.call) or key
    found = request_frame(machine, endpoint, operation.name_in_scope("request"), operation.site)
    if not operation.entry.flag("one_value") or not operation.hint:
        return found
    if operation.entry.flag("never_null") and not any(is_none(value) for value in operation.call.values()):
        _always_given(machine, endpoint, operation.hint, operation.site)
    return column(machine, found, operation.hint)


def _always_given(machine: Machine, endpoint: str, field: str, site: Site) -> None:
    """Note a field that whoever asks can't leave empty."""
    node, name = f"dataset:http::{endpoint} (request)", f"http::{endpoint} (request)"
    told = machine.trace.nodes[node].attributes.get("required", ())
    known = tuple(map(str, told)) if isinstance(told, tuple) else ()
    machine.trace.node(node, "dataset", name, site, required=tuple(dict.fromkeys((*known, field))))


def response(machine: Machine, endpoint: str, value: Value, site: Site) -> None:
    """What an endpoint gives back is served to whoever calls it."""
    sources = sorted(sources_of(value))
    if not sources:
        return
    node = machine.trace.node(f"dataset:http::{endpoint}", "dataset", f"http::{endpoint}", site, store="http")
    told = {"adjusted": adjusted(machine, value), "converted": chain_of(value, out_of_model=True)}
    told |= {"undone": undone(machine, value)}
    for source in sources:
        machine.trace.edge(source, node, "DERIVES", site, operation="respond", **told)
    for frame in frames_in(value):
        use_frame(machine, frame, "sink", site)
    for ref in sorted(columns_of(value)):
        machine.trace.use(ref, "sink", site)


def publish(operation: Operation) -> Value:
    from mldebt.evaluate.storage import node_of, outcome, resolve
    from mldebt.evaluate.writing import write_data

    machine, site = operation.machine, operation.site
    for target in resolve(operation, "topic", "WRITES"):
        outcome(machine, target, site, "write")
        node, evidence = node_of(machine, target, site)
        write_data(machine, operation.given("data"), node, site, evidence, "append")
    note_action(operation, set())
    return NONE


def consume(operation: Operation) -> Value:
    from mldebt.evaluate.storage import node_of, outcome, resolve

    machine, site = operation.machine, operation.site
    if operation.given("topic") is None and operation.receiver is None and not operation.call.spread:
        return Object("consumer", operation.dotted)
    frame = new_frame(machine, operation.name_in_scope("messages"), operation.call.ordinal, site, operation="read")
    for target in resolve(operation, "topic", "READS"):
        outcome(machine, target, site, "read")
        node, evidence = node_of(machine, target, site)
        if node:
            machine.trace.edge(node, frame.node, "READS", site, evidence)
            frame.open = (*frame.open, node) if node.startswith("dataset:") else frame.open
    frame.form = "messages"
    if isinstance(operation.receiver, Object):
        operation.receiver.facts["messages"] = frame
    return frame
