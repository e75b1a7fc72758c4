"""What a call does where a function is called in too many ways to follow each of them."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.values import NONE, Env, Function, Instance, Value
from mldebt.read.facts import Expr, Stmt

PLAIN = frozenset({"name", "attr", "const"})


def construct_plainly(machine: Machine, function: Function, env: Env) -> Value:
    """A constructor of which only `self.x = …` is followed, so that the instance keeps the data that it was given."""
    this = function.this
    assert isinstance(this, Instance)
    scope = Scope(function.file, function.qualname, f"{function.key}@many", env, machine.scope.depth + 1, function)
    given = derived("computed in a constructor", *(value for value in env.names.values() if value is not this))
    with machine.entered(scope):
        for statement in machine.body_of(function):
            machine.scope.statement = (statement[1], statement[2])
            _set_plainly(machine, this, statement, given)
    return NONE


def _set_plainly(machine: Machine, this: Instance, statement: Stmt, given: Value) -> None:
    if _calls_parent(statement):
        machine.evaluate(statement[3])
    elif statement[0] == "assign" and statement[4] is not None:
        for target in statement[3]:
            if target[0] == "attr" and target[1] == ("name", "self"):
                this.fields[target[2]] = machine.evaluate(statement[4]) if statement[4][0] in PLAIN else given


def _calls_parent(statement: Stmt) -> bool:
    """`super().__init__(…)`."""
    call: Expr = statement[3] if statement[0] == "expr" else ("const", None)
    return bool(call[0] == "call" and call[1][0] == "attr" and call[1][2] == "__init__")
