"""Texts that hold a date, read in another order than they are written in: day before month, or month before day."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Final

from mldebt.terms.term import Term

ORDER: Final = re.compile(r"%-?([dm])(.)%-?([dm])\2")
"""Both as numbers beside each other, with the same sign before the year: any day up to the twelfth may be either."""


def misread(one: Term, other: Term) -> tuple[Term, Term]:
    """Both, with days and months at each other's place where the second reads them the other way round."""
    first, second = _formats(one), _formats(other)
    if len(first) != 1 or len(second) != 1 or first == second or _turned(*first) != next(iter(second)):
        return one, other
    return one, _swapped(other)


def _formats(term: Term) -> set[str]:
    told = [part.setting("format") for part in term.walk() if part.op == "to_datetime"]
    found: set[str] = set()
    for text in told:
        with suppress(ValueError):
            found.add(str(json.loads(text or "null")))
    return found


def _turned(text: str) -> str:
    """The format with day and month the other way round; "" where nobody would take one for the other."""
    found = ORDER.search(text)
    if found is None or found[1] == found[3]:
        return ""
    return text[: found.start()] + f"%{found[3]}{found[2]}%{found[1]}{found[2]}" + text[found.end() :]


def _swapped(term: Term) -> Term:
    args = tuple(map(_swapped, term.args))
    made = Term(term.op, args, term.settings)
    return Term("swap_day_and_month", (made,)) if term.op == "to_datetime" else made
