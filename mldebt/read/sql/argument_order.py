"""Lengths of time whose unit stands first: `DATEDIFF('day', a, b)`, `TIMESTAMPDIFF(MINUTE, a, b)`."""

from __future__ import annotations

from sqlglot import exp

UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


def unit_last(tree: exp.Expr) -> exp.Expr:
    """The tree with the unit of each such length behind the two moments, the later one first."""
    for node in [*tree.find_all(exp.DateDiff, exp.TimestampDiff)]:
        unit, last = node.this, node.args.get("unit")
        named = isinstance(unit, exp.Literal | exp.Column | exp.Var) and _is_unit(unit.name)
        if named and isinstance(last, exp.Var) and not _is_unit(last.name):
            earlier, later = node.expression, exp.column(last.name.lower())  # the parser has it in capitals
            node.set("unit", exp.var(unit.name.upper()))
            node.set("this", later)
            node.set("expression", earlier)
    return tree


def _is_unit(name: str) -> bool:
    return name.lower().removesuffix("s") in UNITS
