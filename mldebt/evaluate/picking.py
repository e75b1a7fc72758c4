"""Which rows a value is left with, for whatever is computed over several of them: `df[df.paid].amount.mean()`.

A value for each row is the same whichever rows are kept, so what was picked is said only where rows go into each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mldebt.evaluate.provenance import children
from mldebt.evaluate.terms_of import cut, term_of
from mldebt.evaluate.values import Const, Frame, Hole, Map, Object, Pick, Seq, Text, Unknown, Value
from mldebt.terms import Term, apply, const
from mldebt.terms.clock import WINDOW, bounds_a_window
from mldebt.terms.term import number, written
from mldebt.terms.words import SPLIT, is_of_words, of_words

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

STATISTICS: Final = frozenset({
    "mean", "median", "sum", "min", "max", "prod", "count", "size", "nunique", "any", "all", "mode", "skew", "kurt",
    "sem", "std", "var", "quantile", "percentile",
})  # fmt: skip
IN_ORDER: Final = frozenset({
    "first", "last", "item", "rolling", "expanding", "ewm", "resample", "shift", "diff", "pct_change", "cumsum",
    "cumprod", "cummax", "cummin", "cumcount", "rank", "forward_fill", "backward_fill", "interpolate", "idxmax",
    "idxmin", "row_number", "rolling_mean", "rolling_sum", "rolling_max", "rolling_min", "rolling_std", "rolling_var",
    "rolling_median", "ewm_mean",
})  # fmt: skip
_VARIABLE = re.compile(r"@(\w+)")
PICKING: Final = frozenset({"head", "tail"})
"""Operations that keep some rows and change no value."""


TEXTUAL: Final = frozenset({"lower", "upper", "strip", "title", "capitalize", "casefold", "startswith", "endswith"})


def goes_over_rows(op: str) -> bool:
    return op in STATISTICS or op in IN_ORDER


def picked(op: str, term: Term | None, value: Value | None) -> Term | None:
    """What an operation over rows is computed of: the values of the rows that are left."""
    picks = value.picked if isinstance(value, (Frame, Seq)) else ()
    if op in TEXTUAL and isinstance(value, Frame):
        return cut(term, value)
    if isinstance(value, Seq) and is_of_words(term) and goes_over_rows(op):
        return of_words(_left(term, picks)) if not value.grown else None
    if not picks or not goes_over_rows(op):
        return term
    if op in STATISTICS:
        picks = _without_last_orders(picks)
    return _left(term, picks)


def _left(term: Term | None, picks: Iterable[Pick]) -> Term | None:
    for name, told, test in picks:
        term = apply(name, [term] if test is None else [term, test], told)
    return term


def joined(machine: Machine, separator: Value, value: Value) -> Term | None:
    """`" ".join(word for word in text.split() if …)`."""
    if not isinstance(separator, Text) or separator.literal is None:
        return None
    term = term_of(machine, value) if isinstance(value, (Frame, Unknown)) else None
    if isinstance(value, Seq) and value.open and not value.grown:
        term = of_words(_left(term_of_each(machine, value), value.picked))
    lists = term is not None and term.op in {*SPLIT, "words"}
    return apply("joined", [term], [("by", written(separator.literal))]) if lists else None


def summarises(term: Term) -> bool:
    """Whether a value is one for all rows."""
    return any(part.op in STATISTICS for part in term.walk())


def left_over(machine: Machine, value: Value) -> Term | None:
    """The values of a list that are left, in their order."""
    return _left(term_of(machine, value), value.picked if isinstance(value, (Frame, Seq)) else ())


def _without_last_orders(picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
    """A statistic doesn't depend on the order; which rows are the last does."""
    places = [at for at, pick in enumerate(picks) if pick[0] in ("head", "tail", "span", "rows")]
    last = places[-1] if places else -1
    return tuple(pick for at, pick in enumerate(picks) if pick[0] != "sorted" or at < last)


def some_rows(how: str) -> Pick:
    """Rows of which it isn't told which they are, but how they were chosen."""
    return ("rows", (("how", written(how)),), None)


def kept_by(test: Term | None) -> Pick:
    return ("filter", (), test) if test is not None else some_rows("filter")


def sorted_by(names: list[str], ascending: Value | None) -> Pick:
    direction = _directions(ascending)
    if not names or direction is None:
        return some_rows("sort")
    return ("sorted", (("ascending", direction), ("by", written(names))), None)


def is_in_order(value: Frame | Seq) -> bool:
    """Whether the rows were sorted last of all."""
    last = value.picked[-1] if value.picked else None
    return last is not None and (last[0] == "sorted" or last == some_rows("sort"))


def _directions(value: Value | None) -> str | None:
    if value is None:
        return "true"
    if isinstance(value, Const) and isinstance(value.value, bool):
        return written(value.value)
    flags = [item.value for item in value.items if isinstance(item, Const)] if isinstance(value, Seq) else []
    return written(flags[0]) if flags and len(set(map(str, flags))) == 1 else None


def between(key: Object) -> Pick:
    """`[-7:]`, `[:10]`, `[-8:-1]`."""
    low, high, step = map(_bound, key.facts["bounds"])
    if step not in (None, 1) or any(not isinstance(bound, (int, type(None))) for bound in (low, high)):
        return some_rows("slice")
    if high is None and isinstance(low, int) and low < 0:
        return ("tail", (("n", str(-low)),), None)
    if not low and isinstance(high, int) and high > 0:
        return ("head", (("n", str(high)),), None)
    return ("span", tuple((name, written(at)) for name, at in (("start", low), ("stop", high)) if at is not None), None)


def _bound(value: Value) -> object:
    """Where a slice begins or ends: a number, also one that is only a default; "?" where it can't be told."""
    if isinstance(value, Const):
        return value.value
    found = number(value.term) if isinstance(value, Unknown) and value.term is not None else None
    return int(found) if found is not None and found == int(found) else "?"


def test_of(machine: Machine, value: Value) -> Term | None:
    """A value as a condition: a list that was made by going over data is true where it holds anything."""
    if isinstance(value, Seq) and value.open:
        return apply("lt", [const(0), apply("size", [picked("size", term_of_each(machine, value), value)])])
    return term_of(machine, value)


def item_at(machine: Machine, value: Frame | Seq, place: int) -> Term | None:
    """One of several values, by its place."""
    term = term_of(machine, value) if isinstance(value, Frame) else term_of_each(machine, value)
    if term is not None and term.op == "one_of" and not value.picked:
        return apply("get", term.args, [("at", str(place))])
    return apply("item", [picked("item", term, value)], [("at", str(place))])


def part_of_text(machine: Machine, value: Frame, key: Object | Const) -> Term | None:
    """`df.code.str[:2]`, `df.code.str[0]`."""
    if isinstance(key, Const):
        whole = isinstance(key.value, int)
        return apply("get", [term_of(machine, value)], [("at", str(key.value))]) if whole else None
    bounds = [bound.value if isinstance(bound, Const) else "?" for bound in key.facts.get("bounds", "?")]
    if len(bounds) != 3 or bounds[2] not in (None, 1) or "?" in bounds:
        return None
    told = [(name, written(at)) for name, at in zip(("start", "stop"), bounds, strict=False) if at is not None]
    return apply("slice", [term_of(machine, value)], told)


def term_of_each(machine: Machine, value: Seq) -> Term | None:
    """How each value of a list is computed that was made by going over data."""
    one = value.items[0] if value.open and len(value.items) == 1 else None
    if isinstance(one, Const) and one.value == 1 and not isinstance(one.value, bool):
        return Term("each")  # sum(1 for …)
    return term_of(machine, one)


def clocked(*picks: Pick) -> dict[str, Term]:
    """The condition in which the time of the run stands, as an attribute of the edge over which the rows come."""
    return _at_clock(test for _, _, test in picks)


def clock_among(machine: Machine, values: Iterable[Value | None]) -> dict[str, Term]:
    """The same where the time is handed over beside the condition, as the parameter of a query."""
    given = [part for value in values if value is not None for part in (value, *_within(value))]
    if any(isinstance(part, Text) and any(isinstance(one, Hole) and one.kind == "time" for one in part.parts)
           for part in given):  # fmt: skip
        return {"clock": WINDOW}
    return _at_clock(term_of(machine, part) for part in given)


def clock_in_text(machine: Machine, test: Value | None) -> dict[str, Term]:
    """The same for a condition that is a text: `"paid_at > @start"`."""
    named = _VARIABLE.findall(test.template) if isinstance(test, Text) else ()
    return clock_among(machine, (test, *(machine.scope.env.get(name) for name in named)))


def _within(value: Value) -> Iterable[Value]:
    return children(value) if isinstance(value, (Seq, Map)) else ()


def _at_clock(terms: Iterable[Term | None]) -> dict[str, Term]:
    return next(({"clock": term} for term in terms if term is not None and bounds_a_window(term)), {})
