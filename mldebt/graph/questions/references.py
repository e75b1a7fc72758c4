"""The moment up to which a value looks at rows, however each side is told it: the time of the run is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mldebt.terms import Term, apply
from mldebt.terms.moments import OF_DURATION
from mldebt.terms.term import number

NOW: Final = Term("now", (), (("tz", '"UTC"'),))


def at_one_moment(one: Term, other: Term) -> tuple[Term, Term]:
    """Both with the moment that rows are held against as what the clock says.

    `orders.at >= as_of - timedelta(days=14)`; for training that may be the latest of all that is stored.
    """
    turned = _told(other)
    if any(part.op == "now" for part in turned.walk()):
        one = _stored(one)
    one = _told(one)
    since = _told_since(one), _told_since(turned)
    return since if None not in since else (one, turned)  # type: ignore[return-value]


def _told_since(term: Term) -> Term | None:
    """With a moment as the time of the run from which what is known of all rows is taken: `as_of - max(at)`."""
    held = {part.args[0] for part in term.walk() if part.op == "sub" and len(part.args) == 2 and _is_last(part.args[1])}
    if len(held) != 1 or any(part.op == "now" for part in term.walk()):
        return None
    (found,) = held
    moment = _plain(found)
    if moment is None:
        return _put(term, (found,)) if found.op == "to_datetime" and not found.columns else None
    turned = _put(term, (moment, Term("to_datetime", (moment,))))
    return turned if not moment.columns & turned.columns else None


def _is_last(term: Term) -> bool:
    """Whether it is one moment of a group of rows."""
    return term.op in ("max", "min", "item", "last", "first") or (term.op == "over" and _is_last(term.args[0]))


def _told(term: Term) -> Term:
    """With a moment that is handed over as the time of the run."""
    found = {column for held, _ in _held(term) if (column := _plain(held)) is not None}
    if len(found) != 1 or any(part.op == "now" for part in term.walk()):
        return term
    (moment,) = found
    name = moment.settings[0][1]
    if name in _outside(term):
        return term
    return _put(term, (moment, Term("to_datetime", (moment,))))


def _plain(held: Term) -> Term | None:
    """A column that holds a moment, whether or not it came as a text."""
    inner = held.args[0] if held.op == "to_datetime" and not held.settings else held
    return inner if inner.op == "column" else None


def _stored(term: Term) -> Term:
    """With the latest of the rows that are held against it as the time of the run."""
    latest = {held for held, row in _held(term) if held.op == "max" and held.columns == row.columns}
    return _put(term, tuple(latest)) if len(latest) == 1 else term


def _put(term: Term, moments: tuple[Term, ...]) -> Term:
    if term in moments[::-1]:
        return NOW
    args = [_put(arg, moments) for arg in term.args]
    return (apply(term.op, args, term.settings) or term) if args != list(term.args) else term


def _held(term: Term) -> Iterator[tuple[Term, Term]]:
    """What rows are held against under the conditions of a value, and what of the rows."""
    for part in term.walk():
        if part.op == "filter" and len(part.args) == 2:
            yield from _compared(part.args[1])


def _compared(test: Term) -> Iterator[tuple[Term, Term]]:
    for part in test.walk():
        if part.op in ("lt", "le") and len(part.args) == 2:
            yield from _of_window(*part.args)
            yield from _of_window(*part.args[::-1])


def _of_window(side: Term, other: Term) -> Iterator[tuple[Term, Term]]:
    """`as_of - 7 days` beside `at`; `(as_of - at).days` beside a number or a length of time."""
    while side.op in (*OF_DURATION, "div", "floordiv") and side.args and (number(other) is not None or _is_span(other)):
        side = side.args[0]
    if side.op != "sub" or len(side.args) != 2:
        return
    moment, less = side.args
    if _is_span(less) and other.columns:
        yield moment, other
    elif less.columns and moment.columns and not other.columns:
        yield moment, less


def _is_span(term: Term) -> bool:
    return term.op in ("span_of", "timedelta")


def _outside(term: Term) -> frozenset[str]:
    """The columns that something else than a condition is computed of."""
    if term.op == "column":
        return term.columns
    args = term.args[:1] if term.op == "filter" else term.args
    return frozenset().union(*map(_outside, args))
