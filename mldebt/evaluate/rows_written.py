"""Rows that are written out (`np.array([[a, b]])`): what is done to all of their values at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeGuard

from msgspec.structs import replace

from mldebt.evaluate.picking import goes_over_rows
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Frame, Map, Seq, Unknown, Value
from mldebt.terms import Term, apply

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call
    from mldebt.evaluate.machine import Machine

Cells = tuple[Term | None, ...]
NOT_OF_EACH = frozenset({"is", "over", "greatest", "least", "list"})


def _is_written(value: Value | None) -> TypeGuard[Frame]:
    """Whether a value is such a row: what a query gives has names besides."""
    return isinstance(value, Frame) and bool(value.cells) and not value.named


def cells_of_call(op: str, call: Call, of: Callable[[Call], Term | None]) -> Cells | None:
    """What a function of each value makes of such a row: `np.array([a, b]).astype("float32")`."""
    row: Frame | None = next((one for one in (call.receiver, *call.args[:1]) if _is_written(one)), None)
    if row is None or goes_over_rows(op) or op in NOT_OF_EACH:
        return None
    return tuple(of(_instead(call, row, Unknown("value of a row", term=cell))) for cell in row.cells or ())


def _instead(call: Call, row: Frame, one: Value) -> Call:
    args = [one if item is row else item for item in call.args]
    return replace(call, args=args, receiver=one if call.receiver is row else call.receiver)


def cells_of_operator(machine: Machine, op: str, left: Value, right: Value) -> tuple[Term | None, ...] | None:
    """What an operator makes of each value of a row that is written out: `np.array([a, b]) / 255`."""
    cells = [value.cells if _is_written(value) else None for value in (left, right)]
    width = max((len(one) for one in cells if one), default=0)
    if not width or any(isinstance(value, (Seq, Map)) for value in (left, right)):
        return None
    spread = [one or (term_of(machine, value),) * width for one, value in zip(cells, (left, right), strict=True)]
    alike = all(len(one) == width for one in spread)
    return tuple(apply(op, list(pair)) for pair in zip(*spread, strict=True)) if alike else None
