"""Functions of SQL by their names, whichever database they are from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlglot import exp

from mldebt.terms import Term, apply, const
from mldebt.terms.term import written

Read = Callable[[exp.Expr | None], Term | None]
Reader = Callable[[exp.Expr, Read], Term | None]

PLAIN: Final[Mapping[type[exp.Expr], str]] = MappingProxyType({
    exp.Hour: "hour", exp.Minute: "minute", exp.Second: "second", exp.Quarter: "quarter", exp.Week: "week",
    exp.DayOfWeek: "weekday_from_sunday", exp.Trunc: "trunc", exp.Radians: "radians", exp.Sin: "sin", exp.Cos: "cos",
    exp.Tan: "tan", exp.Asin: "arcsin", exp.Acos: "arccos", exp.Atan: "arctan", exp.TimeToUnix: "timestamp",
    exp.UnixSeconds: "timestamp",
})  # fmt: skip
NAMED: Final[Mapping[str, str]] = MappingProxyType({
    "unix_timestamp": "timestamp", "unix_seconds": "timestamp", "unixepoch": "timestamp", "weekday": "weekday",
    "dayofweek": "weekday_from_sunday", "square": "square", "isodow": "isoweekday", "minute": "minute",
    "hour": "hour", "log1p": "log1p",
})  # fmt: skip
PARTS: Final[Mapping[str, str]] = MappingProxyType({
    "isodow": "isoweekday", "dayofweek": "weekday_from_sunday", "doy": "dayofyear", "epoch": "timestamp",
})  # fmt: skip
UNITS: Final[Mapping[str, int]] = MappingProxyType({"second": 1, "minute": 60, "hour": 3600, "day": 86400,
                                                   "week": 604800})  # fmt: skip
FLOORS: Final[Mapping[str, str]] = MappingProxyType({"day": "D", "hour": "H", "minute": "min"})


def function(value: exp.Expr, read: Read) -> Term | None:
    """What a function computes; None where that isn't known."""
    if type(value) in PLAIN:
        return apply(PLAIN[type(value)], [read(value.this)])
    reader = READERS.get(type(value))
    return reader(value, read) if reader is not None else None


def is_function(value: exp.Expr) -> bool:
    return type(value) in PLAIN or type(value) in READERS


def part(name: str, of: Term | None) -> Term | None:
    """`EXTRACT(DOW FROM x)`."""
    name = name.lower()
    if name == "dow":
        return apply("mod", [apply("add", [apply("weekday", [of]), const(1)]), const(7)])
    if name == "epoch" and of is not None and of.op in ("sub", "add"):
        return apply("total_seconds", [of])
    return apply(PARTS.get(name, name), [of])


def called(value: exp.Expr, read: Read) -> Term | None:
    """A function of which the parser only knows the name."""
    name, given = value.name.lower(), list(value.expressions)
    if name in ("date_part", "datepart") and len(given) == 2:
        return part(given[0].name, read(given[1]))
    if name == "strftime" and len(given) == 2 and isinstance(given[0], exp.Literal):
        return apply("strftime", [read(given[1])], [("format", written(given[0].name))])
    if name == "julianday" and len(given) == 1 and isinstance(given[0], exp.Column):
        return apply("div", [apply("timestamp", [read(given[0])]), const(UNITS["day"])])
    return apply(NAMED[name], [read(given[0])]) if name in NAMED and len(given) == 1 else None


def _at_zone(value: exp.Expr, read: Read) -> Term | None:
    zone = value.args.get("zone")
    told = zone.name if isinstance(zone, exp.Literal) else None
    return apply("tz_convert", [read(value.this)], [("tz", written(told))]) if told else None


def _floored(value: exp.Expr, read: Read) -> Term | None:
    unit = FLOORS.get(value.text("unit").lower())
    return apply("floor_time", [read(value.this)], [("unit", written(unit))]) if unit else None


def _days_between(value: exp.Expr, read: Read) -> Term | None:
    """`DATE_DIFF(a, b, DAY)`, from b to a."""
    word = value.text("unit") or "day"
    days = apply("datediff", [read(value.this), read(value.expression)])
    return days if word.lower().removesuffix("s") == "day" else None


def _units_between(value: exp.Expr, read: Read) -> Term | None:
    """`TIMESTAMP_DIFF(a, b, HOUR)`: whole ones."""
    seconds = UNITS.get(value.text("unit").lower())
    if seconds is None:
        return None
    span = apply("total_seconds", [apply("sub", [read(value.this), read(value.expression)])])
    return apply("trunc", [apply("div", [span, const(seconds)])])


def _safe(value: exp.Expr, read: Read) -> Term | None:
    by = read(value.expression)
    return apply("where", [apply("eq", [by, const(0)]), const(None), apply("div", [read(value.this), by])])


def _log(value: exp.Expr, read: Read) -> Term | None:
    """With a base; what it is without one, databases don't agree."""
    base = value.this.name if isinstance(value.this, exp.Literal) and value.expression is not None else ""
    return apply(f"log{base}", [read(value.expression)]) if base in ("2", "10") else None


def _concat(value: exp.Expr, read: Read) -> Term | None:
    return apply("concat", [read(item) for item in value.expressions])


def _substring(value: exp.Expr, read: Read) -> Term | None:
    start, length = value.args.get("start"), value.args.get("length")
    if not isinstance(start, exp.Literal) or not isinstance(length, exp.Literal):
        return None
    begin = int(start.name) - 1
    told = [("start", str(begin)), ("stop", str(begin + int(length.name)))]
    return apply("slice", [read(value.this)], told if begin > 0 else told[1:]) if begin >= 0 else None


def _left(value: exp.Expr, read: Read) -> Term | None:
    count = value.expression
    known = isinstance(count, exp.Literal) and count.name.isdigit()
    return apply("slice", [read(value.this)], [("stop", count.name)]) if known else None


def _piece(value: exp.Expr, read: Read) -> Term | None:
    by, at = value.args.get("delimiter"), value.args.get("part_index")
    if not isinstance(by, exp.Literal) or not isinstance(at, exp.Literal) or not at.name.isdigit():
        return None
    split = apply("split", [read(value.this)], [("by", written(by.name))])
    return apply("get", [split], [("at", str(int(at.name) - 1))])


def _replace(value: exp.Expr, read: Read) -> Term | None:
    old, new = value.expression, value.args.get("replacement")
    if not isinstance(old, exp.Literal) or not isinstance(new, exp.Literal):
        return None
    told = [("old", written(old.name)), ("new", written(new.name)), ("regex", "false")]
    return apply("replace_text", [read(value.this)], told)


def _like(value: exp.Expr, read: Read) -> Term | None:
    """`LIKE '%x%'`, `LIKE 'x%'`."""
    pattern = value.expression.name if isinstance(value.expression, exp.Literal) else ""
    word, case = pattern.strip("%"), "false" if isinstance(value, exp.ILike) else "true"
    if not word.replace(" ", "").isalnum():
        return None
    if pattern == f"%{word}%":
        return apply("contains", [read(value.this)], [("case", case), ("pattern", written(word)), ("regex", "true")])
    op = {f"{word}%": "startswith", f"%{word}": "endswith"}.get(pattern)
    return apply(op, [read(value.this)], [("pattern", written(word))]) if op and case == "true" else None


READERS: Final[Mapping[type[exp.Expr], Reader]] = MappingProxyType({
    exp.AtTimeZone: _at_zone, exp.DateTrunc: _floored, exp.TimestampTrunc: _floored, exp.DateDiff: _days_between,
    exp.TimestampDiff: _units_between, exp.SafeDivide: _safe, exp.Log: _log, exp.Concat: _concat,
    exp.Substring: _substring, exp.Left: _left, exp.SplitPart: _piece, exp.Replace: _replace, exp.Like: _like,
    exp.ILike: _like,
})  # fmt: skip
