"""Two expressions over the same columns, whatever these are called on either side."""

from __future__ import annotations

import json
import re

from mldebt.graph.questions.references import at_one_moment
from mldebt.terms import Term, apply
from mldebt.terms import column as named
from mldebt.terms.term import substitute, written

TEXT = frozenset(
    {
        "slice",
        "get",
        "lower",
        "upper",
        "strip",
        "split",
        "length",
        "replace_text",
        "startswith",
        "endswith",
        "contains",
        "occurrences",
    }
)
CUTS = frozenset({"head", "tail", "span", "item"})
OF_ANYTHING = frozenset({
    "history", "past", "previou", "prior", "recent", "last", "latest", "value", "serie", "window", "observation",
    "data", "point", "sample", "number", "record", "reading", "measurement", "it", "x", "xs", "arr", "list", "seq",
    "val", "vec", "vector", "entrie", "item", "element", "day", "hist", "buffer", "queue", "lag", "tail",
    "result", "outcome", "buf",
})  # fmt: skip
"""Words, without the s at their end, that say of a list that it holds what came before, not of what."""
UNLIKE_COLUMNS = re.compile(r"[^a-z0-9]")


def beside(one: Term, other: Term) -> tuple[Term, Term] | None:
    """Both over the columns of the first, and up to one moment; None where they are not of the same columns."""
    one, other = at_one_moment(one, other)
    left = at_asking(one, other)
    turned = aligned(left, other)
    return (left, turned) if turned is not None else None


def aligned(one: Term, other: Term) -> Term | None:
    """The second over the columns of the first; None where they are not of the same columns."""
    other = _beside_stored(_rows_counted(one, _cut_alike(one, _timed(one, other))))
    if one.columns == other.columns:
        return other
    names = _matched(one, other)
    other, names = _with_pasts(one, other, names)
    shared = {name for name in names.values() if name is not None}
    mine, theirs = one.columns - _tested_only(one), other.columns - _tested_only(other)
    counts = not theirs and any(part.op == "each" for part in other.walk())
    fits = {names[name] for name in theirs} == mine or (counts and len(mine) == 1)
    if not fits and not (shared and _is_part(one, other, names)):
        return None
    other = _keyed(other, names)
    return substitute(other, lambda part: named(names[part.settings[0][1]] or _own(part)) if _is_column(part) else part)


def _rows_counted(one: Term, other: Term) -> Term:
    """The length of a list of records is how many there are, where the other side counts its rows."""
    if not any(part.op == "each" for part in one.walk()):
        return other
    known = set(map(plain_name, one.columns))
    lists = {name for name in other.columns if plain_name(name) not in known and _is_counted(other, name)}
    return _each_of(other, lists) if lists else other


def _each_of(term: Term, lists: set[str]) -> Term:
    if term.op == "size" and term.args[0].op == "column" and _own(term.args[0]) in lists:
        return Term("size", (Term("each"),))
    return Term(term.op, tuple(_each_of(arg, lists) for arg in term.args), term.settings)


def _with_pasts(one: Term, other: Term, names: dict[str, str | None]) -> tuple[Term, dict[str, str | None]]:
    """Lists of what came before of a column whose latest value stands beside them: `past_amounts` and `amount`."""
    known = [name for name in names.values() if name is not None]
    pasts = {
        theirs: mine
        for theirs, name in names.items() if name is None and _is_listed(other, theirs)
        for mine in known if _is_of(theirs, mine) and (len(known) == 1 or plain_name(mine) in plain_name(theirs))
    }  # fmt: skip
    for part in other.walk():
        if (
            part.op == "appended"
            and part.args[1].op == "column"
            and (mine := names.get(_own(part.args[1]))) is not None
        ):
            pasts |= {theirs: mine for theirs in part.args[0].columns if names[theirs] is None}
    if not pasts:
        return other, names
    turned = substitute(other, lambda part: _past(part, pasts) if _is_column(part) else part)
    left = {name: mine for name, mine in names.items() if name not in pasts}
    return (turned, {**left, **{mine: mine for mine in pasts.values()}}) if turned is not None else (other, names)


def _beside_stored(other: Term) -> Term:
    """A value of whoever asks beside what is computed of stored ones of its name: it may be among these or not."""
    stored = frozenset().union(*(part.columns for part in other.walk() if _summarises(part)))
    return _set_apart(other, stored & _outside(other))


def _set_apart(term: Term, names: frozenset[str]) -> Term:
    if not names & term.columns or term.op == "kept":
        return term
    if _summarises(term):
        return term if any(part.op in ("appended", "kept") for part in term.walk()) else Term("past", (term,))
    return Term(term.op, tuple(_set_apart(arg, names) for arg in term.args), term.settings)


def _outside(term: Term) -> frozenset[str]:
    """The columns that stand for a single value."""
    if _summarises(term) or term.op == "column":
        return term.columns if term.op == "column" else frozenset()
    return frozenset().union(*map(_outside, term.args))


def _summarises(term: Term) -> bool:
    return term.op in LISTED and len(term.args) == 1


def _past(part: Term, pasts: dict[str, str]) -> Term:
    mine = pasts.get(_own(part))
    return part if mine is None else Term("before", (named(mine),))


def _is_listed(term: Term, name: str) -> bool:
    """Whether a column is a list that something is computed over or taken from."""
    return any(part.op in LISTED and name in part.args[0].columns for part in term.walk() if part.args)


LISTED = frozenset(
    {"mean", "median", "sum", "min", "max", "std", "var", "size", "item", "tail", "head", "span", "appended"}
)


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
    return _with_counted(one, other, names)


def _with_counted(one: Term, other: Term, names: dict[str, str | None]) -> dict[str, str | None]:
    """How many there are says nothing of which column is counted: `count(page)` beside `len(log)`."""
    theirs = [name for name, mine in names.items() if mine is None]
    mine = sorted(one.columns - set(names.values()))
    if len(theirs) == len(mine) == 1 and _is_counted(other, theirs[0]) and _is_counted(one, mine[0]):
        return {**names, theirs[0]: mine[0]}
    return names


def _is_counted(term: Term, name: str) -> bool:
    """Whether nothing else is done with a column."""
    if term.op in ("count", "size") and term.args and term.args[0].op == "column":
        return True
    return name != _own(term) if term.op == "column" else all(_is_counted(arg, name) for arg in term.args)


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


def at_asking(one: Term, other: Term) -> Term:
    """The first, where moments up to which it looks at rows are what the clock says when the other is asked.

    `ordered_at < snapshot_date` beside `ordered_at < now()`.
    """
    one = _with_reference(one, other)
    missing = one.columns - other.columns
    clocks = [clock for test in _tests(other) for clock in _clocks(test)]
    if len(missing) != 1 or not clocks or any(part.op == "now" for part in one.walk()):
        return one
    (name,) = missing
    if name in _outside_tests(one) or not all(_bounds(test, name) for test in _tests(one) if name in test.columns):
        return one
    return substitute(one, lambda part: clocks[0] if _own(part) == name else part) or one


def _with_reference(one: Term, other: Term) -> Term:
    """The first, where the one date that it is computed up to is a fixed one, and the other side is told its own."""
    dates = {part for part in one.walk() if _is_date(part)}
    known = set(map(plain_name, one.columns))
    told = {named(name) for name in other.columns if plain_name(name) not in known}
    told |= {part for part in other.walk() if part.op == "now"}
    if len(dates) != 1 or len(told) != 1 or any(_is_date(part) for part in other.walk()):
        return one
    return _put(one, dates.pop(), told.pop())


def _is_date(part: Term) -> bool:
    text = part.args[0] if part.op in ("to_datetime", "cast") and part.args else None
    return text is not None and text.op == "const" and DATE.match(text.settings[0][1]) is not None


DATE = re.compile(r'"\d{4}-\d\d-\d\d')


def _put(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return new
    return Term(term.op, tuple(_put(arg, old, new) for arg in term.args), term.settings) if term.args else term


def _tests(term: Term) -> list[Term]:
    """The conditions under which rows go into a value."""
    return [part.args[1] for part in term.walk() if part.op == "filter" and len(part.args) == 2]


def _bounds(test: Term, name: str) -> bool:
    """Whether a column is only compared with another: `snapshot_date - INTERVAL '30 days' <= ordered_at`."""
    if test.op == "and":
        return all(_bounds(part, name) for part in test.args if name in part.columns)
    return (
        test.op in ("lt", "le", "between")
        and len(test.columns) == 2
        and all(len(side.columns) == 1 for side in test.args)
    )


def _clocks(test: Term) -> list[Term]:
    """What the clock says, or the day that it shows, where that is all that is asked of it."""
    if test.op == "now" or (test.op in ("floor_time", "date") and test.args[0].op == "now"):
        return [test]
    return [clock for arg in test.args for clock in _clocks(arg)]


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
    return frozenset().union(*(test.columns for test in _tests(term))) - _outside_tests(term)


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
