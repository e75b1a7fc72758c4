"""Columns that are told by where they stand: taken by number, or named by a list in the order in which they come."""

from __future__ import annotations

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Const, Frame, Object, Seq, Value
from mldebt.sites import Site

BY_POSITION = ("table", "array")
LISTS = ("series", "array", "records")
AS_READ = frozenset({"hole", "column", "appended"})
"""What is done to names that are only listed; a mask compares."""


def taken(machine: Machine, source: Frame, shown: str, part: Frame, site: Site) -> Frame:
    """The part of a frame that numbers tell, `shown` as written, as a frame of its own, so that it can be followed."""
    if source.form not in BY_POSITION or source.ordered or not shown:
        return part
    return _marked(machine, part, ("position", machine.scope.statement, shown, part.node), shown, "position", site)


def is_loose(names: Value) -> bool:
    """Whether names of columns are those that a table happens to have."""
    if isinstance(names, Object) and names.kind == "columns":
        frame = names.facts.get("frame")
        return isinstance(frame, Frame) and not frame.ordered
    if isinstance(names, Frame):
        return names.form == "table" and not names.ordered
    return isinstance(names, Seq) and names.loose


def is_stored_list(frame: Frame, key: Frame) -> bool:
    """Whether names of columns, read from a data set of their own, choose from a table: no mask over its rows."""
    term = key.term
    as_read = term is None or term.op in AS_READ
    owners = {owner for owner, _ in key.refs()}
    own = {frame.node, *frame.open, *(owner for owner, _ in frame.refs())}
    stored = all(owner.startswith("dataset:") for owner in owners) and (bool(owners) or key.form == "records")
    return frame.form == "table" and key.form in LISTS and as_read and stored and not owners & own


def named(machine: Machine, frame: Frame, names: list[str], site: Site) -> None:
    """`df.columns = [...]`: whatever stands first gets the first name."""
    if frame.form != "table" or frame.ordered:
        return
    key = ("names", machine.scope.statement, frame.node)
    frame.node = _marked(machine, frame, key, ", ".join(names), "names", site).node
    frame.ordered, frame.rest = True, ()


def _marked(machine: Machine, part: Frame, key: object, shown: str, operation: str, site: Site) -> Frame:
    known = machine.trace.nodes.get(part.node)
    name = machine.scope.hint or (known.name if known else "columns")
    made = new_frame(machine, name, key, site, rows=part.rows)
    machine.trace.edge(part.node, made.node, "DERIVES", site, operation=operation, columns=shown)
    return part.copy(node=made.node, rest=())


def spelled(columns: Value) -> str:
    """Positions as they are written, "" for those that are not written as numbers."""
    if isinstance(columns, Const):
        return str(columns.value) if _is_number(columns.value) else ""
    if isinstance(columns, Seq):
        numbers = [item.value for item in columns.items if isinstance(item, Const) and _is_number(item.value)]
        return f"{numbers}" if numbers and len(numbers) == len(columns.items) and not columns.open else ""
    if isinstance(columns, Object) and columns.kind == "slice":
        return _slice(columns.facts["bounds"])
    return ""


def _slice(bounds: list[Value]) -> str:
    if not all(isinstance(bound, Const) for bound in bounds):
        return ""
    values = [bound.value for bound in bounds if isinstance(bound, Const)]
    everything = values[0] in (None, 0) and values[1] is None
    if everything or not all(value is None or _is_number(value) for value in values):
        return ""
    low, high, step = ("" if value is None else str(value) for value in values)
    return f"{low}:{high}" + (f":{step}" if step else "")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
