"""The parts that each value of a column is split into: what is computed of each, and which of them are left."""

from __future__ import annotations

from typing import Final

from mldebt.terms.algebra import apply
from mldebt.terms.term import Term

SPLIT: Final = frozenset({"split", "tokens"})
"""What makes several parts of one value."""
WORD: Final = Term("word")
"""Stands for each of them."""
STOP_WORDS: Final = "stop_words"
"""A library's list of words that say little."""
UNTOLD: Final = frozenset({"rows", "tail", "head", "span", "sorted", "kept"})


def one_of(parts: Term | None) -> Term | None:
    """What each part is, for whoever goes over them."""
    return apply("one_of", [parts])


def is_of_words(term: Term | None) -> bool:
    return term is not None and any(part.op == "one_of" for part in term.walk())


def of_words(term: Term | None) -> Term | None:
    """`filter(upper(one_of(split(x))), …)`: the list that is made of each value; None where that can't be told."""
    tests: list[Term] = []
    while term is not None and term.op == "filter":
        tests.insert(0, term.args[1])
        term = term.args[0]
    sides = [term, *tests] if term is not None else []
    split = {part.args[0] for side in sides for part in side.walk() if part.op == "one_of"}
    made = [_of_each(side) for side in sides]
    if len(split) != 1 or any(side.columns or UNTOLD & {part.op for part in side.walk()} for side in made):
        return None
    return apply("words", [split.pop(), *made])


def _of_each(term: Term) -> Term:
    return WORD if term.op == "one_of" else Term(term.op, tuple(map(_of_each, term.args)), term.settings)
