"""Fields that are None until another method sets them: `fit` makes the model that `predict` asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.evaluate.calls import bound
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, Instance, Symbol, Unknown, Value
from mldebt.read.facts import Expr, Stmt


def set_elsewhere(machine: Machine, cls: Class, instance: Instance, name: str) -> Value:
    """The models that other methods may have put into a field; something unknown where they put other things."""
    found: list[Value] = []
    for method in cls.members.values():
        if isinstance(method, Function) and method.owner is cls and not method.qualname.endswith(".__init__"):
            found += _put(machine, bound(method, instance), instance, name)
    return join(found) if found else Unknown("set by another method", name)


def _put(machine: Machine, method: Function, instance: Instance, name: str) -> Iterator[Value]:
    """What each `self.name = Learner(…)` of a method gives: nothing else of the method is carried out."""
    body = flattened(machine.body_of(method))
    setting = [one for one in body if one[0] == "assign" and one[4] is not None and _sets(one, name)]
    if not setting:
        return
    scope = Scope(method.file, method.qualname, method.key, Env(method.closure), 1, method, symbolic=True)
    scope.env.set("self", instance)
    scope.statement = (method.line, method.line)
    with machine.entered(scope):
        machine.run([one for one in body if one[0] in ("import", "from")])
        for statement in setting:
            if _makes_model(machine, statement[4]):
                machine.run([statement])
                yield instance.fields[name]


def _sets(statement: Stmt, name: str) -> bool:
    return any(target[:3] == ("attr", ("name", "self"), name) for target in statement[3])


def _makes_model(machine: Machine, value: Expr) -> bool:
    called = machine.evaluate(value[1]) if value[0] == "call" else None
    entry = machine.knowledge.call(called.dotted) if isinstance(called, Symbol) else None
    return entry is not None and entry.op == "model"


def flattened(body: Iterable[Stmt]) -> list[Stmt]:
    """The statements of a body with those inside of them."""
    found: list[Stmt] = []
    for statement in body:
        found.append(statement)
        for part in statement[3:]:
            if (
                isinstance(part, tuple)
                and part
                and isinstance(part[0], tuple)
                and part[0]
                and isinstance(part[0][0], str)
            ):
                found += flattened(part)
    return found
