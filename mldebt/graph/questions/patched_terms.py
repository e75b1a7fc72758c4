"""Which parts of an expression change a prediction by hand, in some cases only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from mldebt.terms import Term, is_predicted
from mldebt.terms.term import INFIX, number, written

PLAIN = frozenset({
    "cast", "round", "floor", "ceil", "exp", "expm1", "log", "log1p", "sqrt", "abs", "item", "fill_null",
})  # fmt: skip
"""What is done to a prediction whatever the case: units, legal limits, the inverse of how the label was transformed."""
ARITHMETIC = frozenset({"add", "sub", "mul", "div", "pow"})

LIMITS = {"lower": "at least", "upper": "at most"}


class Patch(Struct, frozen=True):
    """Where `test` holds, a prediction is replaced by `then`, elsewhere it is `otherwise`."""

    test: Term
    then: Term
    otherwise: Term

    @property
    def change(self) -> str:
        """What is done to the prediction, as a calculation: `* 1.12`, `+ 20`, `= 7`."""
        value = next((number(branch) for branch in (self.then, self.otherwise) if not is_predicted(branch)), None)
        if value is not None:
            return f"= {written(value)}"
        here, there = Counter(_numbers(self.then)), Counter(_numbers(self.otherwise))
        return ", ".join((here - there) or (there - here))

    @property
    def sets_nothing(self) -> bool:
        """It is set to nought."""
        return any(number(branch) == 0 for branch in (self.then, self.otherwise))


def patches_in(term: Term) -> dict[str, tuple[Patch, ...]]:
    """By prediction: what is changed about it, each condition once."""
    found: dict[str, dict[Term, Patch]] = {}
    for part in term.walk():
        if part.op == "where" and len(part.args) == 3 and is_predicted(part):
            patch = Patch(*part.args)
            if _is_by_hand(patch):
                for node in sorted(_predictions(patch.then) | _predictions(patch.otherwise)):
                    found.setdefault(node, {}).setdefault(patch.test, patch)
    return {node: tuple(patches.values()) for node, patches in found.items()}


def _is_by_hand(patch: Patch) -> bool:
    then, otherwise = _predictions(patch.then), _predictions(patch.otherwise)
    if not _asks_data(patch.test):
        return False
    if then and otherwise:
        return bool(then & otherwise) and _differ_by_a_number(patch.then, patch.otherwise)
    other = patch.otherwise if then else patch.then
    value = number(other)
    return value is not None and value == value and not (value == 0 and _is_a_guard(patch.test))


def _predictions(term: Term) -> frozenset[str]:
    """The predictions that a value is made of; how many there are says nothing of what they are."""
    if term.op == "predicted":
        return frozenset((term.settings[0][1],))
    return frozenset().union(*map(_predictions, term.args)) if term.op not in COUNTS else frozenset()


COUNTS = frozenset({"size", "count", "nunique"})


def _asks_data(test: Term) -> bool:
    """Whether a condition asks for a value of the data, not only for the prediction, or whether something is there."""
    if test.op in ("is_null", "is_not_null") or test.op == "predicted":
        return False
    if test.op == "column":
        return True
    if test.op in ("lt", "le", "eq", "ne") and any(is_predicted(arg) for arg in test.args):
        return False
    return any(_asks_data(arg) for arg in test.args)


def _is_a_guard(test: Term) -> bool:
    """`if distance <= 0`, `if not items`: nothing was asked that there could be an answer to."""
    return any(part.op in ("lt", "le", "eq") and any(number(arg) == 0 or str(arg) == '""' for arg in part.args)
               for part in test.walk())  # fmt: skip


def _differ_by_a_number(one: Term, other: Term) -> bool:
    """Whether a number was added to one of them, or it was multiplied by one, and the other wasn't in the same way."""
    plain = (_plain(one), _plain(other))
    if plain[0] == plain[1] or _is_complement(*plain) or _is_complement(*plain[::-1]):
        return False
    here, there = Counter(_numbers(one)), Counter(_numbers(other))
    return bool(here - there and not _columns(one)) or bool(there - here and not _columns(other))


def _plain(term: Term) -> Term:
    while term.op in PLAIN and term.args:
        term = term.args[0]
    return term


def _is_complement(one: Term, other: Term) -> bool:
    """1 - p: the same, seen from the other side."""
    if one.op == "neg" and one.args[0] == other:
        return True
    return one.op == "sub" and number(one.args[0]) == 1 and _plain(one.args[1]) == other


def _numbers(term: Term) -> list[str]:
    """The numbers that are added to what is predicted, or that it is multiplied by."""
    parts = [part for part in _values(term) if is_predicted(part)]
    sums = [f"{INFIX[part.op]} {arg}" for part in parts if part.op in ARITHMETIC for arg in part.args
            if number(arg) is not None]  # fmt: skip
    limits = [f"{LIMITS[name]} {value}" for part in parts if part.op == "clip" for name, value in part.settings
              if name in LIMITS]  # fmt: skip
    return sorted(sums + limits)


def _columns(term: Term) -> set[str]:
    return {part.settings[0][1] for part in _values(term) if part.op == "column"}


def _values(term: Term) -> Iterator[Term]:
    """The parts of a term without the conditions in it."""
    yield term
    for arg in term.args[1:] if term.op == "where" else term.args:
        yield from _values(arg)
