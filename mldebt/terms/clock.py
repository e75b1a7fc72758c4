"""Expressions in which the time of the run stands."""

from __future__ import annotations

from mldebt.terms.term import Term

WINDOW = Term("sub", (Term("now"), Term("span_of")))
"""Stands for a time that is counted from the time of the run, where nothing else is known of it."""

_WRITTEN = frozenset({
    "strftime", "cast", "tz_convert", "tz_localize", "to_datetime", "date", "floor_time", "timestamp", "text",
})  # fmt: skip
"""What only writes a time in another way."""


def has_clock(term: Term) -> bool:
    return any(part.op == "now" for part in term.walk())


def value_has_clock(term: Term) -> bool:
    """Whether the time of the run goes into the value itself, not only into which rows it is made of."""
    if term.op == "filter":
        return value_has_clock(term.args[0])
    return term.op == "now" or any(value_has_clock(arg) for arg in term.args)


def is_present(term: Term) -> bool:
    """Whether it is the very time of the run, however written: as a limit it does nothing, for no data is later."""
    return term.op == "now" or (term.op in _WRITTEN and bool(term.args) and is_present(term.args[0]))


def bounds_a_window(term: Term) -> bool:
    """Whether a condition, or a value that one is told, keeps other rows when the run is later."""
    if not has_clock(term):
        return False
    if term.op in ("and", "or", "not"):
        return any(bounds_a_window(arg) for arg in term.args)
    if term.op in ("lt", "le", "between"):
        return any(has_clock(arg) and not is_present(arg) for arg in term.args)
    return not is_present(term)
