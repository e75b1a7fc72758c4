"""Parameters of an endpoint that come with the request: single values, lists of such, and what they are by default."""

from __future__ import annotations

from mldebt.evaluate.frames import column
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.outside import declared_as
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import NONE, Const, Frame, Symbol, Text, Value
from mldebt.read.facts import Expr
from mldebt.terms import apply

SINGLE = frozenset(("builtins.int", "builtins.float", "builtins.str", "builtins.bool", "datetime.datetime",
                    "datetime.date"))  # fmt: skip
"""Types of parameters of an endpoint that are one value each, not a record."""
LISTS = frozenset(("builtins.list", "builtins.tuple", "typing.List", "typing.Sequence", "typing.Tuple"))


def asked_for(machine: Machine, default: Expr, annotation: Expr | None, declared: Symbol | None) -> Value | None:
    """What a parameter is that comes with the request, where the caller leaves it out: `n: int = Query(1)`, `= 1`."""
    if default[0] == "const" and is_field(machine, annotation, declared):
        return machine.evaluate(default)
    callee = machine.evaluate(default[1]) if default[0] == "call" else None
    entry = machine.knowledge.call(callee.dotted) if isinstance(callee, Symbol) else None
    if entry is None or not entry.flag("asked"):
        return None
    given = machine.evaluate(default[2][0]) if default[2] else None
    return given if isinstance(given, (Const, Text)) else NONE


def is_field(machine: Machine, annotation: Expr | None, declared: Symbol | None) -> bool:
    """Whether a parameter of an endpoint is one value, or a list of such, and no record."""
    if declared is not None and declared.dotted in SINGLE:
        return True
    if annotation is None or annotation[0] != "index":
        return False
    listed = machine.evaluate(annotation[1])
    inner = declared_as(machine, annotation[2])
    return (
        isinstance(listed, Symbol)
        and listed.dotted in LISTS
        and all(isinstance(one, Symbol) and one.dotted in SINGLE for one in inner)
    )


def field_of_request(machine: Machine, frame: Frame, name: str, default: Value | None) -> Frame:
    found = column(machine, frame, name)
    if (default is None or (term := term_of(machine, default)) is None) or default in (NONE, Const(...)):
        return found
    return found.copy(term=apply("default", [term_of(machine, found), term]))
