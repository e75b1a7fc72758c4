"""SQL expressions as canonical expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlglot import exp

from mldebt.read.sql import times
from mldebt.read.sql.frames import steps_of
from mldebt.read.sql.functions import called, function, is_function, part
from mldebt.read.sql.kept import NOTHING, Kept, kept_rows
from mldebt.read.sql.quotients import quotient
from mldebt.terms import Term, apply, const
from mldebt.terms.term import IN_ORDER, Packed, packed, written
from mldebt.terms.types import type_name

OfColumn = Callable[[exp.Column], Term | None]
Keys = tuple[str, ...] | None
Row = tuple[str, tuple[tuple[str, str], ...], Packed | None]
SOME: Final[Row] = ("rows", (("how", '"where"'),), None)
"""Rows of which it isn't told which they are."""

SIMPLE: Final[Mapping[type[exp.Expr], str]] = MappingProxyType({
    exp.Add: "add", exp.Mul: "mul", exp.IntDiv: "floordiv", exp.Mod: "mod",
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


def computed(value: exp.Expr, of: OfColumn, keys: Keys, kept: Kept = NOTHING) -> Term | None:
    """How an expression computes; `keys` are those of the query's groups, empty where it has none, None if unknown.

    `kept`: the conditions on the rows that go into it.
    """
    return _Reader(of, keys, kept).read(value)


def kept_by(select: exp.Expr, of: OfColumn) -> Kept:
    """The conditions on the rows of a query."""
    return kept_rows(select, _Reader(of, (), NOTHING).read)


def rows_of(select: exp.Expr, of: OfColumn) -> tuple[Row, ...]:
    """Which rows a query gives, and in which order: WHERE, ORDER BY, LIMIT, as operations on each column."""
    kept = kept_by(select, of)
    tests = [*kept.everywhere, *(test for _, tests in kept.of for test in tests)]
    rows: list[Row] = [("filter", (), packed(test)) if test is not None else SOME for test in tests]
    if (order := select.args.get("order")) is not None:
        rows.append(_sorted(order, of))
    limit = select.args.get("limit")
    if limit is not None:
        count = limit.expression
        known = isinstance(count, exp.Literal) and count.name.isdigit()
        rows.append(("head", (("n", count.name),), None) if known else SOME)
    return tuple(rows)


def _sorted(order: exp.Expr, of: OfColumn) -> Row:
    terms = [of(item.this) if isinstance(item.this, exp.Column) else None for item in order.expressions]
    down = {bool(item.args.get("desc")) for item in order.expressions}
    names = [term.settings[0][1] for term in terms if term is not None and term.op == "column"]
    if len(names) != len(terms) or len(down) != 1:
        return SOME
    return ("sorted", (("ascending", "false" if down.pop() else "true"), ("by", written(names))), None)


def grouped_by(select: exp.Expr, of: OfColumn) -> Keys:
    group = select.args.get("group")
    if group is None:
        return ()
    items = [_by_number(select, item) for item in group.expressions]
    terms = [of(item) if isinstance(item, exp.Column) else None for item in items]
    if None in terms or not terms or len(group.args) > 1:
        return None
    return tuple(sorted(str(term) for term in terms))


def _by_number(select: exp.Expr, item: exp.Expr) -> exp.Expr:
    """`GROUP BY 1`: the first thing that is selected."""
    known = isinstance(item, exp.Literal) and item.name.isdigit() and 0 < int(item.name) <= len(select.expressions)
    found: exp.Expr = select.expressions[int(item.name) - 1].unalias() if known else item
    return found


def _is_total(value: exp.Expr) -> bool:
    """SQLite's sum of nothing is 0."""
    return value.name.lower() == "total" and len(value.expressions) == 1


class _Reader:
    def __init__(self, of: OfColumn, keys: Keys, kept: Kept) -> None:
        self.of = of
        self.keys = keys
        self.kept = kept

    def read(self, value: exp.Expr | None) -> Term | None:
        if value is None:
            return None
        reader = READERS.get(type(value))
        if reader is not None:
            return reader(self, value)
        if type(value) in SIMPLE:
            return apply(SIMPLE[type(value)], self._operands(value))
        if is_function(value):
            return function(value, self.read)
        if type(value) in AGGREGATES:
            return self._in_groups(apply(AGGREGATES[type(value)], [self._of_kept(value.this)]))
        if type(value) in SPREAD:
            name, ddof = SPREAD[type(value)]
            return self._in_groups(apply(name, [self._of_kept(value.this)], [("ddof", str(ddof))]))
        return None

    def _of_kept(self, value: exp.Expr) -> Term | None:
        """What goes into a statistic: the rows that the query keeps."""
        term = Term("each") if isinstance(value, exp.Star) else self.read(value)
        for test in self.kept.tests(value):
            term = apply("filter", [term, test])
        return term

    def _operands(self, value: exp.Expr) -> list[Term | None]:
        operands = [value.this, value.args.get("expression")]
        return [self.read(operand) for operand in operands if operand is not None]

    def _in_groups(self, term: Term | None) -> Term | None:
        if not self.keys:
            return term if self.keys is not None else None
        return apply("over", [term], [("by", written(list(self.keys)))])

    def quotient(self, value: exp.Expr) -> Term | None:
        return quotient(value, self.read)

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
        if value.args["to"].sql().upper() == "INTERVAL":
            return times.cast_interval(value)
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
        return part(value.this.name, self.read(value.expression))

    def count(self, value: exp.Expr) -> Term | None:
        if isinstance(value.this, exp.Star):
            return self._in_groups(apply("size", [self._of_kept(value.this)]))
        if isinstance(value.this, exp.Distinct):
            distinct = [self._of_kept(item) for item in value.this.expressions]
            return self._in_groups(apply("nunique", distinct))
        return self._in_groups(apply("count", [self._of_kept(value.this)]))

    def now(self, value: exp.Expr) -> Term | None:
        return times.now()

    def today(self, value: exp.Expr) -> Term | None:
        return times.today()

    def interval(self, value: exp.Expr) -> Term | None:
        return times.interval(value, self.read)

    def shifted(self, value: exp.Expr) -> Term | None:
        return times.shifted(value, self.read)

    def moved(self, value: exp.Expr) -> Term | None:
        return times.moved(value, self.read)

    def called(self, value: exp.Expr) -> Term | None:
        if value.name.lower() in times.NOW and not value.expressions:
            return times.now()
        found = called(value, self.read)
        return self._in_groups(apply("sum", [self._of_kept(value.expressions[0])])) if _is_total(value) else found

    def count_if(self, value: exp.Expr) -> Term | None:
        """`COUNT_IF(paid)`."""
        counted = apply("where", [self.read(value.this), const(1), const(0)])
        for test in self.kept.tests(value.this):
            counted = apply("filter", [counted, test])
        return self._in_groups(apply("sum", [counted]))

    def latest(self, value: exp.Expr) -> Term | None:
        """`MAX_BY(price, day)`: the value in the row in which another is greatest."""
        by = self.read(value.expression)
        if by is None or by.op != "column":
            return None
        told = [("ascending", "true"), ("by", written([by.settings[0][1]]))]
        ordered = apply("sorted", [self._of_kept(value.this)], told)
        place = "-1" if isinstance(value, exp.ArgMax) else "0"
        return self._in_groups(apply("item", [ordered], [("at", place)]))

    def quantile(self, value: exp.Expr) -> Term | None:
        """`PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY price)`."""
        inner, order = value.this, value.expression
        ordered = order.expressions[0].this if isinstance(order, exp.Order) and len(order.expressions) == 1 else None
        if not isinstance(inner, exp.PercentileCont) or ordered is None or not isinstance(inner.this, exp.Literal):
            return None
        if float(inner.this.name) == 0.5:
            return self._in_groups(apply("median", [self._of_kept(ordered)]))
        return self._in_groups(apply("quantile", [self._of_kept(ordered)], [("q", inner.this.name)]))

    def filtered(self, value: exp.Expr) -> Term | None:
        """`COUNT(*) FILTER (WHERE paid)`."""
        test = self.read(value.expression.this)
        kept = Kept((*self.kept.everywhere, test), self.kept.of)
        return _Reader(self.of, self.keys, kept).read(value.this)

    def less(self, value: exp.Expr) -> Term | None:
        """`CURRENT_DATE - 30`: days, where a number is taken from a date."""
        right = value.expression
        if isinstance(value.this, exp.CurrentDate) and isinstance(right, exp.Literal) and right.name.isdigit():
            return apply("sub", [self.today(value), times.span(right.name, "days")])
        return apply("sub", self._operands(value))

    def window(self, value: exp.Expr) -> Term | None:
        keys = [self.read(item) for item in value.args.get("partition_by") or ()]
        if None in keys:
            return None
        ordered = value.args.get("order")
        inner = _Reader(self.of, (), self.kept)._windowed(value.this, value.args.get("spec"), ordered)
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
        steps = steps_of(spec)
        if steps is None or down or value.this is None or isinstance(value.this, exp.Star):
            return None
        spread = SPREAD.get(type(value))
        op = AGGREGATES.get(type(value), "count" if isinstance(value, exp.Count) else spread[0] if spread else "")
        term = self.read(value.this)
        for step, told in steps:
            if op == "count":  # none are counted as none
                told = tuple((name, "0" if name == "min_periods" else text) for name, text in told)
            term = apply(step, [term], (*told, *IN_ORDER))
        return apply(op, [term], [("ddof", str(spread[1]))] if spread else ()) if op else None

    def _shifted(self, value: exp.Expr, down: bool) -> Term | None:
        offset = value.args.get("offset")
        periods = int(offset.name) if isinstance(offset, exp.Literal) and offset.name.isdigit() else 1
        if offset is not None and not isinstance(offset, exp.Literal):
            return None
        sign = -1 if isinstance(value, exp.Lead) != down else 1
        default = value.args.get("default")
        told = [("periods", str(sign * periods)), *IN_ORDER]
        if default is not None:
            filled = self.read(default)
            if filled is None:
                return None
            told.append(("fill_value", str(filled)))
        return apply("shift", [self.read(value.this)], told)


READERS: Final[Mapping[type[exp.Expr], Callable[[_Reader, exp.Expr], Term | None]]] = MappingProxyType({
    exp.Column: _Reader.column, exp.Literal: _Reader.literal, exp.Paren: _Reader.inner, exp.Alias: _Reader.inner,
    exp.Div: _Reader.quotient, exp.Null: _Reader.null, exp.Boolean: _Reader.boolean, exp.Is: _Reader.is_,
    exp.Between: _Reader.between, exp.In: _Reader.in_, exp.Case: _Reader.case, exp.If: _Reader.if_,
    exp.Coalesce: _Reader.coalesce, exp.Nullif: _Reader.nullif, exp.Cast: _Reader.cast, exp.TryCast: _Reader.cast,
    exp.Round: _Reader.round,
    exp.Greatest: _Reader.extreme, exp.Least: _Reader.extreme, exp.Trim: _Reader.trim, exp.Extract: _Reader.extract,
    exp.CountIf: _Reader.count_if, exp.ArgMax: _Reader.latest, exp.ArgMin: _Reader.latest,
    exp.WithinGroup: _Reader.quantile, exp.Count: _Reader.count, exp.Window: _Reader.window,
    exp.CurrentTimestamp: _Reader.now, exp.CurrentDate: _Reader.today, exp.Interval: _Reader.interval,
    exp.Anonymous: _Reader.called, exp.Sub: _Reader.less, exp.Filter: _Reader.filtered, exp.Date: _Reader.moved,
    exp.Datetime: _Reader.moved,
    **dict.fromkeys((exp.DateSub, exp.DateAdd, exp.TimestampSub, exp.TimestampAdd, exp.DatetimeSub, exp.DatetimeAdd),
                    _Reader.shifted),
})  # fmt: skip
