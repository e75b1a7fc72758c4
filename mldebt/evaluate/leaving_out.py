"""Names that a list of whatever columns a table has leaves out for sure: `[c for c in df.columns if c not in KEYS]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldebt.evaluate.frames import names_of
from mldebt.evaluate.machine import Machine
from mldebt.read.facts import Expr


def left_out(machine: Machine, element: Expr, generators: Any) -> frozenset[str]:
    if len(generators) != 1 or element != generators[0][0]:
        return frozenset()
    return frozenset(name for test in generators[0][2] for name in _refused(machine, element, test))


def asks_for_names(element: Expr, generators: Any) -> bool:
    """Whether only names of a certain kind are taken: `[c for c in df.columns if c.endswith("_lag")]`."""
    return any(_is_asked_for(element, test) for _, _, tests in generators for test in tests)


def _is_asked_for(name: Expr, test: Expr) -> bool:
    match test:
        case ("bool", "and", left, right):
            return _is_asked_for(name, left) or _is_asked_for(name, right)
        case ("bool", "or", left, right):
            return _is_asked_for(name, left) and _is_asked_for(name, right)
        case ("cmp", "in", ("const", str()), right):
            return bool(right == name)
        case ("call", ("attr", asked, "startswith" | "endswith"), *_):
            return bool(asked == name)
    return False


def _refused(machine: Machine, name: Expr, test: Expr) -> Iterator[str]:
    match test:
        case ("bool", "and", left, right):
            yield from _refused(machine, name, left)
            yield from _refused(machine, name, right)
        case ("cmp", ("not in" | "!="), left, right) if left == name:
            yield from names_of(machine.evaluate(right))[0]
        case ("un", "not", ("cmp", ("in" | "=="), left, right)) if left == name:
            yield from names_of(machine.evaluate(right))[0]
