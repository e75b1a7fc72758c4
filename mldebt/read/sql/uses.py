"""What a statement does with the columns that it mentions: filter, key, order or value."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mldebt.read.facts import OUTPUT
from mldebt.read.sql.owners import OWNERS, is_owner
from mldebt.read.sql.places import CLAUSES, Place
from mldebt.read.sql.scopes import Scopes

Use = tuple[str, str, str]
OUTPUTS_KNOWN = ("group", "order", "having", "qualify", "sort")


def column_uses(tree: exp.Expr, scopes: Scopes) -> tuple[Use, ...]:
    """(table, column, use) for each mention of a stored column, sorted."""
    uses: set[Use] = set()
    for owner in filter(is_owner, tree.find_all(*OWNERS)):
        uses.update(_join_keys(owner, scopes))
        uses.update(_numbered_keys(owner, scopes))
        uses.update(_named_outputs(owner, scopes))
        uses.update(_compared(owner, scopes))
    for both in tree.find_all(exp.SetOperation):
        uses.update(_compared(both, scopes))
    for column in tree.find_all(exp.Column):
        uses.update(_mentions(column, scopes))
    return tuple(sorted(uses))


def _mentions(column: exp.Column, scopes: Scopes) -> Iterator[Use]:
    place = scopes.places[column]
    if place.owner is None or column.is_star or scopes.is_value(column) or _is_assigned(column):
        return
    otherwise = "filter" if scopes.places[place.owner].conditional else "value"
    for table, name in _refs(column, place, scopes):
        yield table, name, CLAUSES.get(place.clause, otherwise)


def _refs(column: exp.Column, place: Place, scopes: Scopes) -> tuple[tuple[str, str], ...]:
    """The stored columns behind a mention; where it names an output of the same query, those of the output."""
    if place.clause in OUTPUTS_KNOWN and not column.table and isinstance(place.owner, exp.Select):
        for projection in place.owner.expressions:
            if isinstance(projection, exp.Alias) and projection.alias == column.name:
                inner = [scopes.origin(item) for item in projection.this.find_all(exp.Column)]
                return tuple(ref for origin in inner for ref in origin.refs)
    return scopes.origin(column).refs


def _named_outputs(owner: exp.Expr, scopes: Scopes) -> Iterator[Use]:
    """What the outermost SELECT sorts, groups or filters its own results by."""
    if not isinstance(owner, exp.Select) or owner.parent is not None:
        return
    names = {projection.alias for projection in owner.expressions if isinstance(projection, exp.Alias)}
    for clause in OUTPUTS_KNOWN:
        node = owner.args.get(clause)
        for column in node.find_all(exp.Column) if node is not None else ():
            if not column.table and column.name in names and scopes.places[column].owner is owner:
                yield OUTPUT, column.name, CLAUSES.get(clause, "filter")
    yield from _asked_outputs(owner, scopes)


def _asked_outputs(owner: exp.Select, scopes: Scopes) -> Iterator[Use]:
    """What a query passes on of an inner one, and asks for in its conditions: `SELECT n FROM counted WHERE n > 9`."""
    passed: dict[str, str] = {}
    for projection in owner.expressions:
        if isinstance(inner := projection.unalias(), exp.Column):
            passed[inner.name] = projection.alias_or_name
    where = owner.args.get("where")
    for column in where.find_all(exp.Column) if where is not None else ():
        if column.name in passed and scopes.places[column].owner is owner:
            yield OUTPUT, passed[column.name], "filter"


def _is_assigned(column: exp.Column) -> bool:
    """Whether a column is the left side of SET, or named as a target by the INSERT of a MERGE."""
    place = column.parent
    if place is None or place.parent is None:
        return False
    if isinstance(place.parent, exp.Update):
        return column.arg_key == "this" and place.arg_key == "expressions"
    return isinstance(place.parent, exp.Insert) and place.arg_key == "this"


def _numbered_keys(owner: exp.Expr, scopes: Scopes) -> Iterator[Use]:
    """GROUP BY 1 and ORDER BY 1."""
    for clause, use in (("group", "key"), ("order", "order")):
        node = owner.args.get(clause)
        for item in node.expressions if node is not None else ():
            for column in _numbered_output(item, owner):
                for table, name in scopes.origin(column).refs:
                    yield table, name, use


def _compared(query: exp.Expr, scopes: Scopes) -> Iterator[Use]:
    """SELECT DISTINCT, UNION, EXCEPT and INTERSECT: whole rows are compared; the column is `*` where all are meant."""
    if isinstance(query, exp.SetOperation):
        compares = not isinstance(query, exp.Union) or query.args.get("distinct") is not False
    else:
        distinct = query.args.get("distinct")
        compares = distinct is not None and not distinct.args.get("on")
    sides = (query.left, query.right) if isinstance(query, exp.SetOperation) else (query,)
    for output in (output for side in sides if compares for output in scopes.outputs(side)):
        for table, name in output.sources:
            yield table, name, "distinct"


def _numbered_output(item: exp.Expr, owner: exp.Expr) -> list[exp.Column]:
    """The columns in the output that a number means."""
    number = item.this if isinstance(item, exp.Ordered) else item
    if not isinstance(number, exp.Literal) or not number.name.isdigit():
        return []
    outputs = owner.expressions[int(number.name) - 1 : int(number.name)] if int(number.name) else []
    return [column for output in outputs for column in output.find_all(exp.Column)]


def _join_keys(owner: exp.Expr, scopes: Scopes) -> Iterator[Use]:
    """The columns of JOIN … USING, on both sides."""
    sources = scopes.sources(owner)
    for join in owner.args.get("joins") or ():
        for column in join.args.get("using") or ():
            for source in sources:
                if source.alias in (join.this.alias_or_name, sources[0].alias):
                    for table, name in scopes.from_source(source, column.name).refs:
                        yield table, name, "key"
