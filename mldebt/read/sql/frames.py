"""The rows that the window of a query takes in: `ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING`."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

Step = tuple[str, tuple[tuple[str, str], ...]]
"""An operation of the canonical expressions with its settings."""

ALL_BEFORE: Final[Step] = ("expanding", (("min_periods", "1"),))
LETTERS: Final = {"day": "D", "days": "D", "hour": "h", "hours": "h", "minute": "min", "minutes": "min"}


def steps_of(spec: exp.Expr | None) -> tuple[Step, ...] | None:
    """What is done to a column so that a statistic of it is one of the window; None where that can't be told."""
    if spec is None:
        return (ALL_BEFORE,)
    kind = str(spec.args.get("kind") or "").upper()
    start, end = _bound(spec, "start"), _bound(spec, "end")
    if kind == "RANGE":
        return _of_time(spec, end)
    if kind != "ROWS" or end is None or end > 0:
        return None
    back: tuple[Step, ...] = (("shift", (("periods", str(-end)),)),) if end else ()
    if start is None:
        return (*back, ALL_BEFORE) if _is_unbounded(spec) else None
    height = end - start + 1
    window = (("center", "false"), ("min_periods", "1"), ("window", str(height)))
    return (*back, ("rolling", window)) if height > 0 else None


def _bound(spec: exp.Expr, side: str) -> int | None:
    """How many rows behind the current one a window begins or ends, as a number that is not above 0 before it."""
    bound = spec.args.get(side)
    if bound is None or (isinstance(bound, str) and bound.upper() == "CURRENT ROW"):
        return 0 if side == "end" or bound is not None else None
    if not isinstance(bound, exp.Literal) or not bound.name.isdigit():
        return None
    return -int(bound.name) if str(spec.args.get(f"{side}_side") or "").upper() == "PRECEDING" else int(bound.name)


def _is_unbounded(spec: exp.Expr) -> bool:
    return str(spec.args.get("start")).upper() == "UNBOUNDED"


def _of_time(spec: exp.Expr, end: int | None) -> tuple[Step, ...] | None:
    """`RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW`: both ends are in it."""
    start = spec.args.get("start")
    if end == 0 and _is_unbounded(spec):
        return (ALL_BEFORE,)
    if end != 0 or not isinstance(start, exp.Interval) or not isinstance(start.this, exp.Literal):
        return None
    unit = LETTERS.get(start.text("unit").lower())
    if unit is None or not start.this.name.isdigit():
        return None
    window = f'"{start.this.name}{unit}"'
    return (("rolling", (("center", "false"), ("closed", '"both"'), ("min_periods", "1"), ("window", window))),)
