"""Numbers that an object keeps from one call to the next: `self.total += x`, `self.mean = 0.9 * self.mean + …`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.evaluate.terms_of import PREFIX
from mldebt.evaluate.unset import flattened
from mldebt.evaluate.values import Class, Const, Function, Instance
from mldebt.read.facts import Expr, Stmt

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

CONSTRUCTOR = "__init__"


def kept_in(machine: Machine, base: Instance, name: str) -> tuple[str, Const] | None:
    """What is kept in a field by name, and what stands there at first; None where the method that is being run doesn't
    go on from it.
    """
    function = machine.scope.function
    if function is None or function.this is not base or function.qualname.endswith(f".{CONSTRUCTOR}"):
        return None
    key, known = (function.key, name), machine.slots.fields
    if key not in known:
        known[key] = _start(machine, base.cls, name) if _goes_on(machine, function, name) else None
    start = known[key]
    return (f"{PREFIX}{function.file}:{base.cls.qualname.replace('.', '_')}_{name}", start) if start else None


def _start(machine: Machine, cls: Class, name: str) -> Const | None:
    """Nothing, or the number, that the constructor puts there."""
    constructor = cls.members.get(CONSTRUCTOR)
    if not isinstance(constructor, Function):
        return None
    body = flattened(machine.body_of(constructor))
    found = [one[4] for one in body if one[0] == "assign" and any(_is_field(target, name) for target in one[3])]
    plain = len(found) == 1 and found[0] is not None and found[0][0] == "const"
    return Const(found[0][1]) if plain and isinstance(found[0][1], (int, float, type(None))) else None


def _goes_on(machine: Machine, method: Function, name: str) -> bool:
    """Whether a method computes with what is there, and puts something else there afterwards."""
    body = flattened(machine.body_of(method))
    first = next((one for one in body if _reads(one, name) or _sets(one, name)), None)
    if first is None or not _reads(first, name) or not any(_sets(one, name) for one in body):
        return False
    return any(_computes(one, name) for one in body)


def _reads(statement: Stmt, name: str) -> bool:
    return any(_is_field(part, name) for part in _parts(statement))


def _sets(statement: Stmt, name: str) -> bool:
    targets = statement[3] if statement[0] == "assign" else [statement[3]] if statement[0] == "aug" else []
    return any(_is_field(target, name) for target in targets)


def _computes(statement: Stmt, name: str) -> bool:
    if statement[0] == "aug" and _is_field(statement[3], name):
        return True
    sums = [part for part in _parts(statement) if part[0] == "bin" and part[1] in ("+", "-", "*", "/")]
    return any(_is_field(side, name) for part in sums for side in part[2:4])


def _is_field(expression: Expr | None, name: str) -> bool:
    return expression is not None and expression[:3] == ("attr", ("name", "self"), name)


EXPRESSION = {"assign": 4, "aug": 5, "expr": 3, "return": 3, "if": 3, "while": 3, "for": 4}
"""Where the expression of a statement stands."""


def _parts(statement: Stmt) -> Iterator[Expr]:
    at = EXPRESSION.get(statement[0])
    if at is not None and statement[at] is not None:
        yield from _walk(statement[at])
    if statement[0] == "aug":
        yield statement[3]


def _walk(expression: Expr) -> Iterator[Expr]:
    if expression and isinstance(expression[0], str):
        yield expression
    for part in expression:
        if isinstance(part, tuple):
            yield from _walk(part)
