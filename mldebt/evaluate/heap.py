"""What imported modules hold, and how it is put back: no part of a program sees what another one did to it.

Objects that parts really share are in one part (`sharing`); whatever else is changed on the way would be seen by those
that happen to be evaluated later in the same process.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from mldebt.evaluate.provenance import children
from mldebt.evaluate.values import (
    Choice,
    Class,
    Connection,
    Frame,
    Function,
    Handle,
    Instance,
    Map,
    Method,
    Model,
    Object,
    Seq,
    Value,
)

CHANGING: dict[type, tuple[str, ...]] = {
    Seq: ("items", "open"),
    Map: ("entries", "open", "rest"),
    Instance: ("fields",),
    Object: ("facts",),
    Handle: ("touched", "held"),
    Connection: ("rows",),
    Model: Model.__struct_fields__,
    Frame: Frame.__struct_fields__,
}
"""What may change of a value, by its kind."""

MOST = 2_000
"""Values that are kept of one module."""

State = tuple[tuple[str, Any], ...]
Held = list[tuple[Value, State]]


class Heap:
    """What modules hold, each value with the module that had it first; and what was assigned to their classes."""

    def __init__(self) -> None:
        self._owned: set[int] = set()
        self._held: dict[str, Held] = {}
        self._members: dict[int, tuple[Class, dict[str, Value]]] = {}

    def keep(self, file: str, values: Iterable[Value]) -> None:
        """Remember everything changeable that can be reached from what a module holds, as it is now."""
        reached = _reached(_with_kept(file, values), self._owned)
        held = [value for value in reached if type(value) in CHANGING]
        self._owned.update(map(id, held))
        self._held[file] = [(value, _state(value)) for value in held]

    def forget(self, file: str) -> None:
        """Nobody asks for a module any more."""
        self._owned.difference_update(id(value) for value, _ in self._held.pop(file, ()))

    def keep_class(self, cls: Class) -> None:
        """Remember the members of a class to which something is about to be assigned."""
        if id(cls) not in self._members:
            self._members[id(cls)] = (cls, cls.members.copy())

    def classes_now(self) -> list[tuple[Class, dict[str, Value]]]:
        """The members of the classes to which something was assigned."""
        return [(cls, cls.members.copy()) for cls, _ in self._members.values()]

    def put_classes(self, assigned: Iterable[tuple[Class, dict[str, Value]]]) -> None:
        """Assign again what `classes_now` saw."""
        for cls, members in assigned:
            self.keep_class(cls)
            cls.members.clear()
            cls.members.update(members)

    def now(self, files: Iterable[str]) -> Held:
        """What modules hold now, of what they held when they were imported."""
        return [(value, _state(value)) for file in files for value, _ in self._held.get(file, ())]

    def put_back(self, files: Iterable[str]) -> None:
        """Undo what was done to what modules hold, and to any class."""
        put(each for file in files for each in self._held.get(file, ()))
        for cls, members in self._members.values():
            cls.members.clear()
            cls.members.update(members)
        self._members.clear()


def _with_kept(file: str, values: Iterable[Value]) -> Iterator[Value]:
    """Also what the classes of a module hold, such as defaults that all their objects share, and what decorators give
    its functions."""
    for value in values:
        yield value
        if isinstance(value, Class) and value.file == file:
            yield from value.members.values()
        function = value.facts.get("function") if isinstance(value, Object) else value
        if isinstance(function, Function) and function.file == file:
            yield from function.given.values()


def _reached(values: Iterable[Value], known: Container[int]) -> list[Value]:
    found: dict[int, Value] = {}
    waiting = list(values)
    while waiting and len(found) < MOST:
        value = waiting.pop()
        walked = type(value) in CHANGING or isinstance(value, (Choice, Method))
        if walked and id(value) not in found and id(value) not in known:
            found[id(value)] = value
            waiting += _parts(value)
    return list(found.values())


def _state(value: Value) -> State:
    names = CHANGING[type(value)]
    return tuple(
        (name, part.copy() if isinstance(part := getattr(value, name), (list, dict)) else part) for name in names
    )


def put(held: Iterable[tuple[Value, State]]) -> None:
    """Make values what they were when their state was taken."""
    for value, before in held:
        for name, part in before:
            now = getattr(value, name)
            if now is not part and now != part:
                _restore(value, name, now, part)


def _restore(value: Value, name: str, now: Any, before: Any) -> None:
    """In place, for others may hold the same list or dictionary."""
    if isinstance(now, dict):
        now.clear()
        now.update(before)
    elif isinstance(now, list):
        now[:] = before
    else:
        setattr(value, name, before)


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, Object):
        return [part for part in value.facts.values() if type(part) in CHANGING]
    return list(children(value))
