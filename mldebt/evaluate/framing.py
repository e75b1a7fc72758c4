"""Values of all kinds as frames: records, lists, arrays and what is made of several frames."""

from __future__ import annotations

from mldebt.evaluate.frames import flow, held_by, new_frame, rows_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.origins import last_of, note_literal
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.terms_of import cell_of, cells_of, with_terms
from mldebt.evaluate.values import (
    Choice,
    Frame,
    Loaded,
    Map,
    Object,
    Seq,
    Unknown,
    Value,
    dropped_from,
)
from mldebt.sites import Site


def as_frame(machine: Machine, value: Value, hint: str = "") -> Frame:
    """A value as tabular data; what is only known to hold data becomes an open frame."""
    if isinstance(value, Frame):
        return value
    if isinstance(value, Loaded):
        machine.trace.loaded_as.setdefault(value.node, set()).add("frame")
        rows = machine.trace.rowset(f"rows:{value.node}", "read", machine.site())
        return Frame(value.node, {}, (value.name,), rows=rows)
    if isinstance(value, Object) and (held := held_by(value)) is not None:
        return as_frame(machine, held, hint)
    if isinstance(value, Choice) and (frames := [one for one in value.options if isinstance(one, Frame)]):
        return one_of(machine, frames, hint)
    sources = last_of(machine, sources_of(value))
    refs = columns_of(value)
    cells = cells_of(machine, value)
    for source in sources:
        if source.startswith("loaded:"):
            machine.trace.loaded_as.setdefault(source, set()).add("frame")
    if len(sources) == 1 and not _windowed(machine, value, sources[0]):
        rows = _some_of(machine, value, sources)
        made = Frame(sources[0], {"": refs}, rows=rows, form="array", vague=True, named=False, cells=cells)
        return _one_value(made, value) if isinstance(value, Unknown) else made
    label = hint or (value.label if isinstance(value, Unknown) else "")
    site = machine.site()
    frame = new_frame(
        machine, label or "value", ("as frame", label, tuple(sources)), site, columns={"": refs}, vague=True
    )
    note_literal(machine, frame.node, value)
    for source in sources:
        machine.trace.edge(source, frame.node, "DERIVES", site, operation="collect")
    if any(rows_of(machine, source) for source in sources):
        frame.rows = _some_of(machine, value, sources, frame.node)
        machine.trace.node(frame.node, "frame", machine.trace.nodes[frame.node].name, rows=frame.rows)
    frame.form, frame.named, frame.cells = "array", isinstance(value, Map), cells
    return frame


def _one_value(made: Frame, value: Unknown) -> Frame:
    """Where it is known how it is computed, it is one value of a record."""
    return made if value.term is None else made.copy(form="scalar", term=value.term)


def _some_of(machine: Machine, value: Value, sources: list[str], node: str = "") -> str:
    """The rows of something made of frames: all of theirs in a list, unknown ones of what can't be seen into."""
    parents = tuple(filter(None, (rows_of(machine, source) for source in sources)))
    known = isinstance(value, (Seq, Map))
    if not parents or (known and not node):
        return "".join(parents[:1])
    if len(sources) == 1 and (whole := _windowed(machine, value, sources[0])):
        return machine.trace.rowset(f"rows:{node}:of", "reshaped", machine.site(), (whole,))
    return machine.trace.rowset(
        f"rows:{node or sources[0]}:of", "concat" if known else "unknown", machine.site(), parents
    )


def _windowed(machine: Machine, value: Value, source: str) -> str:
    """The rows of which a loop put slices into a list, one after the other: `windows.append(series[i : i + 24])`.

    They are no side of a split, as a single slice out of the middle is.
    """
    if not (isinstance(value, Seq) and value.grown):
        return ""
    part = machine.trace.rows.get(rows_of(machine, source))
    of_middle = part is not None and part.part.startswith(("middle", "window")) and part.split.startswith("slice:")
    return part.parents[0] if part is not None and of_middle and part.parents else ""


def one_of(machine: Machine, frames: list[Frame], hint: str = "") -> Frame:
    """One of several frames, as where a file stands in for a database: what holds of all of them."""
    first = frames[0]
    if all(frame.node == first.node for frame in frames):
        return first
    site = machine.site()
    nodes = tuple(sorted({frame.node for frame in frames}))
    name = hint or machine.trace.nodes[first.node].name
    made = new_frame(machine, name, ("one of", nodes), site, rows=first.rows)
    rows = tuple(sorted({frame.rows for frame in frames if frame.rows}))
    if len(rows) > 1:
        made.rows = machine.trace.rowset(f"rows:{made.node}", "concat", site, rows)
        machine.trace.node(made.node, "frame", name, rows=made.rows)
    for frame in frames:
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="alternative")
        for column_name, refs in frame.columns.items():
            made.columns[column_name] = made.columns.get(column_name, frozenset()) | refs
        made.open = tuple(dict.fromkeys((*made.open, *frame.open)))
    made.vague = any(frame.vague or set(frame.columns) != set(made.columns) for frame in frames)
    with_terms(machine, made, frames)
    made.dropped = dropped_from(frames)
    made.form, made.named = first.form, all(frame.named for frame in frames)
    return made


def _begin_with(frame: Frame, record: Value | None) -> None:
    """A dictionary that was made of a record has all that the record has."""
    if isinstance(record, Frame):
        frame.columns, frame.open, frame.dropped = dict(record.columns), record.open, record.dropped
        frame.term, frame.terms = record.term, dict(record.terms)


def from_items(machine: Machine, value: Value, hint: str, ordinal: object, site: Site) -> Frame:
    """A frame built from a dictionary of columns, a list of records, or rows."""
    frame = new_frame(machine, hint, ordinal, site, operation="made")
    flow(machine, value, frame.node, site, "frame")
    note_literal(machine, frame.node, value)
    record = value.items[0] if isinstance(value, Seq) and value.items else value
    if isinstance(record, Map):
        _begin_with(frame, record.record)
        for name, item in record.entries.items():
            ref = (frame.node, str(name))
            machine.trace.column(ref, "derived", site, columns_of(item))
            machine.trace.computed(ref, cell_of(machine, item))
            frame.columns[str(name)] = frozenset((ref,))
            frame.terms.pop(str(name), None)
        frame.vague = record.open and not isinstance(record.record, Frame)
    elif isinstance(record, Frame) and record.form in ("records", "row", "table"):
        frame.columns, frame.open, frame.dropped = dict(record.columns), record.open, record.dropped
        frame.vague, frame.named = record.vague, record.named
        frame.term, frame.terms = record.term, dict(record.terms)
    else:
        frame.columns = {"": columns_of(value)}
        frame.vague, frame.cells = True, cells_of(machine, value)
    return frame
