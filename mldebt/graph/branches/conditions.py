"""What names with one value decide."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.graph.branches.stuck import Stuck
from mldebt.read.facts import Expr

Verdict = tuple[bool, tuple[Stuck, ...]]
"""Whether a condition holds, and the names that make it so; none for one that is written as a constant."""
_UNKNOWN = object()


def verdict(test: Expr, known: Mapping[Expr, Stuck]) -> Verdict | None:
    """What is sure of a condition, None for nothing."""
    match test:
        case ("const", value) if isinstance(value, (bool, int)):
            return bool(value), ()
        case ("un", "not", operand):
            found = verdict(operand, known)
            return None if found is None else (not found[0], found[1])
        case ("bool", operator, left, right):
            return _both(operator, verdict(left, known), verdict(right, known))
        case ("cmp", operator, left, right):
            return _compared(operator, left, right, known)
    name = known.get(test)
    return (bool(name.value), (name,)) if name is not None else None


def _both(operator: str, left: Verdict | None, right: Verdict | None) -> Verdict | None:
    decides = operator == "or"
    for side in (left, right):
        if side is not None and side[0] == decides:
            return side
    if left is None or right is None:
        return None
    return not decides, left[1] + right[1]


def _compared(operator: str, left: Expr, right: Expr, known: Mapping[Expr, Stuck]) -> Verdict | None:
    name = known.get(left) or known.get(right)
    if name is None:
        return None
    other = right if known.get(left) is name else left
    if operator in ("==", "is", "!=", "is not") and other[0] == "const":
        return (name.value == other[1]) == (operator in ("==", "is")), (name,)
    if operator in ("in", "not in") and other is right and other[0] in ("tuple", "list", "set"):
        members = [item[1] if item[0] == "const" else _UNKNOWN for item in other[1]]
        if _UNKNOWN not in members:
            return (name.value in members) == (operator == "in"), (name,)
    return None
