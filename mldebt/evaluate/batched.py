"""Functions that are handed to what calls them for one thing after the other: names of files, or batches."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.iteration import elements
from mldebt.evaluate.listings import is_listing
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.pictures import changed
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.surroundings import path
from mldebt.evaluate.training import fit
from mldebt.evaluate.values import NONE, Object, Seq, Value

MOST = 4
"""Of so many names the files are read: they lie in one folder."""


def listed(operation: Operation) -> Value:
    """`Dataset.list_files("images/*.jpg")`."""
    return _held(operation, path(operation), None)


def mapped(operation: Operation) -> Value:
    """`dataset.map(load)`: what a function makes of each item, where these are names and no data yet."""
    holder = operation.receiver
    if not isinstance(holder, Object) or operation.given("function") is None or not _holds_names(holder):
        return changed(holder) if holder is not None else NONE
    made = list(_made(operation, holder))
    pairs = [one.items if isinstance(one, Seq) and len(one.items) == 2 else [one] for one in made]
    labels = [pair[1] for pair in pairs if len(pair) == 2]
    return _held(operation, Seq([pair[0] for pair in pairs], True), Seq(labels, True) if labels else None)


def _holds_names(holder: Object) -> bool:
    """Whether what is held are names of files, or nothing that is known to be data."""
    return is_listing(holder.facts.get("X"), 3) or not sources_of(holder)


def _made(operation: Operation, holder: Object) -> Iterator[Value]:
    machine, function = operation.machine, operation.given("function")
    assert function is not None
    for given in _rows(machine, holder):
        yield invoke(machine, function, Call(operation.call.line, operation.call.ordinal, given, {}))


def _rows(machine: Machine, holder: Object) -> list[list[Value]]:
    """What the function is called with: a name and its label, or one name out of each of several lists."""
    held = holder.facts.get("X") or NONE
    if isinstance(held, Seq) and held.kind == "tuple" and all(isinstance(one, Seq) for one in held.items):
        return [list(row) for row in zip(*(elements(machine, one)[0] for one in held.items), strict=False)][:MOST]
    names, labels = (elements(machine, one)[0] for one in (held, holder.facts.get("y") or NONE))
    labelled = labels[:1] if holder.facts.get("y") is not None else []
    return [[name, *labelled] for name in names[:MOST]]


def engine(operation: Operation) -> Value:
    """`Engine(step)`: an object that runs a function for each batch of what it is given later."""
    facts: dict[str, object] = {"function": operation.given("function"), "model": operation.given("model")}
    return Object("engine", operation.dotted, {name: value for name, value in facts.items() if value is not None})


def drive(operation: Operation) -> Value:
    """`engine.run(batches)`."""
    holder, batches = operation.receiver, operation.given("X")
    if not isinstance(holder, Object) or not isinstance(step := holder.facts.get("function"), Value):
        return fit(operation)
    batch = elements(operation.machine, batches)[0] if batches is not None else []
    call = Call(operation.call.line, operation.call.ordinal, [holder, *batch[:1]], {})
    return invoke(operation.machine, step, call)


def _held(operation: Operation, names: Value, labels: Value | None) -> Object:
    return Object("matrix", operation.dotted, {"X": names, "y": labels}, sources_of(names))
