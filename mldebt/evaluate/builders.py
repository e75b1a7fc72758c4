"""Library objects keep what they were made with: the name of what they stand for, their first line, their frame.

Builders are told how before they do it, `reader.option("path", …).load()`, and keep that too.
"""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.joins import join
from mldebt.evaluate.operation import BEGUN, FRAME, Operation
from mldebt.evaluate.storage import OWN_STORE, SETTINGS, STORED, named
from mldebt.evaluate.strings import alternatives
from mldebt.evaluate.values import NONE, Frame, Object, Text, Value, hole

VERSION = "model_version"


def facts_of(operation: Operation) -> dict[str, object]:
    """What a new object keeps of the call or attribute that makes it."""
    facts: dict[str, object] = {**named(operation)}
    service = operation.given("service")
    if own := operation.entry.text("store") or (service.literal if isinstance(service, Text) else ""):
        facts[OWN_STORE] = own
    if operation.entry.selector("seed"):
        facts["seed"] = operation.seed_status()
    if operation.entry.flag("attribute"):
        facts[BEGUN] = operation.machine.scope.statement[0]
    if isinstance(operation.receiver, Frame):
        facts[FRAME] = operation.receiver
    return facts


def configure(operation: Operation) -> Value:
    """The builder with more settings. Where the entry names none, the method's own name is the setting's."""
    receiver = operation.receiver
    if not isinstance(receiver, Object):
        return receiver if receiver is not None else NONE
    settings = {**receiver.facts.get(SETTINGS, {}), **operation.call.kwargs}
    value = operation.given("value")
    name = _setting(operation)
    if name and value is not None:
        settings[name] = value
    return Object(receiver.kind, receiver.dotted, {**receiver.facts, SETTINGS: settings}, receiver.sources)


def _setting(operation: Operation) -> str | None:
    if not operation.entry.selector("name"):
        return operation.dotted.rpartition(".")[2]
    named = operation.given("name")
    return named.literal if isinstance(named, Text) else None


def settle(receiver: Value, call: Call) -> None:
    """What a builder was told before counts as keywords of the call that ends it."""
    if isinstance(receiver, Object) and SETTINGS in receiver.facts:
        for name, value in receiver.facts[SETTINGS].items():
            call.kwargs.setdefault(name, value)


def version(operation: Operation) -> Value:
    """The versions of a registered model, asked for by its name or by a filter that says `name='…'`."""
    given = operation.given("name")
    names = [_quoted(name) for name in alternatives(given)] if given is not None else [hole("model")]
    return Object(VERSION, operation.dotted, {STORED: join(names)})


def _quoted(one: Text) -> Text:
    """What stands in quotes, all of a text that has none."""
    first, last = one.parts[0], one.parts[-1]
    quote = next((mark for mark in "'\"" if isinstance(first, str) and mark in first), None)
    if quote is None or not isinstance(first, str):
        return one
    if len(one.parts) == 1:
        return Text((first.split(quote)[1],))
    end = (last.partition(quote)[0],) if isinstance(last, str) else (last,)
    parts = (first.partition(quote)[2], *one.parts[1:-1], *end)
    return Text(tuple(part for part in parts if part != "") or ("",))
