"""What two expressions differ in, in the words of the trade."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from mldebt.terms.term import Term, const, number

AGGREGATES: Final = frozenset({"mean", "median", "sum", "min", "max", "count", "nunique", "quantile", "std", "var",
                               "size", "prod", "cumsum", "cummax", "cummin"})  # fmt: skip
OFFSETS: Final = frozenset({"shift", "diff", "pct_change", "item", "span", "first", "last"})
WINDOWS: Final = frozenset({"rolling", "expanding", "ewm", "tail", "head", "cumsum", "cummax", "cummin"})
TEXT: Final = frozenset({"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "casefold", "split",
                         "replace_text", "slice", "get", "length"})  # fmt: skip
ROUNDS: Final = frozenset({"round", "floor", "ceil", "trunc", "floordiv"})
CALENDAR: Final = frozenset({"weekday", "strftime", "dayofyear", "week", "month", "day", "hour", "days", "year",
                             "quarter", "minute", "is_month_end", "is_month_start", "day_name"})  # fmt: skip
LOGS: Final = frozenset({"log", "log1p", "log2", "log10", "exp", "expm1", "sqrt", "square", "cbrt"})
NULLS: Final = frozenset({"fill_null", "is_null", "is_not_null", "if_empty", "default", "forward_fill"})
COMPARISONS: Final = frozenset({"lt", "le", "between"})


class Parts(Struct, frozen=True):
    """What stands in only one of two expressions: operations, their settings, constants; and what stands in any.

    `compared`: other constants are compared with.
    """

    ops: frozenset[str]
    settings: frozenset[tuple[str, str, str]]
    constants: bool
    compared: bool
    all: frozenset[str]

    def setting(self, name: str) -> list[tuple[str, str]]:
        return [(op, value) for op, key, value in self.settings if key == name]


def class_of(one: Term, other: Term, factor: float | None = None) -> str:
    """The first class that fits; `factor`: what the second is a multiple of the first by, in every row."""
    one, other = _plain(one), _plain(other)
    if any(part.op == "mean" for part in one.walk()) != any(part.op == "mean" for part in other.walk()):
        one, other = _as_mean(one), _as_mean(other)
    if not (_is_sorted(one) and _is_sorted(other)):
        one, other = _as_it_comes(one), _as_it_comes(other)
    parts = _parts(one, other)
    if lengths := _lengths(one, other):
        return lengths
    if factor is not None and abs(factor) != 1 and not parts.ops & {"tz_convert", "from_epoch", *LOGS}:
        return f"unit, by a factor of {_number(factor)}"
    return next((name for name, fits in CLASSES if fits(parts)), "formula")


def _lengths(one: Term, other: Term) -> str:
    """What becomes of a span of time, where that is another unit, or only a part of it."""
    ops = [{part.op for part in term.walk()} & LENGTHS for term in (one, other)]
    if ops[0] == ops[1] or not all(ops):
        return ""
    if "seconds" in ops[0] ^ ops[1]:
        return "span of time, of which whole days are left out"
    seconds = [_product(term) * (86400 if "days" in part else 1) for term, part in zip((one, other), ops, strict=True)]
    return "rounding to whole days" if seconds[0] == seconds[1] else "unit of time"


LENGTHS: Final = frozenset({"days", "seconds", "total_seconds"})


def _product(term: Term) -> float:
    """What a term is divided by, all in all."""
    found = 1.0
    for part in term.walk():
        if part.op in ("div", "floordiv") and len(part.args) == 2:
            found *= number(part.args[1]) or 1.0
    return found


def _as_mean(term: Term) -> Term:
    """`sum(last) / 7` is a mean, however many there are."""
    args = tuple(map(_as_mean, term.args))
    if term.op == "div" and args[0].op == "sum" and (args[1].op in ("const", "size") or args[1].op == "count"):
        return Term("mean", args[0].args, args[0].settings)
    return Term(term.op, args, term.settings)


def _is_sorted(term: Term) -> bool:
    return any(part.op == "sorted" for part in term.walk())


def _as_it_comes(term: Term) -> Term:
    """Without the order, where one side alone speaks of it."""
    if term.op == "sorted":
        return _as_it_comes(term.args[0])
    return Term(term.op, tuple(map(_as_it_comes, term.args)), term.settings)


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) >= 1 else f"1/{1 / value:.6g}"


def _plain(term: Term) -> Term:
    """Without what only turns a truth value into a number, an error into no value, or values into the latest."""
    if term.op == "where" and (kept := [arg for arg in term.args[1:] if str(arg) != "1 / 0"]) != list(term.args[1:]):
        return _plain(kept[0])
    if term.op in ("sum", "count", "size") and len(term.args) == 1 and (inner := _kept(term.args[0])) is not None:
        return _plain(Term(term.op, (inner,), term.settings))
    if term.op == "kept" or (term.op == "where" and _asks_for_any(term.args[0])):
        return _plain(term.args[-1] if term.op == "kept" else term.args[1])
    if (last := _last_of_sorted(term)) is not None:
        return _plain(last)
    args = tuple(map(_plain, term.args))
    if term.op == "sorted" and args[0].op == "sorted" and args[0].settings == term.settings:
        return args[0]
    if term.op == "concat":  # each part is written out anyway
        args = tuple(arg.args[0] if arg.op == "cast" and arg.setting("to") == "str" else arg for arg in args)
    if term.op == "item" and term.setting("at") == "-1":
        return args[0]
    if term.op == "cast" and len(args) == 1 and term.setting("to") in ("int", "float", "bool"):
        return args[0]
    numbers = [arg.settings[0][1] if arg.op == "const" else "" for arg in args[1:]]
    if term.op == "where" and numbers == ["1", "0"]:
        return args[0]
    return Term(term.op, args, term.settings)


def _last_of_sorted(term: Term) -> Term | None:
    """The first rows from the latest back are the last rows in order."""
    inner = term.args[0] if term.op == "head" else None
    if inner is None or inner.op != "sorted" or inner.setting("ascending") != "false":
        return None
    settings = tuple((name, "true" if name == "ascending" else value) for name, value in inner.settings)
    return Term("tail", (Term("sorted", inner.args, settings),), term.settings)


def _asks_for_any(test: Term) -> bool:
    """Whether a condition only asks whether there is anything."""
    return test.op == "lt" and test.args[0] == const(0) and test.args[1].op == "size"


def _kept(term: Term) -> Term | None:
    """The rows that go into a total where the others are counted as nothing."""
    if term.op != "where" or len(term.args) != 3 or term.args[2] not in (const(0), const(None)):
        return None
    return Term("filter", (term.args[1], term.args[0]))


def _parts(one: Term, other: Term) -> Parts:
    sides = [list(term.walk()) for term in (one, other)]
    ops = [Counter(part.op for part in side if part.op not in ("const", "column")) for side in sides]
    told = [Counter((part.op, name, value) for part in side if part.op not in ("const", "column")
                    for name, value in part.settings) for side in sides]  # fmt: skip
    constants = [Counter(part.settings[0][1] for part in side if part.op == "const") for side in sides]
    return Parts(
        frozenset((ops[0] - ops[1]) + (ops[1] - ops[0])),
        frozenset((told[0] - told[1]) + (told[1] - told[0])),
        constants[0] != constants[1],
        _compared(one) != _compared(other),
        frozenset(ops[0] + ops[1]),
    )


def _compared(term: Term) -> Counter[str]:
    tests = [part for part in term.walk() if part.op in {*COMPARISONS, "eq", "ne"}]
    return Counter(arg.settings[0][1] for test in tests for arg in test.args if arg.op == "const")


def _has(ops: frozenset[str]) -> Callable[[Parts], bool]:
    return lambda parts: bool(parts.ops & ops)


def _other_zone(parts: Parts) -> bool:
    told = [(op, value) for name in ("tz", "utc") for op, value in parts.setting(name)]
    zones = {value for op, value in told if op != "now" and value not in ("false", "null")}
    return bool(parts.ops & {"tz_convert", "tz_localize", "from_epoch", "to_timedelta"} or zones)


def _other_unit(parts: Parts) -> bool:
    units = {value for op, value in parts.setting("unit") if op == "to_datetime"}
    return len(units) > 1 or (bool(units) and units != {'"s"'})


def _time_and_rows(parts: Parts) -> bool:
    return any(op == "rolling" and value.startswith('"') for op, value in parts.setting("window"))


def _time_by_hand(parts: Parts) -> bool:
    """A window of time that one side cuts out itself."""
    return bool({"rolling", "filter"} <= parts.all and parts.ops & {"span_of", "latest"})


def _other_span(parts: Parts) -> bool:
    """A window of time that both sides cut out themselves."""
    return "filter" in parts.all and any(op == "span_of" for op, _, _ in parts.settings)


def _texts_told(parts: Parts) -> bool:
    return any(op in TEXT or name == "case" for op, name, _ in parts.settings)


def _other_words(parts: Parts) -> bool:
    """Which words are left of a text, and what becomes of each."""
    return "words" in parts.ops or ("words" in parts.all and not parts.ops & AGGREGATES)


def _bound(parts: Parts) -> bool:
    return bool(parts.setting("closed")) or any(value == "true" for _, value in parts.setting("center"))


def _other_offset(parts: Parts) -> bool:
    return bool(parts.ops & OFFSETS or parts.setting("periods") or parts.setting("at") or parts.setting("stop"))


def _sorted_otherwise(parts: Parts) -> bool:
    return "sorted" in parts.ops or any(op == "sorted" for op, _, _ in parts.settings)


def _table_of(*ops: str) -> Callable[[Parts], bool]:
    return lambda parts: bool(parts.ops & set(ops)) or any(op in ops for op, _, _ in parts.settings)


def _default(parts: Parts) -> bool:
    tables = [json.loads(value) for _, name, value in parts.settings if name == "mapping" and value.startswith("{")]
    one, other = tables if len(tables) == 2 else ({}, {})
    contradict = any(other.get(key, value) != value for key, value in one.items())
    looked_up = bool(parts.all & {"map_values", "replace"}) and bool(parts.all & NULLS)
    return looked_up and parts.constants and not contradict


def _calendar(parts: Parts) -> bool:
    counting = frozenset({"add", "in", "lt", "le", "eq", "ne", "and", "or", "cast", "where", "mod", "sub"})
    days = bool(parts.all & {"weekday", "strftime", "dayofyear", "week"})
    return bool(parts.ops & CALENDAR) or (days and parts.ops <= counting)


def _threshold(parts: Parts) -> bool:
    return parts.compared and not parts.ops


CLASSES: Final[tuple[tuple[str, Callable[[Parts], bool]], ...]] = (
    ("order of day and month", _has(frozenset({"swap_day_and_month"}))),
    ("words of a text", _other_words),
    ("aggregate", lambda parts: "words" in parts.all and bool(parts.ops & AGGREGATES)),
    ("unit of time", _other_unit),
    ("time zone", _other_zone),
    ("window of time", _time_by_hand),
    ("window unit, time against rows", _time_and_rows),
    ("degrees of freedom (ddof)", lambda parts: bool(parts.setting("ddof"))),
    ("order of rows", _sorted_otherwise),
    ("filter", _has(frozenset({"filter"}))),
    ("window bound", _bound),
    ("text normalisation", lambda parts: bool(parts.ops & TEXT - {"length"}) or _texts_told(parts)),
    ("aggregate", _has(AGGREGATES)),
    ("window of time", _other_span),
    ("offset", _other_offset),
    ("window", lambda parts: bool(parts.ops & WINDOWS or parts.setting("window") or parts.setting("n")
                                  or any(op == "ewm" for op, _, _ in parts.settings))),
    ("clipping", _table_of("clip")),
    ("default of what is not in the mapping", _default),
    ("category mapping", _table_of("map_values", "replace")),
    ("set of values", lambda parts: any(op == "in" for op, _, _ in parts.settings) and not parts.all & {"weekday"}),
    ("bins", _table_of("cut", "digitize")),
    ("null handling", _has(NULLS)),
    ("text normalisation", _has(frozenset({"length"}))),
    ("integer division", lambda parts: "trunc" in parts.ops and "div" in parts.all),
    ("rounding", _table_of(*ROUNDS)),
    ("logarithm", _has(LOGS)),
    ("calendar", _calendar),
    ("threshold", _threshold),
    ("boundary", _has(COMPARISONS)),
    ("conditions", _has(frozenset({"and", "or", "not", "in", "where", "eq", "ne"}))),
    ("constant", lambda parts: parts.constants and not parts.ops),
)  # fmt: skip
