"""SQL expressions as canonical expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlglot import exp

from mldebt.terms import Term, apply, const
from mldebt.terms.term import written
from mldebt.terms.types import type_name

OfColumn = Callable[[exp.Column], Term | None]
Keys = tuple[str, ...] | None

SIMPLE: Final[Mapping[type[exp.Expr], str]] = MappingProxyType({
    exp.Add: "add", exp.Sub: "sub", exp.Mul: "mul", exp.Div: "div", exp.IntDiv: "floordiv", exp.Mod: "mod",
    exp.Pow: "pow", exp.EQ: "eq", exp.NEQ: "ne", exp.GT: "gt", exp.GTE: "ge", exp.LT: "lt", exp.LTE: "le",
    exp.And: "and", exp.Or: "or", exp.Not: "not", exp.Neg: "neg", exp.Abs: "abs", exp.Sqrt: "sqrt", exp.Ln: "log",
    exp.Exp: "exp", exp.Floor: "floor", exp.Ceil: "ceil", exp.Lower: "lower", exp.Upper: "upper",
    exp.Length: "length", exp.Sign: "sign", exp.Year: "year", exp.Month: "month", exp.Day: "day",
    exp.DPipe: "concat", exp.DayOfYear: "dayofyear",
})  # fmt: skip
AGGREGATES: Final[Mapping[type[exp.Expr], str]] = MappingProxyType({
    exp.Sum: "sum", exp.Avg: "mean", exp.Min: "min", exp.Max: "max", exp.Median: "median", exp.First: "first",
    exp.Last: "last", exp.ApproxDistinct: "nunique",
})  # fmt: skip
SPREAD: Final[Mapping[type[exp.Expr], tuple[str, int]]] = MappingProxyType({
    exp.Stddev: ("std", 1), exp.StddevSamp: ("std", 1), exp.StddevPop: ("std", 0), exp.Variance: ("var", 1),
    exp.VariancePop: ("var", 0),
})  # fmt: skip
RANKS: Final[Mapping[type[exp.Expr], str]] = MappingProxyType({
    exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank",
})  # fmt: skip


def computed(value: exp.Expr, of: OfColumn, keys: Keys) -> Term | None:
    """How an expression computes; `keys` are those of the query's groups, empty where it has none, None if unknown."""
    return _Reader(of, keys).read(value)


def grouped_by(select: exp.Expr, of: OfColumn) -> Keys:
    group = select.args.get("group")
    if group is None:
        return ()
    terms = [of(item) if isinstance(item, exp.Column) else None for item in group.expressions]
    if None in terms or not terms or len(group.args) > 1:
        return None
    return tuple(sorted(str(term) for term in terms))


class _Reader:
    def __init__(self, of: OfColumn, keys: Keys) -> None:
        self.of = of
        self.keys = keys

    def read(self, value: exp.Expr | None) -> Term | None:
        if value is None:
            return None
        reader = READERS.get(type(value))
        if reader is not None:
            return reader(self, value)
        if type(value) in SIMPLE:
            return apply(SIMPLE[type(value)], self._operands(value))
        if type(value) in AGGREGATES:
            return self._in_groups(apply(AGGREGATES[type(value)], [self.read(value.this)]))
        if type(value) in SPREAD:
            name, ddof = SPREAD[type(value)]
            return self._in_groups(apply(name, [self.read(value.this)], [("ddof", str(ddof))]))
        return None

    def _operands(self, value: exp.Expr) -> list[Term | None]:
        operands = [value.this, value.args.get("expression")]
        return [self.read(operand) for operand in operands if operand is not None]

    def _in_groups(self, term: Term | None) -> Term | None:
        if not self.keys:
            return term if self.keys is not None else None
        return apply("over", [term], [("by", written(list(self.keys)))])

    def column(self, value: exp.Expr) -> Term | None:
        return self.of(value) if isinstance(value, exp.Column) else None

    def literal(self, value: exp.Expr) -> Term | None:
        if value.args.get("is_string"):
            return const(value.name)
        try:
            number = float(value.name)
        except ValueError:
            return None
        return const(int(value.name) if value.name.isdigit() else number)

    def inner(self, value: exp.Expr) -> Term | None:
        return self.read(value.this)

    def null(self, value: exp.Expr) -> Term | None:
        return const(None)

    def boolean(self, value: exp.Expr) -> Term | None:
        return const(bool(value.this))

    def is_(self, value: exp.Expr) -> Term | None:
        other = value.expression
        op = "is_null" if isinstance(other, exp.Null) else ""
        return apply(op, [self.read(value.this)]) if op else None

    def between(self, value: exp.Expr) -> Term | None:
        bounds = [self.read(value.args["low"]), self.read(value.args["high"])]
        return apply("between", [self.read(value.this), *bounds], [("inclusive", '"both"')])

    def in_(self, value: exp.Expr) -> Term | None:
        items = [self.read(item) for item in value.expressions]
        if not items or any(item is None or item.op != "const" for item in items):
            return None
        texts = sorted(item.settings[0][1] for item in items if item is not None)
        return apply("in", [self.read(value.this)], [("values", f"[{', '.join(texts)}]")])

    def case(self, value: exp.Expr) -> Term | None:
        subject = value.this
        parts: list[Term | None] = []
        for branch in value.args.get("ifs") or ():
            test = self.read(branch.this)
            parts.append(apply("eq", [self.read(subject), test]) if subject is not None else test)
            parts.append(self.read(branch.args.get("true")))
        return self._otherwise(parts, value.args.get("default"))

    def if_(self, value: exp.Expr) -> Term | None:
        return self._otherwise([self.read(value.this), self.read(value.args.get("true"))], value.args.get("false"))

    def _otherwise(self, parts: list[Term | None], last: exp.Expr | None) -> Term | None:
        default = self.read(last) if last is not None else const(None)
        return apply("otherwise", [apply("when", parts), default])

    def coalesce(self, value: exp.Expr) -> Term | None:
        return apply("coalesce", [self.read(item) for item in (value.this, *value.expressions)])

    def nullif(self, value: exp.Expr) -> Term | None:
        subject = self.read(value.this)
        return apply("where", [apply("eq", [subject, self.read(value.expression)]), const(None), subject])

    def cast(self, value: exp.Expr) -> Term | None:
        return apply("cast", [self.read(value.this)], [("to", type_name(value.args["to"].sql()))])

    def round(self, value: exp.Expr) -> Term | None:
        decimals = value.args.get("decimals")
        told = self.read(decimals) if decimals is not None else const(0)
        return apply("round", [self.read(value.this)], [("decimals", str(told))]) if told is not None else None

    def extreme(self, value: exp.Expr) -> Term | None:
        op = "greatest" if isinstance(value, exp.Greatest) else "least"
        return apply(op, [self.read(item) for item in (value.this, *value.expressions)])

    def trim(self, value: exp.Expr) -> Term | None:
        return apply("strip", [self.read(value.this)]) if not value.expression else None

    def extract(self, value: exp.Expr) -> Term | None:
        return apply(value.this.name.lower(), [self.read(value.expression)])

    def count(self, value: exp.Expr) -> Term | None:
        if isinstance(value.this, exp.Star):
            return self._in_groups(Term("size"))
        if isinstance(value.this, exp.Distinct):
            return self._in_groups(apply("nunique", [self.read(item) for item in value.this.expressions]))
        return self._in_groups(apply("count", [self.read(value.this)]))

    def window(self, value: exp.Expr) -> Term | None:
        keys = [self.read(item) for item in value.args.get("partition_by") or ()]
        if None in keys:
            return None
        ordered = value.args.get("order")
        inner = _Reader(self.of, ())._windowed(value.this, value.args.get("spec"), ordered)
        by = sorted(str(key) for key in keys)
        return apply("over", [inner], [("by", written(by))]) if by else inner

    def _windowed(self, value: exp.Expr, spec: exp.Expr | None, ordered: exp.Expr | None) -> Term | None:
        down = ordered is not None and any(item.args.get("desc") for item in ordered.expressions)
        if isinstance(value, exp.Lag | exp.Lead):
            return self._shifted(value, down)
        if type(value) in RANKS:
            by = [self.read(item.this) for item in ordered.expressions] if ordered is not None else []
            return apply(RANKS[type(value)], by, [("ascending", "false" if down else "true")])
        if ordered is None:
            return self.read(value)
        frame = _frame(spec)
        if frame is None or down or value.this is None or isinstance(value.this, exp.Star):
            return None
        op = AGGREGATES.get(type(value), "count" if isinstance(value, exp.Count) else "")
        return apply(op, [apply(frame[0], [self.read(value.this)], frame[1])]) if op else None

    def _shifted(self, value: exp.Expr, down: bool) -> Term | None:
        offset = value.args.get("offset")
        periods = int(offset.name) if isinstance(offset, exp.Literal) and offset.name.isdigit() else 1
        if offset is not None and not isinstance(offset, exp.Literal):
            return None
        sign = -1 if isinstance(value, exp.Lead) != down else 1
        default = value.args.get("default")
        told = [("periods", str(sign * periods))]
        if default is not None:
            filled = self.read(default)
            if filled is None:
                return None
            told.append(("fill_value", str(filled)))
        return apply("shift", [self.read(value.this)], told)


def _frame(spec: exp.Expr | None) -> tuple[str, list[tuple[str, str]]] | None:
    """The window that a frame clause describes."""
    if spec is None:
        return "expanding", [("min_periods", "1")]
    start, end = spec.args.get("start"), spec.args.get("end")
    at_row = end is None or end == "CURRENT ROW"
    if start == "UNBOUNDED" and at_row:
        return "expanding", [("min_periods", "1")]
    if spec.args.get("kind") != "ROWS" or not at_row or spec.args.get("start_side") != "PRECEDING":
        return None
    if not isinstance(start, exp.Literal) or not start.name.isdigit():
        return None
    return "rolling", [("center", "false"), ("min_periods", "1"), ("window", str(int(start.name) + 1))]


READERS: Final[Mapping[type[exp.Expr], Callable[[_Reader, exp.Expr], Term | None]]] = MappingProxyType({
    exp.Column: _Reader.column, exp.Literal: _Reader.literal, exp.Paren: _Reader.inner, exp.Alias: _Reader.inner,
    exp.Null: _Reader.null, exp.Boolean: _Reader.boolean, exp.Is: _Reader.is_, exp.Between: _Reader.between,
    exp.In: _Reader.in_, exp.Case: _Reader.case, exp.If: _Reader.if_, exp.Coalesce: _Reader.coalesce,
    exp.Nullif: _Reader.nullif, exp.Cast: _Reader.cast, exp.TryCast: _Reader.cast, exp.Round: _Reader.round,
    exp.Greatest: _Reader.extreme, exp.Least: _Reader.extreme, exp.Trim: _Reader.trim, exp.Extract: _Reader.extract,
    exp.Count: _Reader.count, exp.Window: _Reader.window,
})  # fmt: skip
