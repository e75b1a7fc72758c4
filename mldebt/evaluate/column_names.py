"""The names of a frame's columns as a value of their own: `df.columns` and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.frames import names_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.positions import is_loose, spelled
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.strings import string_method
from mldebt.evaluate.values import Const, Frame, Object, Seq, Text, Value

SAME = ("tolist", "to_list", "copy", "unique", "intersection", "to_numpy")


def of_frame(frame: Frame) -> Object:
    names = [name for name in frame.columns if name and name not in frame.index]
    return _columns({"names": names, "complete": frame.closed, "frame": frame}, sources_of(frame))


def _columns(facts: dict[str, Any], sources: frozenset[str]) -> Object:
    """Names with the methods of an index; behind `.str` they have those of texts."""
    return Object(
        "columns", facts={**facts, "str": Object("column texts", facts=facts, sources=sources)}, sources=sources
    )


def as_list(value: Value) -> Value:
    """Names of columns as the list that they are put together with others as."""
    if not isinstance(value, Object) or value.kind != "columns":
        return value
    names: list[Value] = [Text((name,)) for name in value.facts["names"]]
    return Seq(names, not value.facts["complete"], loose=is_loose(value))


def method(machine: Machine, receiver: Object, name: str, call: Call) -> Value:
    if receiver.kind == "column texts":
        return _texts(receiver, name, call) or derived("method of column names", receiver, *call.values())
    if name in SAME:
        return receiver
    if name in ("difference", "drop") and call.args:
        gone = set(names_of(call.args[0])[0])
        return _named(receiver, [one for one in receiver.facts["names"] if one not in gone])
    if name == "map" and call.args and (names := renamed(machine, receiver.facts["names"], call.args[0])):
        return _named(receiver, names)
    return derived("method of column names", receiver, *call.values())


def at(receiver: Object, key: Object) -> Object | None:
    """`df.columns[2:-1]`: the names that stand there, and where that is."""
    bounds = [bound.value if isinstance(bound, Const) else "?" for bound in key.facts["bounds"]]
    numbers = [bound for bound in bounds if bound is None or isinstance(bound, int)]
    if not spelled(key) or len(numbers) != 3:
        return None
    names = receiver.facts["names"][slice(*numbers)] if receiver.facts["complete"] else []
    return _columns({**receiver.facts, "names": names, "position": spelled(key)}, receiver.sources)


def _named(receiver: Object, names: list[str]) -> Object:
    return _columns({**receiver.facts, "names": names}, receiver.sources)


def _texts(receiver: Object, name: str, call: Call) -> Value | None:
    """`df.columns.str.lower()`; a pattern is no text."""
    pattern = call.kwargs.pop("regex", Const(False))
    if not isinstance(pattern, Const) or pattern.value:
        return None
    names = _each(receiver.facts["names"], lambda one: string_method(one, name, list(call.args), dict(call.kwargs)))
    return _named(receiver, names) if names is not None else None


def renamed(machine: Machine, names: list[str], function: Value) -> list[str] | None:
    """What a function makes of each name; None where that is not known of every one."""
    return _each(names, lambda one: invoke(machine, function, Call(machine.scope.statement[0], -1, [one], {})))


def _each(names: list[str], change: Callable[[Text], Value | None]) -> list[str] | None:
    changed = [change(Text((name,))) for name in names]
    literals = [one.literal for one in changed if isinstance(one, Text) and one.literal is not None]
    return literals if len(literals) == len(names) else None
