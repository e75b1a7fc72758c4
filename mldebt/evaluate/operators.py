"""Objects of the repository's own classes that a framework runs: what makes one for a pipeline also runs it."""

from __future__ import annotations

from mldebt.evaluate.attributes import class_member, library_base
from mldebt.evaluate.calls import Call, bound, call_function
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Function, Instance, Object


def run_by_framework(machine: Machine, instance: Instance) -> None:
    """Run the methods that the framework will call, with what this object was made of."""
    base = library_base(machine, instance.cls)
    entry = machine.knowledge.call(base) if base else None
    for name in entry.text("runs").split() if entry is not None and entry.op == "operator" else ():
        method = class_member(machine, instance.cls, name)
        if isinstance(method, Function) and method.key not in machine.active:
            made = Call(machine.scope.statement[0], -1, [Object("run_context")], {})
            call_function(machine, bound(method, instance), made)
