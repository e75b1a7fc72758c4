"""What earlier rounds of a loop may have done: one round stands for all, and the first of them is what is evaluated."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Class, Function, Instance
from mldebt.read.facts import Expr, Stmt


def may_have_been_set(machine: Machine, expression: Expr) -> bool:
    """Whether another method may have set a field that is None now, in an earlier round."""
    if not machine.rounds or expression[0] != "attr" or expression[1][0] != "name":
        return False
    owner = machine.scope.env.get(expression[1][1])
    return isinstance(owner, Instance) and expression[2] in _switched(machine, owner.cls)


def _switched(machine: Machine, cls: Class) -> set[str]:
    if cls.key not in machine.switched:
        methods = [member for member in cls.members.values() if isinstance(member, Function)]
        inherited = [_switched(machine, base) for base in cls.bases if isinstance(base, Class)]
        machine.switched[cls.key] = switched_fields(machine, methods).union(*inherited)
    return machine.switched[cls.key]


def switched_fields(machine: Machine, methods: Iterable[Function]) -> set[str]:
    """The fields that other methods than the constructor set."""
    others = [method for method in methods if not method.qualname.endswith(".__init__")]
    return set().union(*(assigned_fields(machine.body_of(method)) for method in others))


def assigned_fields(body: Iterable[Stmt]) -> set[str]:
    """The fields of its instance that a method sets to something else than None."""
    from mldebt.evaluate.unset import flattened

    assignments = [one for one in flattened(body) if one[0] == "assign" and one[4] != ("const", None)]
    targets = [target for statement in assignments for target in statement[3]]
    return {target[2] for target in targets if target[0] == "attr" and target[1] == ("name", "self")}
