"""Names that may hold None besides what they are known to hold.

A join drops None, because whatever uses the value means the other one. But a test for None may still go either way, so
the doubt is kept beside the name, under a key that no name can have, and flows wherever the names of a scope flow.
"""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import DOUBT, NONE, Env, Instance, Value, is_none
from mldebt.read.facts import Expr


def mixed(values: Iterable[Value]) -> bool:
    """Whether some, but not all, of several values are None."""
    kinds = [is_none(value) for value in values]
    return True in kinds and False in kinds


def note(machine: Machine, target: Expr) -> None:
    """What was just stored under a name or attribute may be None as well."""
    if target[0] == "name":
        env = machine.scope.env
        (env.globals if target[1] in env.shared else env).names[DOUBT + target[1]] = NONE
    elif target[0] == "attr" and target[1][0] == "name":
        owner = machine.scope.env.get(target[1][1])
        if isinstance(owner, Instance):
            owner.fields[DOUBT + target[2]] = NONE


def doubtful(machine: Machine, expression: Expr) -> bool:
    """Whether an expression is a name or attribute that may hold None, whatever else it is known to hold."""
    if expression[0] == "name":
        env = _holding(machine.scope.env, expression[1])
        return env is not None and DOUBT + expression[1] in env.names
    if expression[0] == "attr" and expression[1][0] == "name":
        owner = machine.scope.env.get(expression[1][1])
        return isinstance(owner, Instance) and DOUBT + expression[2] in owner.fields
    if expression[0] == "if":
        return any(expression[side] == ("const", None) or doubtful(machine, expression[side]) for side in (2, 3))
    if expression[0] == "walrus":
        return doubtful(machine, ("name", expression[1]))
    return False


def _holding(scope: Env | None, name: str) -> Env | None:
    """The scope in which a name is found, from the inside out."""
    while scope is not None and name not in scope.names:
        scope = scope.outer
    return scope
