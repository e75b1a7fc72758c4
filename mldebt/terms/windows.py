"""What is computed from the rows around a row: windows, offsets, running totals, the last rows of a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from mldebt.terms import elements, statistics
from mldebt.terms.moments import length_of
from mldebt.terms.outcomes import UNDEFINED, UntoldError

Settings = Mapping[str, Any]


class Vector(Struct, frozen=True):
    """A value for each row. `order`: where the rows stood before they were sorted."""

    values: list[Any]
    order: tuple[int, ...] | None = None

    def back(self, values: list[Any]) -> Vector:
        """Values that were computed in this order, in the order of the table."""
        if self.order is None:
            return Vector(values)
        found: list[Any] = [None] * len(values)
        for place, at in enumerate(self.order):
            found[at] = values[place]
        return Vector(found)


def compute(op: str, vector: Vector, told: Settings) -> Vector | object:
    if op in PARTS:
        return PARTS[op](vector, told)
    return vector.back(SERIES[op](vector.values, told))


# -- windows that something is computed in


def frames_of(op: str, told: Settings, vector: Vector, clock: Sequence[float] | None) -> list[list[int]]:
    """The rows in the window of each row."""
    height = len(vector.values)
    if op in ("expanding", "ewm"):
        return [list(range(at + 1)) for at in range(height)]
    window, closed = told.get("window"), told.get("closed") or "right"
    if told.get("center") not in (False, None) or told.get("win_type"):
        raise UntoldError("window")
    if isinstance(window, str):
        return _spans(window, closed, clock, height)
    if not isinstance(window, int) or isinstance(window, bool):
        raise UntoldError("window")
    first = {"right": 1, "left": 0, "both": 0, "neither": 1}[closed] - window
    last = 1 if closed in ("right", "both") else 0
    return [list(range(max(0, at + first), at + last)) for at in range(height)]


def _spans(window: str, closed: str, clock: Sequence[float] | None, height: int) -> list[list[int]]:
    if clock is None:
        raise UntoldError("window of time")
    length = length_of(window)

    def inside(at: int, other: int) -> bool:
        age = clock[at] - clock[other]
        left = age <= length if closed in ("left", "both") else age < length
        return left and (age >= 0 if closed in ("right", "both") else age > 0)

    return [[other for other in range(height) if inside(at, other)] for at in range(height)]


def aggregated(
    op: str, told: Settings, window: str, window_told: Settings, vector: Vector, rows: list[list[int]]
) -> Vector:
    """A statistic for each row, of what is in its window; null where that is too little."""
    if window == "ewm":
        return vector.back(_weighted(vector.values, window_told)) if op == "mean" else _refuse(op)
    least = window_told.get("min_periods")
    least = 1 if least is None else least
    if not isinstance(least, (int, float)):
        raise UntoldError("min_periods")
    found: list[Any] = []
    for numbers in rows:
        values = [vector.values[at] for at in numbers]
        known = sum(value is not None for value in values)
        enough = known >= max(least, 0 if op in ("sum", "count") else 1)
        found.append(statistics.compute(op, values, told) if enough else 0 if op == "count" and not least else None)
    return vector.back(found)


def _refuse(op: str) -> Vector:
    raise UntoldError(op)


def _weighted(values: Sequence[Any], told: Settings) -> list[Any]:
    alpha = _alpha(told)
    if told.get("ignore_na") or told.get("min_periods") not in (0, 1, None) or None in values:
        raise UntoldError("ewm")
    found: list[Any] = []
    total = weight = 0.0
    for at, value in enumerate(values):
        if told.get("adjust", True) is False:
            total = value if at == 0 else alpha * value + (1 - alpha) * total
            found.append(total)
        else:
            total, weight = total * (1 - alpha) + value, weight * (1 - alpha) + 1
            found.append(total / weight)
    return found


def _alpha(told: Settings) -> float:
    if "alpha" in told:
        return float(told["alpha"])
    if "span" in told:
        return 2 / (float(told["span"]) + 1)
    if "com" in told:
        return 1 / (1 + float(told["com"]))
    if isinstance(told.get("halflife"), (int, float)):
        return 1 - math.exp(-math.log(2) / told["halflife"])
    raise UntoldError("ewm")


# -- rows that are computed from others


def _shift(values: list[Any], told: Settings) -> list[Any]:
    periods = told.get("periods", 1)
    if not isinstance(periods, int) or told.get("freq"):
        raise UntoldError("shift")
    filled = told.get("fill_value")
    return [values[at - periods] if 0 <= at - periods < len(values) else filled for at in range(len(values))]


def _diff(values: list[Any], told: Settings) -> list[Any]:
    before = _shift(values, {"periods": told.get("periods", 1)})
    return [elements.compute("sub", [now, then], {}) for now, then in zip(values, before, strict=True)]


def _change(values: list[Any], told: Settings) -> list[Any]:
    before = _shift(values, {"periods": told.get("periods", 1)})
    quotients = [elements.compute("div", [now, then], {}) for now, then in zip(values, before, strict=True)]
    return [elements.compute("sub", [quotient, 1], {}) for quotient in quotients]


def _running(function: Callable[[Any, Any], Any]) -> Callable[[list[Any], Settings], list[Any]]:
    def handler(values: list[Any], told: Settings) -> list[Any]:
        found: list[Any] = []
        total: Any = None
        for value in values:
            if value is not None:
                total = value if total is None else function(total, value)
            found.append(None if value is None else total)
        return found

    return handler


def _forward(values: list[Any], told: Settings) -> list[Any]:
    if told.get("limit") is not None:
        raise UntoldError("limit")
    found: list[Any] = []
    for value in values:
        found.append(value if value is not None or not found else found[-1])
    return found


def _backward(values: list[Any], told: Settings) -> list[Any]:
    return _forward(values[::-1], told)[::-1]


SERIES: Final[Mapping[str, Callable[[list[Any], Settings], list[Any]]]] = MappingProxyType({
    "shift": _shift, "diff": _diff, "pct_change": _change, "forward_fill": _forward, "backward_fill": _backward,
    "cumsum": _running(lambda a, b: elements.compute("add", [a, b], {})), "cummax": _running(max),
    "cummin": _running(min), "cumprod": _running(lambda a, b: a * b),
    "cumcount": lambda values, told: list(range(len(values))),
})  # fmt: skip


# -- some of the rows


def _tail(vector: Vector, told: Settings) -> Vector:
    return Vector(vector.values[-_count(told) :])


def _head(vector: Vector, told: Settings) -> Vector:
    return Vector(vector.values[: _count(told)])


def _count(told: Settings) -> int:
    count = told.get("n")
    if not isinstance(count, int) or count <= 0:
        raise UntoldError("rows")
    return count


def _span(vector: Vector, told: Settings) -> Vector:
    bounds = (told.get("start"), told.get("stop"))
    if any(not isinstance(bound, (int, type(None))) for bound in bounds):
        raise UntoldError("rows")
    return Vector(vector.values[bounds[0] : bounds[1]])


def _item(vector: Vector, told: Settings) -> object:
    """One value of several; where there is none, one library raises and another answers null."""
    at = told.get("at")
    if not isinstance(at, int):
        raise UntoldError("item")
    return vector.values[at] if -len(vector.values) <= at < len(vector.values) else UNDEFINED


PARTS: Final[Mapping[str, Callable[[Vector, Settings], Vector | object]]] = MappingProxyType({
    "tail": _tail, "head": _head, "span": _span, "item": _item,
})  # fmt: skip
WINDOWS: Final = frozenset({*SERIES, *PARTS})
