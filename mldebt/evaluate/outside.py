"""What comes from outside by convention: handlers of events, methods that are routes, annotated parameters."""

from __future__ import annotations

from typing import Any

from mldebt.evaluate.joins import fresh
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import (
    Class,
    Connection,
    Env,
    Function,
    Hole,
    Object,
    Symbol,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.knowledge.entry import Entry
from mldebt.read.facts import Expr

EVENT = ("event", "context")
"""The parameters of a function that a cloud calls for each event."""
REQUEST = "request"
"""The parameter by which frameworks hand a view or a function in a cloud what was asked of it."""
ASKED = frozenset((
    "get_json", "get_data", "json", "form", "args", "values", "files", "data", "body", "query_params", "POST", "GET",
    "FILES",
))  # fmt: skip
"""What such a function takes out of it."""
VERBS = ("get", "post", "put", "patch", "delete")
TRANSPARENT = frozenset({"Union", "Optional", "Annotated"})


def is_handler(machine: Machine, function: Function) -> bool:
    """Whether a cloud or a server calls a function with data."""
    if tuple(param[0] for param in function.params)[:2] == EVENT or serves_requests(machine, function):
        return True
    handler = handler_of(machine, function)
    return handler is not None and bool(handler.selector("data"))


def endpoint_of(machine: Machine, function: Function) -> str:
    """The name under which the outside calls a function that nobody declared as an entry; "" for all others."""
    if serves_requests(machine, function):
        return _view_of(function)
    if is_handler(machine, function):
        return f"EVENT {function.qualname}"
    return _route_of(machine, function) if function.owner is not None and function.decorators else ""


def serves_requests(machine: Machine, function: Function) -> bool:
    """Whether a function takes the data of a request out of its first parameter."""
    own = function.params[1:] if function.owner is not None else function.params
    if not own or own[0][0] != REQUEST or own[0][2] is not None:
        return False
    return _asks(machine.body_of(function))


def _asks(part: tuple[Any, ...]) -> bool:
    """Whether code mentions `request.POST` and its kin."""
    if len(part) == 3 and part[0] == "attr" and part[1] == ("name", REQUEST):
        return part[2] in ASKED
    return any(isinstance(child, tuple) and _asks(child) for child in part)


def _view_of(function: Function) -> str:
    """What a view is called: the verb and the class of a method, the name of a function."""
    name = function.qualname.rpartition(".")[2]
    if function.owner is not None and name in VERBS:
        return f"{name.upper()} /{function.owner.qualname}"
    return f"POST /{function.qualname}"


def handler_of(machine: Machine, function: Function) -> Entry | None:
    """What is known of a function that a server looks for by its name, in a script or in a class that it knows."""
    name = function.qualname.rpartition(".")[2]
    if function.owner is not None:
        from mldebt.evaluate.attributes import library_base

        base = library_base(machine, function.owner)
        found = machine.knowledge.call(f"{base}.{name}") if base else None
        return found if found is not None and found.op == "handle" else None
    found = machine.knowledge.call(f"handler.{name}") if not function.is_lambda else None
    if found is None or not isinstance(function.closure.get(found.text("loaded_by", name)), Function):
        return None
    first = function.params[0][0] if function.params else ""
    return found if first == found.text("gives", first) else None


def handed(machine: Machine, function: Function, number: int) -> Value | None:
    """What a server gives such a function: the folder that models are kept in, a loaded model, a request."""
    found = handler_of(machine, function)
    if function.params[number][0] == REQUEST and serves_requests(machine, function):
        return Object(REQUEST)
    if found is None or (number == 0 and function.this is not None):
        return None
    if found.text("gives") and number < 2:
        return Object(found.text("session", found.text("gives")) if number else found.text("gives"))
    if number in found.selector("name"):
        return Text((Hole(found.text("kept_in"), "env"),), True)
    if number in found.selector("model"):
        return _loaded(machine, function, found)
    name = function.params[number][0]
    if number in found.selector("data"):
        from mldebt.evaluate.web import request_frame

        data = request_frame(machine, endpoint_of(machine, function), name, machine.site())
        return data.copy(form="table") if found.text("returns") == "frame" else data
    return None if found.text("gives") else Unknown("given by a server", name)


def _loaded(machine: Machine, function: Function, found: Entry) -> Value | None:
    """The model that another function of the script loads."""
    loader = function.closure.get(found.text("loaded_by"))
    if not isinstance(loader, Function) or loader.key in machine.active:
        return None
    if loader.key not in machine.fixed:
        from mldebt.evaluate.entries import run_alone

        machine.fixed[loader.key] = run_alone(machine, loader, handed_on="")
    return fresh(machine.fixed[loader.key])


def keep_table(machine: Machine, function: Function, result: Value) -> None:
    """What a function gives back whose file is the definition of a table: it is stored under the file's name."""
    from mldebt.evaluate.entries import return_lines
    from mldebt.evaluate.queries import table_node
    from mldebt.evaluate.writing import write_data

    found = handler_of(machine, function)
    if found is None or not found.text("gives") or not sources_of(result):
        return
    site = machine.workspace.facts[function.file].site(*return_lines(machine, function))
    name = function.file.rpartition("/")[2].rpartition(".")[0]
    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        node = table_node(machine, name, Connection(Text(("",)), "table"), site)
        machine.trace.access(site, "write", "resolved")
        write_data(machine, result, node, site, "resolved", "replace")


def _route_of(machine: Machine, method: Function) -> str:
    """The path of a method below a decorator that makes it a route."""
    from mldebt.evaluate.web import is_route

    scope = Scope(method.file, method.qualname, method.key, Env(method.closure), statement=(method.line, method.line))
    with machine.entered(scope):
        found = [option for one in method.decorators for option in options_of(machine.evaluate(one))]
    for value in found:
        if isinstance(value, Object) and value.kind == "decorator" and value.facts.get("op") == "route":
            return str(value.facts["name"]) + ("" if "/" in str(value.facts["name"]) else f"/{method.qualname}")
        if isinstance(value, Symbol) and is_route(machine, value.dotted):
            return f"POST /{method.qualname.rpartition('.')[2]}"
    return ""


def supplied(machine: Machine, annotation: Expr | None, default: Expr | None) -> Value | None:
    """What a server makes for a parameter by a function that it is told to call: `store=Depends(get_store)`."""
    annotated = annotation is not None and annotation[0] == "index" and annotation[1][-1] == "Annotated"
    notes = annotation[2][1][1:] if annotated and annotation is not None and annotation[2][0] == "tuple" else ()
    for told in (*notes, *([default] if default is not None else ())):
        maker = machine.evaluate(told[1]) if told[0] == "call" and (told[2] or told[3]) else None
        entry = machine.knowledge.call(maker.dotted) if isinstance(maker, Symbol) else None
        if entry is not None and entry.op == "call":
            return machine.evaluate(told)
    return None


def declared_as(machine: Machine, annotation: Expr | None) -> list[Value]:
    """The classes that an annotation names, those within `Union`, `Optional` and behind `|` too."""
    if annotation is None:
        return []
    if annotation[0] == "bin" and annotation[1] == "|":
        return [*declared_as(machine, annotation[2]), *declared_as(machine, annotation[3])]
    if annotation[0] == "index" and annotation[1][-1] in TRANSPARENT:
        inner = annotation[2]
        parts = inner[1] if inner[0] == "tuple" else (inner,)
        parts = parts[:1] if annotation[1][-1] == "Annotated" else parts
        return [value for part in parts for value in declared_as(machine, part)]
    value = machine.evaluate(annotation)
    if isinstance(value, Text) and value.literal:
        value = machine.scope.env.get(value.literal) or value
    return [value] if isinstance(value, (Class, Symbol)) else []
