"""Slices of a frame: which rows are between two places, and what that makes of them."""

from __future__ import annotations

from mldebt.evaluate.frames import select_rows
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import between, part_of_text
from mldebt.evaluate.positions import spelled
from mldebt.evaluate.values import Const, Frame, Object, Text, Unknown, Value
from mldebt.sites import Site


def sliced(machine: Machine, frame: Frame, key: Object, site: Site) -> Frame:
    """Rows by position: `[:n]` and `[n:]` are the two sides of one split, `[:-1]` and `[1:]` shift."""
    if frame.form == "strings":
        return frame.copy(form="series", term=part_of_text(machine, frame, key), terms={})
    low, high = key.facts["bounds"][0], key.facts["bounds"][1]
    no_low = isinstance(low, Const) and low.value in (None, 0)
    no_high = isinstance(high, Const) and high.value is None
    if no_low and no_high and not _steps(key):
        return frame.copy()
    if _steps(key):
        steps = ("steps", machine.scope.statement, spelled(key), frame.node)
        return select_rows(machine, frame, steps, site, "filter", pick=between(key))
    part = "train" if no_low else "test" if no_high else _middle(machine, low, high)
    key_ = ("slice", machine.scope.statement, part, frame.node)
    if _is_shift(no_low, low, no_high, high):
        return select_rows(machine, frame, key_, site, "filter", pick=between(key))
    split, whole = f"slice:{frame.rows}", frame
    if part in ("train", "test") and not isinstance(high if no_low else low, Const):
        whole = frame.copy(rows=_put_in(machine, frame.rows, first=no_low))
    slides = (part.startswith("window") and _moves_by_one(low, high)) or None
    return select_rows(machine, whole, key_, site, "part", split=split, part=part, pick=between(key), slides=slides)


def _moves_by_one(*bounds: Value) -> bool:
    """Whether the next window begins one row further, so that it shares all but one with this one."""
    from mldebt.evaluate.containers import ONE_BY_ONE

    return any(isinstance(bound, Unknown) and bound.reason == ONE_BY_ONE for bound in bounds)


def _middle(machine: Machine, low: Value, high: Value) -> str:
    """A slice out of the middle; in a loop that gives it other bounds each time, a window over all of the rows."""
    moves = machine.scope.loops and not (isinstance(low, Const) and isinstance(high, Const))
    return f"{'window' if moves else 'middle'} {_bound(machine, low)} to {_bound(machine, high)}"


def _bound(machine: Machine, value: Value) -> str:
    """Tells one place between the rows from another; one that nothing is known of is that of its statement."""
    if isinstance(value, Const):
        return str(value.value)
    if isinstance(value, Frame):
        return str(value.term) if value.term is not None else value.node
    named = value.label if isinstance(value, Unknown) else (value.literal or "") if isinstance(value, Text) else ""
    return named or machine.node_id("rows", "bound", machine.scope.statement)


def _put_in(machine: Machine, rows: str, *, first: bool) -> str:
    """What is cut off again of two tables that were put below each other: `both = concat([train, test])`, then
    `both[:len(train)]`. Of anything else, the rows themselves."""
    here = rows
    while (known := machine.trace.rows.get(here)) is not None and known.operation in ("join", "equal"):
        here = known.parents[0]
    if known is None or known.operation != "concat" or len(known.parents) != 2:
        return rows
    held: tuple[str, ...] = known.parents
    return held[0] if first else held[1]


def _steps(key: Object) -> bool:
    """`[::2]` leaves rows out."""
    step = key.facts["bounds"][2]
    return isinstance(step, Const) and isinstance(step.value, int) and abs(step.value) > 1


def _is_shift(no_low: bool, low: Value, no_high: bool, high: Value) -> bool:
    """Whether all rows but the first or the last are meant, as where each row is set beside the next one."""
    without_last = no_low and isinstance(high, Const) and high.value == -1
    return without_last or (no_high and isinstance(low, Const) and low.value == 1)


def is_full_slice(key: Object) -> bool:
    return key.kind == "slice" and all(isinstance(b, Const) and b.value is None for b in key.facts["bounds"])
