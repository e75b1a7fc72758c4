"""Statistics over values, nulls left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED, UntoldError

Settings = Mapping[str, Any]


def compute(op: str, values: Sequence[Any], told: Settings) -> object:
    if op == "size":
        return len(values)
    if any(value is UNDEFINED for value in values):
        return UNDEFINED
    known = [value for value in values if value is not None]
    if any(isinstance(value, (list, Vectorlike)) for value in known):
        raise UntoldError(op)
    if op not in ANY_KIND and any(isinstance(value, (str, Moment)) for value in known):
        raise UntoldError(op)
    if unknown := set(told) - KNOWN.get(op, frozenset()):
        raise UntoldError(f"{op} with {', '.join(sorted(unknown))}")
    return STATISTICS[op](known, told)


class Vectorlike:
    """Stands for what can't be an element."""


KNOWN: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "mean": frozenset({"empty"}), "std": frozenset({"ddof"}), "var": frozenset({"ddof"}),
    "quantile": frozenset({"q", "interpolation"}), "percentile": frozenset({"q"}),
    "sum": frozenset({"empty"}), "min": frozenset({"empty"}), "max": frozenset({"empty"}),
})  # fmt: skip
ANY_KIND: Final = frozenset(("count", "nunique", "first", "last", "any", "all", "min", "max", "mode"))


def _plain(values: Sequence[Any]) -> list[Any]:
    return [value.seconds if isinstance(value, Duration) else value for value in values]


def _like(values: Sequence[Any], found: object) -> object:
    durations = bool(values) and all(isinstance(value, Duration) for value in values)
    return Duration(found) if durations and isinstance(found, (int, float)) else found


def _mean(values: list[Any], told: Settings) -> object:
    if not values:
        return UNDEFINED if told.get("empty") == "error" else None
    return _like(values, math.fsum(_plain(values)) / len(values))


def _sum(values: list[Any], told: Settings) -> object:
    return _like(values, math.fsum(_plain(values))) if values or "empty" not in told else None


def _median(values: list[Any], told: Settings) -> object:
    return _quantile(values, {"q": 0.5})


def _quantile(values: list[Any], told: Settings) -> object:
    if not values:
        return None
    if told.get("interpolation", "linear") != "linear" or not isinstance(told.get("q"), (int, float)):
        raise UntoldError("quantile")
    ordered = sorted(_plain(values))
    at = told["q"] * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return _like(values, ordered[low] + (ordered[high] - ordered[low]) * (at - low))


def _percentile(values: list[Any], told: Settings) -> object:
    if not isinstance(told.get("q"), (int, float)):
        raise UntoldError("percentile")
    return _quantile(values, {"q": told["q"] / 100})


def _var(values: list[Any], told: Settings) -> object:
    ddof = told.get("ddof", 1)
    if len(values) <= ddof:
        return None
    plain = _plain(values)
    middle = math.fsum(plain) / len(plain)
    return math.fsum((value - middle) ** 2 for value in plain) / (len(plain) - ddof)


def _std(values: list[Any], told: Settings) -> object:
    found = _var(values, told)
    return _like(values, math.sqrt(found)) if isinstance(found, (int, float)) else found


def _ordered(pick: Callable[..., Any]) -> Callable[[list[Any], Settings], object]:
    return lambda values, told: (
        pick(values, key=lambda value: value.seconds if isinstance(value, (Moment, Duration)) else value)
        if values
        else UNDEFINED if told.get("empty") == "error" else None
    )  # fmt: skip


STATISTICS: Final[Mapping[str, Callable[[list[Any], Settings], object]]] = MappingProxyType({
    "mean": _mean, "median": _median, "sum": _sum,
    "min": _ordered(min), "max": _ordered(max), "count": lambda values, told: len(values),
    "size": lambda values, told: len(values), "nunique": lambda values, told: len(set(values)),
    "prod": lambda values, told: math.prod(values), "any": lambda values, told: any(values),
    "all": lambda values, told: all(values), "std": _std, "var": _var, "quantile": _quantile,
    "percentile": _percentile, "first": lambda values, told: values[0] if values else None,
    "last": lambda values, told: values[-1] if values else None,
})  # fmt: skip
