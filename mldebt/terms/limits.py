"""Values made of several columns, at the numbers that they are held against: `spend / income >= 0.5`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mldebt.terms.samples import LIMITS
from mldebt.terms.term import Term, column, number

MOST: Final = 3
"""How many such values are looked at: more than a few are seldom written."""


def held_alike(one: Term, other: Term, same: Callable[[Term, Term], bool]) -> tuple[Term, Term, list[str]] | None:
    """Both terms with a column for each value that both hold against numbers, and what these columns are called.

    A column can lie at the very numbers, which what is made of several seldom does. None where there is no such value,
    or where what it is made of goes into something else besides.
    """
    mine, theirs = _held(one), _held(other)
    if not mine or not theirs or max(len(mine), len(theirs)) > MOST:
        return None
    left, right, names = one, other, []
    for term in mine:
        for part in (term, *(known for known in theirs if same(term, known))):
            left, right = _put(left, part, str(term)), _put(right, part, str(term))
        names.append(str(term))
    apart = left.columns | right.columns <= {*names, *(one.columns - frozenset().union(*(t.columns for t in mine)))}
    return (left, right, names) if apart else None


def _held(term: Term) -> list[Term]:
    """What is made of several columns and held against a number."""
    tests = [part for part in term.walk() if part.op in LIMITS]
    against = [test for test in tests if test.settings or any(number(arg) is not None for arg in test.args)]
    found = [arg for test in against for arg in test.args if len(arg.columns) > 1]
    return list(dict.fromkeys(found))


def _put(term: Term, part: Term, name: str) -> Term:
    if term == part:
        return column(name)
    return Term(term.op, tuple(_put(arg, part, name) for arg in term.args), term.settings) if term.args else term
