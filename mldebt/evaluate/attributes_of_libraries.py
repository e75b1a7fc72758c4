"""Attributes of library values: parts and columns of tables, what the knowledge base says of the others."""

from __future__ import annotations

from mldebt.evaluate import column_names, examples, nested_records
from mldebt.evaluate.calls import Call
from mldebt.evaluate.enumerations import is_value_of_member
from mldebt.evaluate.frames import column, group_columns, within_record
from mldebt.evaluate.handed_on import of_application
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.operations import carry_out
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.storage import key_of
from mldebt.evaluate.values import (
    Connection,
    Frame,
    Function,
    Handle,
    Method,
    Model,
    Object,
    Text,
    Value,
)

FORMS = {
    "table": "frame",
    "series": "series",
    "array": "array",
    "scalar": "series",
    "row": "series",
    "records": "records",
    "response": "response",
    "messages": "client",
    "query": "query",
    "message": "message",
    "window": "window",
    "strings": "strings",
    "dates": "dates",
    "categories": "categories",
    "missing": "missing",
    "examples": "examples",
}


def kind_of(value: Value) -> str:
    if isinstance(value, Frame):
        return FORMS.get(value.form, "frame")
    if isinstance(value, Model):
        return "model"
    if isinstance(value, Handle):
        return "handle"
    if isinstance(value, Connection):
        return "cursor" if value.rows else "connection"
    if isinstance(value, Text):
        return "path" if value.path else "str"
    if isinstance(value, Function):
        return "function"
    return value.kind if isinstance(value, Object) else ""


def library_attribute(machine: Machine, base: Value, name: str) -> Value:
    if isinstance(base, Object) and base.kind == "groupby" and _is_grouped_column(machine, base, name):
        return group_columns(machine, base, Text((name,)))
    if isinstance(base, Object) and name in base.facts:
        found = base.facts[name]
        return found if not isinstance(found, (str, bool, int, tuple, list)) else Method(base, name)
    if (made := of_application(machine, base, name)) is not None:
        return made
    if isinstance(base, Object) and base.kind == "blob" and name in ("name", "key") and (key := key_of(base)):
        return key
    kind = kind_of(base)
    entry = machine.knowledge.attribute(kind, name)
    if isinstance(base, Frame) and (part := _of_frame(machine, base, name, told=entry is not None)) is not None:
        return part
    if entry is not None:
        call = Call(machine.scope.statement[0], -1, [], {}, receiver=base)
        return carry_out(Operation(machine, call, entry, f"{kind}.{name}"))
    if isinstance(base, Object) and machine.knowledge.method(kind, name) is None:
        call = Call(machine.scope.statement[0], -1, [Text((name,))], {}, receiver=base)
        if (entry := machine.knowledge.method(kind, "__getattr__")) is not None and not name.startswith("_"):
            return carry_out(Operation(machine, call, entry, f"{kind}.{name}"))
    return Method(base, name)


ACCESSORS = frozenset({"dt", "str", "cat"})
"""What only a single column has."""


def _of_frame(machine: Machine, base: Frame, name: str, *, told: bool) -> Value | None:
    """A part of a frame, or one of its columns; `told`: what else is meant by the name is known."""
    if name in ACCESSORS and base.form == "table" and len(base.columns.keys() - set(base.index)) == 1:
        return library_attribute(machine, base.copy(form="series"), name)  # one column, by the groups
    if (part := _part_of_frame(base, name)) is not None:
        return part
    if is_value_of_member(machine, base, name):
        return base
    own = (not told or base.form in ("row", "records")) and _is_column(machine, base, kind_of(base), name)
    return column(machine, base, name) if own or nested_records.is_field(machine, base, name) else None


def _part_of_frame(base: Frame, name: str) -> Object | None:
    """What selects from a frame: its index, its column names, `loc` and its kin."""
    if name in ("loc", "iloc", "at", "iat"):
        return Object("iloc" if name.startswith("i") else "loc", facts={"frame": base}, sources=sources_of(base))
    if name == "index":
        return Object("index", facts={"frame": base}, sources=sources_of(base))
    if name == "columns" or (name == "column_names" and base.form == examples.EXAMPLES):
        return column_names.of_frame(base)
    return None


def _is_grouped_column(machine: Machine, base: Object, name: str) -> bool:
    """`df.groupby("k").price`."""
    frame = base.facts.get("frame")
    if not isinstance(frame, Frame) or machine.knowledge.method("groupby", name) is not None:
        return False
    return name in frame.columns or (bool(frame.open) and machine.knowledge.attribute("groupby", name) is None)


BESIDE_DATA = frozenset(("app", "state", "session"))
"""What a request has besides what was sent with it: `request.app.state.model`."""


def _is_column(machine: Machine, frame: Frame, kind: str, name: str) -> bool:
    if name in frame.columns:
        return True
    if name.startswith("_") or (base_is_table(frame) and machine.knowledge.method(kind, name) is not None):
        return False
    if frame.form in ("series", "scalar") and machine.knowledge.method(kind, name) is None:
        return bool(within_record(machine, frame)) and not BESIDE_DATA & frame.columns.keys()
    return frame.form in ("table", "row", "records") and (bool(frame.open) or frame.vague)


def base_is_table(frame: Frame) -> bool:
    return frame.form not in ("row", "records")
