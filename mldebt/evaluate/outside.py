"""What comes from outside by convention: handlers of events, methods that are routes, annotated parameters."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, Object, Symbol, Text, Value, options_of
from mldebt.read.facts import Expr

EVENT = ("event", "context")
"""The parameters of a function that a cloud calls for each event."""
TRANSPARENT = frozenset({"Union", "Optional", "Annotated"})


def endpoint_of(machine: Machine, function: Function) -> str:
    """The name under which the outside calls a function that nobody declared as an entry; "" for all others."""
    names = tuple(param[0] for param in function.params)
    if names[:2] == EVENT:
        return f"EVENT {function.qualname}"
    return _route_of(machine, function) if function.owner is not None and function.decorators else ""


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
