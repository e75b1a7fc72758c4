"""The parts of a statement that take columns from tables, and the tables that each of them names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

OWNERS = (exp.Select, exp.Update, exp.Delete, exp.Merge)


def is_owner(node: exp.Expr) -> bool:
    """Whether a part takes columns from tables of its own; the actions of a MERGE take them from the MERGE."""
    return isinstance(node, OWNERS) and (isinstance(node, exp.Select) or isinstance(node.this, exp.Expr))


def from_items(owner: exp.Expr) -> Iterator[exp.Expr]:
    """The tables and sub-queries that an owner names."""
    if not isinstance(owner, exp.Select):
        yield owner.this
    clauses = [owner.args.get("from_") or owner.args.get("from"), owner.args.get("using")]
    for clause in clauses:
        for item in clause if isinstance(clause, list) else [clause]:
            if isinstance(item, exp.Expr):
                yield from _joined(item.this if isinstance(item, exp.From) else item)
    for join in (*(owner.args.get("joins") or ()), *(owner.args.get("laterals") or ())):
        yield from _joined(join.this if isinstance(join, exp.Join) else join)


def _joined(item: exp.Expr) -> Iterator[exp.Expr]:
    """An item and what hangs on it: `FROM (a JOIN b)`, and joins kept at the table."""
    if isinstance(item, exp.Paren) or (isinstance(item, exp.Subquery) and isinstance(item.this, exp.Table)):
        yield from _joined(item.this)
    else:
        yield item
    for join in item.args.get("joins") or ():
        yield from _joined(join.this)


def common_table(table: exp.Expr) -> exp.Expr | None:
    """The common table expression that a name means at this place."""
    for clause in _with_clauses(table):
        for definition in clause.expressions:
            if definition.alias.lower() == table.name.lower() and not _is_inside(table, definition):
                return definition  # type: ignore[no-any-return]
    return None


def is_own_recursion(table: exp.Expr) -> bool:
    definition = table.find_ancestor(exp.CTE)
    while definition is not None:
        clause = definition.parent
        if definition.alias.lower() == table.name.lower() and clause is not None and clause.args.get("recursive"):
            return True
        definition = definition.find_ancestor(exp.CTE)
    return False


def _with_clauses(node: exp.Expr) -> Iterator[exp.Expr]:
    parent = node.parent
    while parent is not None:
        clause = parent.args.get("with_") or parent.args.get("with")
        if isinstance(clause, exp.With):
            yield clause
        parent = parent.parent


def _is_inside(node: exp.Expr, ancestor: exp.Expr) -> bool:
    parent: exp.Expr | None = node
    while parent is not None and parent is not ancestor:
        parent = parent.parent
    return parent is not None
