"""Tasks that keep what they make and bring what they need by methods of their library: `self.dump`, `self.load`."""

from __future__ import annotations

from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.calls import Call, bound, call_function
from mldebt.evaluate.catalog import fetch, keep
from mldebt.evaluate.joins import join
from mldebt.evaluate.objects import models_in
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.results import stored
from mldebt.evaluate.values import NONE, Function, Instance, Map, Object, Seq, Text, Unknown, Value, options_of
from mldebt.knowledge.loader import Entry

DEPTH = 3
"""How far lists and dictionaries of tasks are followed."""


def dump(operation: Operation, receiver: Instance) -> Value:
    """`self.dump(table)`: it is stored as the output of the task."""
    data = operation.given("data")
    if data is not None:
        place = _place(operation, receiver)
        if not models_in(data):
            entry = place.facts["entry"]
            place.facts["entry"] = Entry(entry.key, entry.op, {**entry.fields, "returns": "frame"})
        keep(operation.machine, place, data, operation.call)
    return NONE


def target(operation: Operation, receiver: Instance) -> Value:
    """`self.make_target("data/table.pkl")`: the file that is named."""
    return operation.given("name") or Unknown("target without a name")


def load(operation: Operation, receiver: Instance) -> Value:
    """`self.load("table")`: what the task of that name has stored that this one requires, or what the only one has."""
    machine, told = operation.machine, operation.given("name")
    required = class_member(machine, receiver.cls, operation.entry.text("needed_by"))
    if not isinstance(required, Function):
        return Unknown("output of an unknown task")
    needed = call_function(machine, bound(required, receiver), Call(operation.call.line, -1, [], {}))
    if isinstance(needed, Map) and isinstance(told, Text) and told.literal is not None:
        needed = needed.entries.get(told.literal, Unknown("output of an unknown task"))
    return _brought(operation, needed)


def _brought(operation: Operation, needed: Value, hint: str = "", depth: int = DEPTH) -> Value:
    if isinstance(needed, Instance):
        hint = hint or operation.hint or needed.cls.qualname
        made = Call(operation.call.line, operation.call.ordinal, [], {}, hint=hint)
        return fetch(operation.machine, _place(operation, needed), None, made)
    if isinstance(needed, Map) and depth:
        brought = {key: _brought(operation, one, str(key), depth - 1) for key, one in needed.entries.items()}
        return Map(brought, needed.open)
    if isinstance(needed, Seq) and depth:
        return Seq([_brought(operation, one, "", depth - 1) for one in needed.items], needed.open)
    options = options_of(needed)
    found = [_brought(operation, one, hint, depth - 1) for one in options if len(options) > 1 and depth]
    return join(found) if found else Unknown("output of an unknown task")


def _place(operation: Operation, task: Instance) -> Object:
    """Where a task stores what it makes: under the name that it gives itself, else under that of its class."""
    machine = operation.machine
    method = class_member(machine, task.cls, operation.entry.text("made_by"))
    made = Call(operation.call.line, -1, [], {})
    where = call_function(machine, bound(method, task), made) if isinstance(method, Function) else None
    place = stored(operation.entry, task.cls.qualname)
    if isinstance(where, Text):
        place.facts["entry"] = Entry(operation.entry.key, "store", {"name": "name", "returns": "object"})
        place.facts["call"].kwargs["name"] = where
    return place
