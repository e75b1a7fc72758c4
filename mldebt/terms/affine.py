"""What an expression is a multiple of, and a shift of: `price / 100` and `price` carry the same signal."""

from __future__ import annotations

from typing import Final

from mldebt.terms.term import Term, number

COMPLEMENTS: Final = {"is_not_null": "is_null", "ne": "eq"}
NUMBERS: Final = ('"float"', "float", '"float64"', '"float32"')


def core(term: Term) -> Term:
    """The expression without numbers that are added to it or that it is multiplied with, and without its sign."""
    inner = _without_one(term)
    return core(inner) if inner is not None else _positive(term)


def _without_one(term: Term) -> Term | None:
    if term.op in ("add", "mul"):
        others = [arg for arg in term.args if number(arg) is None]
        return _rest(term, others) if len(others) < len(term.args) else None
    if term.op == "div" and number(term.args[1]):
        return term.args[0]
    if term.op == "sub" and number(term.args[0]) is not None:
        return term.args[1]
    if term.op in ("neg", "not") or (term.op == "cast" and term.setting("to") in NUMBERS):
        return term.args[0]
    return None


def _rest(term: Term, others: list[Term]) -> Term | None:
    """A sum or product without its numbers; a product with zero is none."""
    if not others or (term.op == "mul" and any(number(arg) == 0 for arg in term.args)):
        return None
    if len(others) == 1:
        return others[0]
    return Term(term.op, tuple(others), term.settings)


def _positive(term: Term) -> Term:
    op = COMPLEMENTS.get(term.op)
    return Term(op, term.args, term.settings) if op else term
