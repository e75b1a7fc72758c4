"""Outcomes of two expressions side by side: when they count as the same."""

from __future__ import annotations

import math
from typing import Any

from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED, UntoldError
from mldebt.terms.running import Table
from mldebt.terms.windows import Vector


def spread(value: Vector | object, table: Table) -> list[Any]:
    """An outcome row by row."""
    if isinstance(value, Vector):
        if len(value.values) != table.height:
            raise UntoldError("some of the rows")
        return value.values
    return [value] * table.height


def plain(value: object) -> object:
    """An outcome as a number, if it is one."""
    if isinstance(value, bool) or value is UNDEFINED:
        return None
    return value.seconds if isinstance(value, Duration) else value


def same(one: object, other: object) -> bool:
    if one is UNDEFINED or other is UNDEFINED:
        return one is other
    if one is None or other is None:
        return one is other
    if isinstance(one, Moment) and isinstance(other, Moment):
        return one.seconds == other.seconds
    if isinstance(one, str) != isinstance(other, str) or isinstance(one, Duration) != isinstance(other, Duration):
        raise UntoldError("values of different kinds")
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
