"""Quotients of SQL: whether the fraction is cut off depends on the database, and on whether both numbers are whole."""

from __future__ import annotations

import re
from typing import Final

from mldebt.terms.algebra import apply
from mldebt.terms.term import Term, number

UNTOLD: Final = "sql_div"
"""`/` between numbers of which neither is written with a fraction, in a database that isn't known to cut."""
WHOLE: Final = "whole_div"
"""The same in one that cuts."""
COUNTS: Final = frozenset({"size", "count", "nunique", "length", "floordiv", "days", "row_number", "year", "month",
                           "day", "hour"})  # fmt: skip
KEEPING: Final = frozenset({"sum", "min", "max", "over", "filter", "add", "sub", "mul", "abs", "neg", "fill_null",
                            "first", "last", "item", "clip"})  # fmt: skip
COUNTED: Final = re.compile(
    r"(?:^|_)(?:n|num|number|nr|no|cnt|count|counts|qty|quantity|clicks?|views?|visits?|impressions?|sessions?|"
    r"orders?|items?|units?|events?|logins?|cents|wins|losses|games|goals|shots|attempts?|errors?|requests?|purchases?|"
    r"conversions?|returns?|calls?|tickets?|users?|opens?|sends?|sent|likes?|seconds?|secs?|minutes?|days|hits|kills|"
    r"deaths|rooms?|bedrooms?|pages?|words?|age|stars|points?|steps?|retries|failures?|trips?|rides?|downloads?)"
    r"(?:_(?:total|count|cnt|\d+[dhmw]?|sum|read|viewed|seen))?$|^n[_A-Z]|_views$",
    re.IGNORECASE,
)
"""How a column is called that counts something."""


def divided_by(term: Term, op: str) -> Term:
    """A term of a query whose quotients are told by another operation."""
    args = [divided_by(arg, op) for arg in term.args]
    made = apply(op if term.op == UNTOLD else term.op, args, term.settings) if args else None
    return made or term


def settled(one: Term, other: Term) -> tuple[Term, Term]:
    """Two definitions with their quotients told: cut where both numbers are known to be whole."""
    if not any(part.op in (UNTOLD, WHOLE) for term in (one, other) for part in term.walk()):
        return one, other
    known = _told_whole(one) | _told_whole(other)
    return _settled(one, known), _settled(other, known)


def _told_whole(term: Term) -> frozenset[str]:
    """Columns that somebody makes a fraction of before dividing: they would not need it if they were none already."""
    made = [part.args[0] for part in term.walk() if part.op == "cast" and part.setting("to") == "float" and part.args]
    return frozenset().union(*(inner.columns for inner in made))


def _settled(term: Term, known: frozenset[str]) -> Term:
    args = [_settled(arg, known) for arg in term.args]
    if term.op not in (UNTOLD, WHOLE):
        return apply(term.op, args, term.settings) or term if args != list(term.args) else term
    quotient = apply("div", args) or term
    cut = term.op == WHOLE and all(_is_whole(arg, known) for arg in args)
    return Term("trunc", (quotient,)) if cut else quotient


def _is_whole(term: Term, known: frozenset[str]) -> bool:
    if term.op == "const":
        value = number(term)
        return value is not None and value == int(value)
    if term.op == "column":
        name = term.settings[0][1]
        return name in known or COUNTED.search(name) is not None
    if term.op in COUNTS or (term.op == "cast" and term.setting("to") == "int"):
        return True
    if term.op == "where":
        return len(term.args) == 3 and all(_is_whole(arg, known) or _is_null(arg) for arg in term.args[1:])
    values = term.args[:1] if term.op in ("filter", "over") else term.args
    return term.op in KEEPING and bool(values) and all(_is_whole(arg, known) for arg in values)


def _is_null(term: Term) -> bool:
    return term.op == "const" and term.settings[0][1] == "null"
