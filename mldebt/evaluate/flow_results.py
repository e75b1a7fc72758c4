"""What the steps of a flow leave behind, and who asks a run for it: `Flow("Train").latest_run.data.model`."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.catalog import fetch, keep
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.results import stored
from mldebt.evaluate.unset import flattened
from mldebt.evaluate.values import Class, Env, Function, Hole, Instance, Object, Text, Unknown, Value, text
from mldebt.knowledge.loader import Entry
from mldebt.read.facts import Expr


def run_of_flow(operation: Operation) -> Value:
    """`Flow("Train")`, `Run("Train/17")`, and what is reached from there: the first part of the name tells the flow."""
    given, receiver = operation.given("name"), operation.receiver
    flow = receiver.facts.get("flow") if isinstance(receiver, Object) else given
    if isinstance(flow, Text):
        flow = Text((flow.template.partition("/")[0],)) if flow.template[:1] not in ("{", "/") else None
    return Object(operation.entry.text("returns"), operation.dotted, {"flow": flow})


def artifact(operation: Operation) -> Value:
    """What a run has under a name."""
    receiver, name = operation.receiver, operation.given("name")
    if not isinstance(receiver, Object) or not isinstance(name, Text) or name.literal is None:
        return Unknown("artifact of an unknown run")
    flow = receiver.facts.get("flow")
    parts = flow.parts if isinstance(flow, Text) else (Hole("flow", "any"),)
    place = stored(operation.entry, name.literal)
    place.facts["call"].kwargs["name"] = Text((*parts, f"/{name.literal}"))
    made = Call(operation.call.line, operation.call.ordinal, [], {}, hint=name.literal)
    return fetch(operation.machine, place, None, made)


def keep_for_clients(machine: Machine, cls: Class, instance: Instance, entry: Entry) -> None:
    """Store what the steps have set and some code asks a run for."""
    asked = machine.workspace.asked_of_runs(entry.key.partition(".")[0])
    for name in asked if instance.fields else ():
        value = instance.fields.get(name)
        line = _set_at(machine, cls, name)
        if value is None or not line or not sources_of(value):
            continue
        with machine.entered(Scope(cls.file, cls.qualname, cls.key, Env(), statement=(line, line))):
            place = stored(entry, name)
            place.facts["call"].kwargs["name"] = text(f"{cls.qualname}/{name}")
            keep(machine, place, value, Call(line, -1, [], {}))


def _set_at(machine: Machine, cls: Class, name: str) -> int:
    """The last line on which a step sets an attribute of the flow."""
    steps = [one for one in cls.members.values() if isinstance(one, Function) and one.owner is cls]
    lines = [
        statement[1]
        for step in steps
        for statement in flattened(machine.body_of(step))
        if statement[0] == "assign" and any(_sets(target, name) for target in statement[3])
    ]
    return max(lines, default=0)


def _sets(target: Expr, name: str) -> bool:
    if target[0] in ("tuple", "list"):
        return any(_sets(one, name) for one in target[1])
    return bool(target[0] == "attr" and target[1][0] == "name" and target[2] == name)
