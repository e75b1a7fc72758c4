"""Data sets that are made of names: a function reads the file of each of them, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.iteration import elements
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.surroundings import path
from mldebt.evaluate.values import NONE, Object, Seq, Value

MOST = 4
"""Of so many names the files are read: they lie in one folder."""


def listed(operation: Operation) -> Value:
    """`Dataset.list_files("images/*.jpg")`."""
    return _held(operation, path(operation), None)


def mapped(operation: Operation) -> Value:
    """`dataset.map(load)`: what a function makes of each item, where these are names and no data yet."""
    holder = operation.receiver
    if not isinstance(holder, Object) or operation.given("function") is None or sources_of(holder):
        return holder if holder is not None else NONE
    made = list(_made(operation, holder))
    pairs = [one.items if isinstance(one, Seq) and len(one.items) == 2 else [one] for one in made]
    labels = [pair[1] for pair in pairs if len(pair) == 2]
    return _held(operation, Seq([pair[0] for pair in pairs], True), Seq(labels, True) if labels else None)


def _made(operation: Operation, holder: Object) -> Iterator[Value]:
    machine, function = operation.machine, operation.given("function")
    assert function is not None
    names, labels = (elements(machine, holder.facts.get(role) or NONE)[0] for role in ("X", "y"))
    labelled = holder.facts.get("y") is not None
    for name in names[:MOST]:
        given = [name, *labels[:1]] if labelled else [name]
        yield invoke(machine, function, Call(operation.call.line, operation.call.ordinal, given, {}))


def _held(operation: Operation, names: Value, labels: Value | None) -> Object:
    return Object("matrix", operation.dotted, {"X": names, "y": labels}, sources_of(names))
