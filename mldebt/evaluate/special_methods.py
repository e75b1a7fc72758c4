"""What operators, subscripts and loops do with objects of the repository's own classes."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Function, Instance, Value

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "@": "matmul", "**": "pow",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip


def special(machine: Machine, owner: Value, name: str, *args: Value) -> Value | None:
    """The result of `owner.__name__(…)`; None where its class has no such method of its own."""
    from mldebt.evaluate.attributes import member
    from mldebt.evaluate.calls import Call, call_function

    method = member(machine, owner, f"__{name}__") if isinstance(owner, Instance) else None
    if not isinstance(method, Function):
        return None
    return call_function(machine, method, Call(machine.scope.statement[0], 0, list(args), {}))


def operator(machine: Machine, sign: str, left: Value, right: Value) -> Value | None:
    name = OPERATORS.get(sign)
    if name is None or not (isinstance(left, Instance) or isinstance(right, Instance)):
        return None
    found = special(machine, left, name, right)
    return found if found is not None else special(machine, right, f"r{name}", left)
