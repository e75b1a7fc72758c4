"""Which value of a column an expression over it turns into a given one: where a limit lies, seen from the column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mldebt.terms.term import Term, number

UNDONE: Final[Mapping[str, Callable[[float], float]]] = MappingProxyType({
    "neg": lambda value: -value, "log": math.exp, "log1p": math.expm1, "log10": lambda value: 10.0**value,
    "log2": lambda value: 2.0**value, "exp": math.log, "expm1": math.log1p, "sqrt": lambda value: value * value,
    "square": math.sqrt,
})  # fmt: skip
KEPT: Final = frozenset({"cast", "fill_null", "default", "clip", "abs", "round", "floor", "ceil", "trunc"})
"""What leaves most values about where they are."""


def preimage(term: Term, name: str, value: float) -> float | None:
    """The value of the column `name` at which a term that is made of it alone is about `value`."""
    try:
        while term.op != "column":
            step = _undone(term, value)
            if step is None:
                return None
            term, value = step
    except (ArithmeticError, ValueError):
        return None
    return value if term.settings[0][1] == name and math.isfinite(value) else None


def _undone(term: Term, value: float) -> tuple[Term, float] | None:
    if term.op in UNDONE and len(term.args) == 1 and not term.settings:
        return term.args[0], UNDONE[term.op](value)
    if term.op in KEPT and term.args:
        return term.args[0], value
    numbers = [number(arg) for arg in term.args]
    if len(numbers) != 2 or (numbers[0] is None) == (numbers[1] is None):
        return None
    at = 0 if numbers[0] is None else 1
    return _without(term.op, term.args[at], numbers[1 - at] or 0.0, value, first=at == 0)


def _without(op: str, inner: Term, known: float, value: float, *, first: bool) -> tuple[Term, float] | None:
    if op == "add":
        return inner, value - known
    if op == "sub":
        return inner, value + known if first else known - value
    if op == "mul":
        return inner, value / known
    if op == "div":
        return inner, value * known if first else known / value
    return None
