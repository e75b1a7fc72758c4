"""Windows that are put together step by step and handed to `.over()`, as those of Spark are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mldebt.evaluate.frames import names_of
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Const, Object, Symbol, Value
from mldebt.terms import Term, apply
from mldebt.terms.classes import AGGREGATES
from mldebt.terms.term import IN_ORDER, written

STEPS: Final[Mapping[str, str]] = MappingProxyType({
    "partitionBy": "by", "orderBy": "order", "rowsBetween": "rows", "rangeBetween": "range",
})  # fmt: skip
HOUR: Final = 3600
UNBOUNDED: Final = -(2**31)


def note_step(operation: Operation, made: Object) -> None:
    """What a step says of a window: its groups, its order, which rows are in it."""
    step = STEPS.get(operation.dotted.rpartition(".")[2])
    receiver = operation.receiver
    before = receiver.facts.get("window") if isinstance(receiver, Object) else None
    if step is None or (before is None and ".Window." not in operation.dotted):
        return
    args = operation.call.args
    told = tuple(map(_bound, args)) if step in ("rows", "range") else _columns(args)
    made.facts["window"] = {**(before or {}), step: told}


def window_among(args: list[Value]) -> dict[str, Any] | None:
    return args[0].facts.get("window") if args and isinstance(args[0], Object) else None


def within(term: Term | None, window: dict[str, Any]) -> Term | None:
    """A statistic, or a value of another row, within a window; None where that can't be told."""
    by = window.get("by", ())
    if term is None or by is None:
        return None
    inner = _in_window(term, window)
    return apply("over", [inner], [("by", written(sorted(by)))]) if by else inner


def _in_window(term: Term, window: dict[str, Any]) -> Term | None:
    if term.op == "shift" and window.get("order"):
        return apply(term.op, term.args, (*term.settings, *IN_ORDER))
    if term.op not in AGGREGATES or "order" not in window or not term.args:
        return term
    if window["order"] is None:
        return None
    steps = _of_rows(*window["rows"]) if "rows" in window else _of_range(*window.get("range", (UNBOUNDED, 0)))
    if steps is None:
        return None
    found: Term | None = term.args[0]
    for op, told in steps:
        if term.op == "count" and "min_periods" in told:
            told = {**told, "min_periods": "0"}  # none are counted as none
        found = apply(op, [found], (*told.items(), *IN_ORDER))
    return apply(term.op, [found], term.settings)


Steps = list[tuple[str, dict[str, str]]]
PLAIN: Final = {"center": "false", "min_periods": "1"}


def _of_rows(low: int | None, high: int | None) -> Steps | None:
    if low is None or high is None or high > 0 or low > high:
        return None
    back: Steps = [("shift", {"periods": str(-high)})] if high else []
    if low <= UNBOUNDED:
        return [*back, ("expanding", {"min_periods": "1"})]
    return [*back, ("rolling", {**PLAIN, "window": str(high - low + 1)})]


def _of_range(low: int | None, high: int | None) -> Steps | None:
    """The order is one of time in seconds, as such windows have to be told; both ends are in it."""
    if low is None or high not in (0, -1):
        return None
    if low <= UNBOUNDED:
        return [("expanding", {"min_periods": "1"})] if high == 0 else None
    closed = "both" if high == 0 else "left"
    return [("rolling", {**PLAIN, "closed": written(closed), "window": written(f"{-low}s")})] if -low >= HOUR else None


def _bound(value: Value) -> int | None:
    if isinstance(value, Symbol):
        word = value.dotted.rpartition(".")[2]
        return {"unboundedPreceding": UNBOUNDED, "currentRow": 0, "unboundedFollowing": -UNBOUNDED}.get(word)
    known = isinstance(value, Const) and isinstance(value.value, int)
    return max(int(str(value.value)), UNBOUNDED) if known and isinstance(value, Const) else None


def _columns(args: list[Value]) -> tuple[str, ...] | None:
    """The columns by their names; None where one isn't told, or the order is turned."""
    found: list[str] = []
    for arg in args:
        names, whole = names_of(arg)
        turned = isinstance(arg, Object) and arg.facts.get("turned")
        if not whole or turned:
            return None
        found += names
    return tuple(found)
