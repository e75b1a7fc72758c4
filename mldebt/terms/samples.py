"""Tables of examples on which two expressions are compared: what they ask about, and what lies right beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from mldebt.terms.inverse import preimage
from mldebt.terms.moments import DAY, OF_DURATION, OF_MOMENT, UNITS, length_of
from mldebt.terms.outcomes import UntoldError
from mldebt.terms.running import settings_of
from mldebt.terms.term import Term, const, number, substitute

OF_LENGTHS: Final = ("a", "to", "its", "some", "words", "twelve", "running", "2nd", "it's")
WRITTEN: Final = ("lower", "upper", "strip", "title", "capitalize", "casefold", "lstrip", "rstrip", "swapcase")
OF_TEXT: Final = frozenset({*WRITTEN, "startswith", "endswith", "contains", "split", "replace_text", "isdigit",
                            "isalpha", "slice", "get", "concat", "length", "occurrences"})  # fmt: skip
OF_TIME: Final = frozenset({*OF_MOMENT, "tz_convert", "tz_localize", "strftime", "floor_time", "normalize",
                            "date", "timestamp", "days_in_month"})  # fmt: skip
ROUNDING: Final = frozenset({"round", "floor", "ceil", "trunc", "floordiv", "mod", "cut", "digitize"})
SIGNED: Final = frozenset({"abs", "sign"})


class Column(Struct, frozen=True):
    """What is known of a column from what is done with it: `kind` is number, flag, text, time, epoch or clock.

    `sifted`: rows are chosen by whether it is above nought.
    """

    name: str
    kind: str
    numbers: tuple[float, ...]
    texts: tuple[str, ...]
    later: bool
    unit: str
    whole_days: bool = False
    sifted: bool = False


class World(Struct, frozen=True):
    """The columns of several expressions, and what decides which values are worth trying.

    `pace`: the seconds from one event to the next, so that some lie within a window of time and some don't.
    """

    columns: tuple[Column, ...]
    signed: bool
    rounded: bool
    spelled: bool
    keys: frozenset[str]
    pace: float
    marked: bool
    splits: tuple[str, ...] = ()
    worded: bool = False


def world_of(terms: Sequence[Term]) -> World:
    names = sorted({name for term in terms for name in term.columns})
    keys = {str(key) for term in terms for part in term.walk() for key in _listed(part, "by") if part.op == "over"}
    ordered = {str(key) for term in terms for part in term.walk() for key in _listed(part, "by") if part.op == "sorted"}
    parts = [part for term in terms for part in term.walk()]
    return World(
        tuple(_column(name, parts) for name in names if name not in keys)
        + tuple(_column(name, [*parts, Term("hour", (_named(name),))]) for name in sorted(ordered - keys - set(names))),
        any(part.op in SIGNED or _below(part) for part in parts),
        any(part.op in ROUNDING or _cuts_off(part) for part in parts),
        any(part.op in WRITTEN or part.setting("case") == "false" for part in parts),
        frozenset(keys),
        min([DAY, *(max(spans) / 5 for spans in [[span for part in parts for span in _lengths(part)]] if spans)]),
        any(part.op == "replace_text" for part in parts),
        tuple(sorted({str(by) for part in parts if part.op == "split" and (by := settings_of(part).get("by"))})),
        any(part.op in ("words", "joined") for part in parts),
    )


def _lengths(part: Term) -> Iterable[float]:
    """The seconds of a window of time."""
    told = settings_of(part)
    if part.op == "rolling" and isinstance(told.get("window"), str):
        with suppress(UntoldError):
            yield length_of(told["window"])
    elif part.op == "span_of" and told and all(name in UNITS and _is_number(told[name]) for name in told):
        yield sum(told[name] * UNITS[name] for name in told)
    elif part.op in ("add", "sub") and any(arg.op == "latest" for arg in part.args):
        yield from (abs(value) for arg in part.args if (value := number(arg)))


def _named(name: str) -> Term:
    return Term("column", (), (("name", name),))


def _listed(part: Term, name: str) -> list[Any]:
    found = settings_of(part).get(name)
    return found if isinstance(found, list) else []


TRUTHS: Final = frozenset({"eq", "ne", "lt", "le", "and", "or", "not", "in", "between", "is_null", "is_not_null"})


def _cuts_off(part: Term) -> bool:
    """A number made whole; a truth value is that already."""
    return part.op == "cast" and part.setting("to") == "int" and part.args[0].op not in TRUTHS


def _below(part: Term) -> bool:
    """Whether an expression treats numbers below zero in a way of their own."""
    if part.op == "clip":
        return part.setting("lower") is not None
    if part.op in ("lt", "le"):
        return any((value := number(arg)) is not None and value < 0 for arg in part.args)
    return False


def _column(name: str, parts: Sequence[Term]) -> Column:
    over = [part for part in parts if name in part.columns]
    direct = [part for part in over if any(bare(arg, name) for arg in part.args)]
    timed = any(_asks_length(part) and _spans(part.args[0], name) for part in over if part.args)
    constants = [value for part in over for value in _numbers(part)]
    constants += [value for part in over for value in _limits(part, name)]
    texts = [text for part in over for text in _texts(part)]
    kind = "time" if timed else _kind(direct, texts)
    if kind == "number" and _is_flag(over, name):
        kind = "flag"
    if kind == "number" and any(_ages(part, name) for part in over):
        kind = "clock"
    later = any(_is_later(part, name) for part in over)
    days = kind == "time" and DATED.search(name) is not None and not any(part.op in WITHIN_DAY for part in over)
    numbers, told = tuple(dict.fromkeys(constants)), tuple(dict.fromkeys(texts))
    return Column(name, kind, numbers, told, later, _unit(direct), days, kind == "number" and _is_sifted(over, name))


def _is_sifted(over: Sequence[Term], name: str) -> bool:
    """Whether rows go into a value where a column is above nought, and nothing is divided by it or asks if it is
    there.
    """
    direct = [part for part in over if any(bare(_uncast(arg), name) for arg in part.args)]
    beside = {part.op for part in direct} - OF_SIFTED
    tests = [test for part in over for test in _choosing(part) if name in test.columns]
    return not beside and any(_is_above_nought(part, name) for test in tests for part in test.walk())


OF_SIFTED: Final = frozenset({
    "lt", "le", "filter", "where", "sum", "mean", "median", "max", "min", "count", "size", "std", "var", "cast",
    "over", "sorted", "tail", "head", "span",
})  # fmt: skip


def _choosing(part: Term) -> Sequence[Term]:
    if part.op == "filter":
        return part.args[1:]
    return part.args[:1] if part.op == "where" and part.args[2:] == (const(None),) else ()


def _is_above_nought(part: Term, name: str) -> bool:
    return part.op in ("lt", "le") and number(part.args[0]) == 0 and bare(_uncast(part.args[1]), name)


DATED: Final = re.compile(r"(?:^|_)(?:date|day|dob|birthday|birthdate)$|Date$", re.IGNORECASE)
"""How a column is called that holds days without a time."""
WITHIN_DAY: Final = frozenset({"hour", "minute", "second", "tz_convert", "tz_localize", "from_epoch", "strftime",
                               "timestamp", "total_seconds", "now"})  # fmt: skip


def _asks_length(part: Term) -> bool:
    """`(b - a).days`, `(b - a) / timedelta(days=1)`."""
    return part.op in OF_DURATION or (part.op in ("div", "floordiv") and part.args[-1].op in ("span_of", "timedelta"))


def _ages(part: Term, name: str) -> bool:
    """`ts < now - 3600`, of those that are kept: seconds, as a clock counts them."""
    if part.op not in ("lt", "le") or not any(bare(arg, name) for arg in part.args):
        return False
    return any(inner.op == "latest" and name in inner.columns for arg in part.args for inner in arg.walk())


def bare(term: Term, name: str) -> bool:
    """A column itself, or with nothing done to it that changes what kind of thing it is."""
    if term.op == "column":
        return term.settings[0][1] == name
    return term.op in KEEPING and bool(term.args) and bare(term.args[0], name)


KEEPING: Final = frozenset({
    "fill_null", "default", "if_empty", "tz_convert", "tz_localize", "tail", "head", "span", "item", "sorted", "filter",
    "shift", "over", "latest", "lower", "upper", "strip", "to_datetime", "first", "last", "max", "min", "where",
})  # fmt: skip


def _kind(direct: Sequence[Term], texts: Sequence[str]) -> str:
    ops = {part.op for part in direct}
    if "from_epoch" in ops or any(part.op == "to_datetime" and part.setting("unit") for part in direct):
        return "epoch"
    if ops & OF_TIME or "to_datetime" in ops or any(_beside_clock(part) or _is_moved(part) for part in direct):
        return "time"
    return "text" if texts or ops & OF_TEXT else "number"


def _uncast(term: Term) -> Term:
    return _uncast(term.args[0]) if term.op == "cast" and term.args else term


def _is_flag(over: Sequence[Term], name: str) -> bool:
    """Whether a column is asked for its truth, and nothing is done to it that only makes sense of other numbers."""
    direct = [part for part in over if any(bare(_uncast(arg), name) for arg in part.args)]
    asked = any(bare(_uncast(test), name) for part in direct for test in _tests(part))
    return asked and all(part.op in OF_FLAGS and _is_told_apart(part) for part in direct)


def _tests(part: Term) -> Sequence[Term]:
    if part.op == "filter":
        return part.args[1:]
    return part.args[:1] if part.op == "where" else part.args if part.op in ("and", "or", "not") else ()


OF_FLAGS: Final = frozenset({
    "and", "or", "not", "where", "filter", "cast", "sum", "mean", "count", "size", "any", "all", "max", "min", "eq",
    "ne", "over", "last", "first", "fill_null", "default", "map_values", "sorted", "tail", "head", "span",
})  # fmt: skip


def _is_told_apart(part: Term) -> bool:
    """Whether no other number than nought and one stands beside a flag, and rows aren't chosen by what is added up."""
    if part.op == "filter" and part.args[0] in part.args[1:]:
        return False
    return all(value in (0, 1) for value in _numbers(part))


def _beside_clock(part: Term) -> bool:
    """`now() - x`, `x > now() - …`."""
    return part.op in ("lt", "le", "sub", "eq") and any(inner.op == "now" for arg in part.args for inner in arg.walk())


def _is_moved(part: Term) -> bool:
    """`at - timedelta(days=7)`."""
    return part.op in ("sub", "add") and any(arg.op == "span_of" for arg in part.args)


def _spans(term: Term, name: str) -> bool:
    """Whether a column is one end of a span of time."""
    return bare(term, name) or (term.op in SPANNING and any(_spans(arg, name) for arg in term.args))


SPANNING: Final = frozenset({*KEEPING, "sub", "add", "diff", "abs", "neg", "mean", "median", "sum", "min", "max"})


def _is_later(part: Term, name: str) -> bool:
    return part.op == "sub" and len(part.args) == 2 and name in part.args[0].columns


def _unit(direct: Sequence[Term]) -> str:
    return next((str(settings_of(part).get("unit") or "s") for part in direct if part.op == "to_datetime"), "s")


def _numbers(part: Term) -> Iterable[float]:
    values = [number(arg) for arg in part.args if arg.op == "const"]
    for told in settings_of(part).values():
        values += [float(item) for item in (told if isinstance(told, list) else [told]) if _is_number(item)]
        if isinstance(told, dict):
            values += [float(key) for key in told if _digits(key)]
    return (value for value in values if value is not None and abs(value) < 1e12)


def _limits(part: Term, name: str) -> Iterable[float]:
    """Where a column reaches the numbers that something made of it is held against."""
    if part.op in LIMITS:
        made = [arg for arg in part.args if name in arg.columns and arg.op != "column"]
        found = [preimage(arg, name, value) for arg in made for value in _numbers(part)]
        limits = [value for value in found if value is not None and abs(value) < 1e12]
        yield from (near for limit in limits for near in (limit, round(limit)))
        several = [arg for arg in made if len(arg.columns) > 1]
        yield from (value for arg in several for limit in _numbers(part) for value in _beyond(arg, name, limit))


def _beyond(term: Term, name: str, limit: float) -> Iterable[float]:
    """Where a column brings what is made of it and others to either side of a number, all others being one."""
    alone = substitute(term, lambda part: part if _is(part, name) else const(1))
    for side in (limit / 2, limit * 2 + 1):
        found = preimage(alone, name, side) if alone is not None else None
        if found is not None and abs(found) < 1e12:
            yield round(found, 3)


def _is(part: Term, name: str) -> bool:
    return part.op == "column" and part.settings[0][1] == name


LIMITS: Final = frozenset({"clip", "lt", "le", "eq", "ne", "between", "cut", "digitize"})


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _digits(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def _texts(part: Term) -> Iterable[str]:
    if part.op in ("column", "cast", "strftime", "from_epoch", "tz_convert", "tz_localize", "to_datetime", "over",
                   "sorted", "rolling", "floor_time", "cut", "between", "transform", "fill_null", "where"):  # fmt: skip
        return
    if part.op == "words":
        yield from (text for arg in part.args[1:] for inner in arg.walk() for text in _texts(inner))
    for arg in part.args:
        value = settings_of(arg).get("value") if arg.op == "const" else None
        if isinstance(value, str):
            yield value
    for told in settings_of(part).values():
        if isinstance(told, dict):
            yield from (key for key in told if not _digits(key))
        elif isinstance(told, list):
            yield from (item for item in told if isinstance(item, str))
    if part.op in ("startswith", "endswith", "contains", "replace", "occurrences"):
        told = [value for value in settings_of(part).values() if isinstance(value, str)]
        yield from (word for value in told for word in (value.split("|") if part.op == "contains" else [value]))
