"""Expressions whose value in a row comes from its neighbours: lags, differences, moving windows."""

from __future__ import annotations

from mldebt.terms.term import Term

NEIGHBOURS = frozenset({"shift", "diff", "pct_change", "rolling_mean", "rolling_sum", "rolling_max", "rolling_min"})
WINDOWS = frozenset({"rolling", "expanding", "ewm"})
_OVER_ALL = frozenset({
    "mean", "median", "sum", "min", "max", "prod", "count", "size", "nunique", "any", "all", "mode", "skew", "kurt",
    "sem", "std", "var", "quantile", "first", "last", "item", "idxmax", "idxmin",
})  # fmt: skip


def looks_across(term: Term) -> str:
    """The operation that looks at neighbouring rows, "" for none. A statistic of what it gives is one of all rows."""
    if term.op in NEIGHBOURS or term.op in WINDOWS:
        return term.op
    if term.op in _OVER_ALL:
        return term.args[0].op if term.args and term.args[0].op in WINDOWS else ""
    args = term.args[:1] if term.op == "filter" else term.args
    return next((op for arg in args if (op := looks_across(arg))), "")
