"""Two expressions over the same columns, whatever these are called on either side."""

from __future__ import annotations

import json
import re

from mldebt.terms import Term, apply
from mldebt.terms import column as named
from mldebt.terms.term import substitute, written

TEXT = frozenset(
    {"slice", "get", "lower", "upper", "strip", "split", "length", "replace_text", "startswith", "endswith", "contains"}
)
CUTS = frozenset({"head", "tail", "span", "item"})
OF_ANYTHING = frozenset({
    "history", "past", "previou", "prior", "recent", "last", "latest", "value", "serie", "window", "observation",
    "data", "point", "sample", "number", "record", "reading", "measurement", "it", "x", "xs", "arr", "list", "seq",
    "val", "vec", "vector", "entrie", "item", "element", "day", "hist", "buffer", "queue", "lag", "tail",
})  # fmt: skip
"""Words, without the s at their end, that say of a list that it holds what came before, not of what."""
UNLIKE_COLUMNS = re.compile(r"[^a-z0-9]")


def aligned(one: Term, other: Term) -> Term | None:
    """The second over the columns of the first; None where they are not of the same columns."""
    other = _cut_alike(one, _timed(one, _whole_history(one, other)))
    if one.columns == other.columns:
        return other
    names = _matched(one, other)
    shared = {name for name in names.values() if name is not None}
    mine, theirs = one.columns - _tested_only(one), other.columns - _tested_only(other)
    counts = not theirs and any(part.op == "each" for part in other.walk())
    fits = {names[name] for name in theirs} == mine or (counts and len(mine) == 1)
    if not fits and not (shared and _is_part(one, other, names)):
        return None
    other = _keyed(other, names)
    return substitute(other, lambda part: named(names[part.settings[0][1]] or _own(part)) if _is_column(part) else part)


def _keyed(term: Term, names: dict[str, str | None]) -> Term:
    """The columns by which rows are put into order are called what they are called on the other side, too."""
    told = term.settings
    by = term.setting("by") if term.op == "sorted" else None
    if by is not None:
        found = [names.get(str(name)) or name for name in json.loads(by)]
        told = tuple((key, written(found) if key == "by" else value) for key, value in told)
    return Term(term.op, tuple(_keyed(arg, names) for arg in term.args), told)


def _matched(one: Term, other: Term) -> dict[str, str | None]:
    """The columns of the second by name, each with the column of the first that is the same; None where none is."""
    known = {plain_name(name): name for name in one.columns}
    names = {name: known.get(plain_name(name)) for name in other.columns}
    if len(names) == 1 and len(known) == 1 and None in names.values():
        (theirs,), (mine,) = names, known.values()
        if _is_history(other) and _is_of(theirs, mine):
            return {theirs: mine}
    return names


def _is_of(theirs: str, mine: str) -> bool:
    """`amounts`, `recent_sales`, `px_history`: what a list of the values of a column is called."""
    short, long = sorted((plain_name(theirs), plain_name(mine)), key=len)
    words = [word.removesuffix("s") for word in re.split(r"[^a-z0-9]+", theirs.lower())]
    if (short in long and len(short) > 2) or mine.lower().removesuffix("s") in words:
        return True
    return all(word in OF_ANYTHING for word in words)


def _is_part(one: Term, other: Term, names: dict[str, str | None]) -> bool:
    """Whether one side is made of some of the columns of the other, so that it leaves something out."""
    if any(part.op == "now" for term in (one, other) for part in term.walk()):
        return False
    found = set(names.values())
    return None not in found or one.columns <= found


def _own(part: Term) -> str:
    return part.settings[0][1]


def _is_column(part: Term) -> bool:
    return part.op == "column"


def _whole_history(one: Term, other: Term) -> Term:
    """What came before with what has just come (`history + [amount]`) is all that the other side has of it."""
    if other.op == "appended" and other.args[1].op == "column" and other.args[1].columns <= one.columns:
        return other.args[1]
    if not other.args:
        return other
    return Term(other.op, tuple(_whole_history(one, arg) for arg in other.args), other.settings)


def _cut_alike(one: Term, other: Term) -> Term:
    """What is a text on one side is cut like a text on the other: `code[:2]` may be of a list, too."""
    texts = {plain_name(name) for part in one.walk() if part.op in TEXT for name in part.columns}
    return _cut(other, texts) if texts else other


def _cut(term: Term, texts: set[str]) -> Term:
    if term.op in CUTS and term.args[0].op == "column" and plain_name(_own(term.args[0])) in texts:
        told = dict(term.settings)
        if term.op == "item":
            return apply("get", term.args, term.settings) or term
        ends = {"head": [("stop", told.get("n", ""))], "tail": [("start", f"-{told.get('n')}")]}
        return apply("slice", term.args, ends.get(term.op, term.settings)) or term
    args = tuple(_cut(arg, texts) for arg in term.args)
    if term.op == "replace" and {plain_name(name) for name in term.columns} <= texts and not args[1:]:
        return Term("replace_text", args, tuple(sorted((*term.settings, ("regex", "false")))))
    return Term(term.op, args, term.settings)


def _timed(one: Term, other: Term) -> Term:
    """`now()` stands for the only time of the other side, where that is known to be in UTC; else they are not alike."""
    missing = one.columns - other.columns
    clocks = {part for part in other.walk() if part.op == "now"}
    if not clocks or len(missing) != 1 or not _is_utc(one):
        return other
    (name,) = missing
    return _replaced(other, named(name))


def _replaced(term: Term, time: Term) -> Term:
    if term.op == "now":
        return apply("tz_convert", [time], term.settings) or term
    if not term.args:
        return term
    return Term(term.op, tuple(_replaced(arg, time) for arg in term.args), term.settings)


def _is_utc(term: Term) -> bool:
    told = [(part.op, name, value.strip('"').lower()) for part in term.walk() for name, value in part.settings]
    return any(name == "utc" and value == "true" for _, name, value in told) or any(
        name in ("tz", "unit") and value in ("utc", "s", "ms", "us", "ns") for op, name, value in told if op != "now"
    )


def _tested_only(term: Term) -> frozenset[str]:
    """The columns that only decide which rows go into a value: the other side may leave out that test."""
    tests = [part.args[1] for part in term.walk() if part.op == "filter" and len(part.args) == 2]
    return frozenset().union(*(test.columns for test in tests)) - _outside_tests(term)


def _outside_tests(term: Term) -> frozenset[str]:
    if term.op == "column":
        return term.columns
    args = term.args[:1] if term.op == "filter" else term.args
    return frozenset().union(*map(_outside_tests, args))


def _is_history(term: Term) -> bool:
    """Whether a column holds what came before: a list that something is taken from, or computed over."""
    return any(part.args and part.op not in ("column", "const") for part in term.walk())


def plain_name(name: str) -> str:
    return UNLIKE_COLUMNS.sub("", name.lower())
