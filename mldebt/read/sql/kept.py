"""Which rows go into what a query computes: the conditions of WHERE and of its joins."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from sqlglot import exp

from mldebt.read.sql.templates import HOLE
from mldebt.terms import Term

Read = Callable[[exp.Expr], Term | None]


class Kept(Struct, frozen=True):
    """Conditions of a query; None stands for one that can't be read.

    `everywhere`: what holds of every row. `of`: what holds of the rows of a table that may be missing, by its alias.
    """

    everywhere: tuple[Term | None, ...] = ()
    of: tuple[tuple[str, tuple[Term | None, ...]], ...] = ()

    def tests(self, value: exp.Expr) -> tuple[Term | None, ...]:
        """The conditions on the rows that go into a statistic of a value."""
        mentioned = {column.table for column in value.find_all(exp.Column)}
        unclear = not mentioned or "" in mentioned
        found = [test for alias, tests in self.of if unclear or alias in mentioned for test in tests]
        return (*self.everywhere, *(None if isinstance(value, exp.Star) else test for test in found))


NOTHING = Kept()


def kept_rows(select: exp.Expr, read: Read) -> Kept:
    """Whose rows are asked for, by a parameter, is no condition; nor is by which keys tables are joined, nor that rows
    in order end at the moment that is asked about.
    """
    where = select.args.get("where")
    ordered = _ordered(select)
    conditions = _parts(where.this if where is not None else None)
    everywhere = [read(test) for test in conditions if not _is_end(test, ordered)]
    of: list[tuple[str, tuple[Term | None, ...]]] = []
    for join in select.args.get("joins") or ():
        tests = tuple(_read(join.args.get("on"), read))
        side = str(join.args.get("side") or "").upper()
        if side == "LEFT" and tests:
            of.append((join.this.alias_or_name, tests))
        else:
            everywhere += [None] if tests and side else tests
    return Kept(tuple(everywhere), tuple(of))


def _ordered(select: exp.Expr) -> frozenset[str]:
    order = select.args.get("order")
    items = [item.this for item in order.expressions] if order is not None else []
    return frozenset(item.name for item in items if isinstance(item, exp.Column))


def _is_end(test: exp.Expr, ordered: frozenset[str]) -> bool:
    """`day < :day` of rows that are ordered by the day."""
    if isinstance(test, exp.LT | exp.LTE):
        return _is_before(test.this, test.expression, ordered)
    return isinstance(test, exp.GT | exp.GTE) and _is_before(test.expression, test.this, ordered)


def _is_before(by: exp.Expr, end: exp.Expr, ordered: frozenset[str]) -> bool:
    return isinstance(by, exp.Column) and by.name in ordered and _is_given(end)


def _is_given(side: exp.Expr) -> bool:
    return isinstance(side, exp.Placeholder | exp.Parameter) or (
        isinstance(side, exp.Column) and side.name.lower().startswith(HOLE)
    )


def _read(condition: exp.Expr | None, read: Read) -> Iterator[Term | None]:
    return map(read, _parts(condition))


def _parts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    inner = condition.this if isinstance(condition, exp.Paren) else condition
    parts = inner.flatten() if isinstance(inner, exp.And) else [inner] if inner is not None else []
    for test in parts:
        if not _is_parameter(test) and not _is_key(test):
            yield test


def _is_key(test: exp.Expr) -> bool:
    """`a.id = b.id`."""
    if not isinstance(test, exp.EQ):
        return False
    one, other = test.this, test.expression
    both = isinstance(one, exp.Column) and isinstance(other, exp.Column)
    return both and bool(one.table and other.table) and one.table != other.table


def _is_parameter(test: exp.Expr) -> bool:
    """`customer_id = :id`."""
    if not isinstance(test, exp.EQ):
        return False
    sides = (test.this, test.expression)
    return any(isinstance(side, exp.Column) for side in sides) and any(map(_is_filled_in, sides))


def _is_filled_in(side: exp.Expr) -> bool:
    if isinstance(side, exp.Column):
        return side.name.lower().startswith(HOLE)
    return not isinstance(side, exp.Literal | exp.Boolean | exp.Null)
