"""Classes and the classes that descend from them: what a method left open by its class may turn out to be."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Class, Function, Value

MOST = 3
"""Implementations that are followed for one open method."""


def note_class(machine: Machine, cls: Class) -> None:
    for base in cls.bases:
        if isinstance(base, Class):
            machine.descendants.setdefault(base.key, []).append(cls)


def is_open(machine: Machine, member: Value | None) -> bool:
    """Whether a class leaves a method to those that descend from it: it is missing, empty or only raises."""
    if member is None:
        return True
    if not isinstance(member, Function):
        return False
    body = machine.body_of(member)
    return not body or body[0][0] == "raise"


def implementations(machine: Machine, cls: Class, name: str) -> list[Function]:
    """The first few functions that descendants of a class have under the name."""
    found: list[Function] = []
    if cls.key not in machine.descendants:
        return found
    for descendant in _descendants(machine, cls):
        member = descendant.members.get(name)
        if isinstance(member, Function) and not is_open(machine, member):
            found.append(member)
        if len(found) == MOST:
            break
    return found


def _descendants(machine: Machine, cls: Class) -> Iterator[Class]:
    waiting, seen = [cls.key], {cls.key}
    while waiting:
        for descendant in machine.descendants.get(waiting.pop(0), ()):
            if descendant.key not in seen:
                seen.add(descendant.key)
                waiting.append(descendant.key)
                yield descendant
