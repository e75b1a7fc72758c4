"""What runs at start-up, before any request is answered: functions that make an application, methods that load."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.attributes import library_base
from mldebt.evaluate.calls import bound
from mldebt.evaluate.handed_on import applications, is_application
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Class, Function, Instance, Symbol
from mldebt.evaluate.varied import mentions


def at_start(machine: Machine) -> Iterator[Function]:
    for file in sorted(machine.own):
        yield from _of_framework(machine, file)
    if machine.declared and not applications(machine):
        for file in sorted(machine.own):
            yield from _factories(machine, file)


def _of_framework(machine: Machine, file: str) -> Iterator[Function]:
    """Methods that a framework calls at start-up, by the class that they are inherited from."""
    for cls in [one for one in machine.modules[file].names.values() if isinstance(one, Class) and one.file == file]:
        base = library_base(machine, cls)
        for name, method in cls.members.items() if base else ():
            if not isinstance(method, Function):
                continue
            entry = machine.knowledge.call(f"{base}.{name}")
            if entry is not None and entry.op == "task" and entry.text("trigger") == "startup":
                yield bound(method, Instance(cls))


def _factories(machine: Machine, file: str) -> Iterator[Function]:
    """Functions that make an application for routes that are declared outside of them."""
    values = machine.modules[file].names
    names = [name for name, value in values.items() if isinstance(value, Symbol) and is_application(machine, value)]
    for function in [one for one in values.values() if isinstance(one, Function) and one.file == file]:
        if names and not function.is_lambda and mentions(machine.body_of(function), names):
            yield function
