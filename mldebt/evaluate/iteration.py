"""What a loop goes over."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import (
    Choice,
    Connection,
    Const,
    Frame,
    Handle,
    Loaded,
    Map,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    derived,
    hole,
    text,
)
from mldebt.read.facts import Expr


def elements(machine: Machine, value: Value, expression: Expr | None = None) -> tuple[list[Value], bool]:
    """The values that a loop variable takes, and whether these are all of them."""
    if isinstance(value, Seq):
        return list(value.items) or ([Unknown("item of an unknown sequence")] if value.open else []), not value.open
    if isinstance(value, Map):
        return [text(key) if isinstance(key, str) else Const(key) for key in value.entries], not value.open
    if isinstance(value, Choice):
        found = [item for option in value.options for item in elements(machine, option)[0]]
        return found, False
    if isinstance(value, Frame):
        return [_of_frame(machine, value)], False
    if isinstance(value, Handle):
        return [_of_handle(machine, value)], False
    if isinstance(value, Connection):
        return [row.copy(form="row") for row in value.rows] or [Unknown("rows of an unknown query")], False
    if isinstance(value, Text) and value.literal is not None and len(value.literal) <= 8:
        return [text(character) for character in value.literal], True
    if isinstance(value, Object) and value.kind in ("groupby", "splitter"):
        return [_of_object(value)], False
    if isinstance(value, Loaded):
        return [value], False
    return [derived("item of an unknown sequence", value)], False


def _of_frame(machine: Machine, value: Frame) -> Value:
    """Iterating over a table gives its column names, over a series or array its values, over records its rows."""
    if value.form == "table":
        names = [text(name) for name in value.columns if name]
        if names and not value.open:
            return Seq(list(names)).items[0] if len(names) == 1 else hole("column", "loop")
        return hole("column", "loop")
    if value.form == "messages":
        return value.copy(form="message")
    return value.copy(form="row" if value.form in ("records", "array") else "series")


def _of_handle(machine: Machine, value: Handle) -> Value:
    from mldebt.evaluate.handles import read_handle

    return read_handle(machine, value, machine.site(), "row")


def _of_object(value: Object) -> Value:
    frame = value.facts.get("frame")
    if isinstance(frame, Frame):
        return Seq([hole(value.facts.get("key") or "group", "loop"), frame], kind="tuple")
    return Seq([Unknown("train indices", "train"), Unknown("test indices", "test")], kind="tuple")
