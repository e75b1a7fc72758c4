"""Functions and classes: what their definitions bind."""

from __future__ import annotations

from mldebt.evaluate.hierarchy import note_class
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, Text
from mldebt.read.facts import Expr, Stmt


def define(machine: Machine, statement: Stmt) -> bool:
    from mldebt.evaluate.decorators import decorated

    function = define_function(machine, statement, machine.scope.env)
    machine.scope.env.set(statement[3], function)
    if machine.scope.function is not None:
        machine.nested[function.key] = function
    made = decorated(machine, function, statement[7])
    if made is not function:
        machine.scope.env.set(statement[3], made)
    return True


def define_function(machine: Machine, statement: Stmt, env: Env, owner: Class | None = None) -> Function:
    _, line, _, name, params, decorators, body, _ = statement
    prefix = owner.qualname if owner else machine.scope.qualname
    qualname = machine.distinct(f"{prefix}.{name}" if prefix else name, line)
    return Function(machine.scope.file, qualname, params, body, env, decorators, None, owner, line)


def class_(machine: Machine, statement: Stmt) -> bool:
    from mldebt.evaluate.registering import registered

    _, line, _, name, bases, keywords, decorators, body = statement
    prefix = machine.scope.qualname
    qualname = f"{prefix}.{name}" if prefix else name
    parents = [machine.evaluate(base) for base in bases]
    types = _annotated(body)
    cls = Class(machine.scope.file, qualname, parents, {}, list(types), decorators, line, types, machine.scope.env)
    machine.scope.env.set(name, cls)
    note_class(machine, cls)
    scope = Scope(machine.scope.file, qualname, f"{machine.scope.file}::{qualname}", Env(machine.scope.env))
    scope.depth = machine.scope.depth
    with machine.entered(scope):
        for member in body:
            if member[0] == "def" and not _is_accessor(member):
                cls.members[member[3]] = define_function(machine, member, scope.env.outer or scope.env, cls)
            elif member[0] != "def":
                machine.run((member,))
                cls.members.update({key: value for key, value in scope.env.names.items() if key not in cls.members})
    if ("table", ("const", True)) in keywords:
        cls.members.setdefault("__tablename__", Text((name.lower(),)))
    machine.scope.statement = (statement[1], statement[2])
    registered(machine, cls)
    return True


def _is_accessor(member: Stmt) -> bool:
    """`@size.setter`: not what reading the property gives."""
    return any(decorator[0] == "attr" and decorator[2] in ("setter", "deleter") for decorator in member[5])


def _annotated(body: tuple[Stmt, ...]) -> dict[str, Expr]:
    """Annotated class attributes in order with their annotations: the fields of a dataclass or pydantic model."""
    return {
        member[3][0][1]: member[5]
        for member in body
        if member[0] == "assign" and member[5] is not None and member[3] and member[3][0][0] == "name"
    }
