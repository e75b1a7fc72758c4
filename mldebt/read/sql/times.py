"""Lengths of time and dates in SQL, whichever way a database writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sqlglot import exp

from mldebt.terms import Term, apply

Read = Callable[[exp.Expr], Term | None]
SPANS: Final = frozenset({"days", "hours", "minutes", "seconds", "weeks"})
WRITTEN: Final = re.compile(r"\s*([+-]?)\s*(\d+)\s+([a-z]+?)s?\s*", re.IGNORECASE)
NOW: Final = ("now", "getdate", "sysdate", "utcnow", "getutcdate", "localtimestamp", "unixepoch")


def now() -> Term | None:
    return apply("now", [], [("tz", '"UTC"')])


def today() -> Term | None:
    return apply("floor_time", [now()], [("unit", '"D"')])


def span(amount: str, unit: str) -> Term | None:
    name = unit.lower().removesuffix("s") + "s"
    return apply("span_of", [], [(name, amount)]) if name in SPANS and amount.isdigit() else None


def interval(value: exp.Expr, read: Read) -> Term | None:
    """`INTERVAL '30 days'`."""
    amount, unit = value.this, value.args.get("unit")
    return span(amount.name, unit.name) if isinstance(amount, exp.Literal) and unit is not None else None


def cast_interval(value: exp.Expr) -> Term | None:
    """`'7 days'::interval`."""
    found = WRITTEN.fullmatch(value.this.name) if isinstance(value.this, exp.Literal) else None
    return span(found[2], found[3]) if found is not None and found[1] != "-" else None


def shifted(value: exp.Expr, read: Read) -> Term | None:
    """`DATE_SUB(day, INTERVAL 30 DAY)`."""
    amount = value.expression
    length = interval(amount, read) if isinstance(amount, exp.Interval) else span(amount.name, value.text("unit"))
    op = "add" if isinstance(value, exp.DateAdd | exp.TimestampAdd | exp.DatetimeAdd) else "sub"
    return apply(op, [read(value.this), length])


def moved(value: exp.Expr, read: Read) -> Term | None:
    """`datetime('now', '-30 days')`, `date(ts)`."""
    change = value.args.get("zone") or value.args.get("expression")
    plain = isinstance(value.this, exp.Literal)
    begin = now() if plain and value.this.name == "now" else read(value.this) if not plain else None
    begin = apply("floor_time", [begin], [("unit", '"D"')]) if isinstance(value, exp.Date) else begin
    if change is None:
        return begin
    found = WRITTEN.fullmatch(change.name) if isinstance(change, exp.Literal) else None
    if found is None:
        return None
    return apply("sub" if found[1] == "-" else "add", [begin, span(found[2], found[3])])
