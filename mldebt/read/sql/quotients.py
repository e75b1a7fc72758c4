"""`/` in SQL: a fraction where one of the numbers is written as one, else whatever the database makes of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from mldebt.terms import Term, apply
from mldebt.terms.types import type_name
from mldebt.terms.whole import UNTOLD

FRACTIONS = (exp.Avg, exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance, exp.Ln, exp.Sqrt, exp.Exp)


def quotient(value: exp.Expr, read: Callable[[exp.Expr], Term | None]) -> Term | None:
    operands = [read(value.this), read(value.expression)]
    told = _is_fraction(value.this) or _is_fraction(value.expression)
    return apply("div" if told else UNTOLD, operands)


def _is_fraction(value: exp.Expr) -> bool:
    if isinstance(value, exp.Literal):
        return not value.args.get("is_string") and not value.name.isdigit()
    if isinstance(value, exp.Cast | exp.TryCast):
        return type_name(value.args["to"].sql()) == "float"
    if isinstance(value, FRACTIONS):
        return True
    inner = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Paren, exp.Neg, exp.Abs, exp.Sum, exp.Min, exp.Max, exp.Coalesce,
             exp.Nullif, exp.Window, exp.Filter)  # fmt: skip
    if not isinstance(value, inner):
        return False
    parts = [value.this, value.args.get("expression"), *(value.expressions or ())]
    return any(_is_fraction(part) for part in parts if isinstance(part, exp.Expr))
