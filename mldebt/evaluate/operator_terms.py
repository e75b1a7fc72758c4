"""What operators mean: `a + b`, `a > b`, `a in b` and `-a` as terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.combining import of_each_column
from mldebt.evaluate.meanings import of_column, whole_table
from mldebt.evaluate.rows_written import cells_of_operator
from mldebt.evaluate.terms_of import term_of, with_term
from mldebt.evaluate.values import Const, Frame, Object, Text, Unknown, Value
from mldebt.terms import Term, apply, const
from mldebt.terms.classes import AGGREGATES
from mldebt.terms.term import written

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "%": "mod", "**": "pow", "&": "and", "|": "or",
    "^": "xor", "@": "matmul", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "in": "in",
}  # fmt: skip


def operated(machine: Machine, operator: str, left: Value, right: Value, result: Value) -> Value:
    """The result of an operator between two values, with how it is computed."""
    op = OPERATORS.get(operator)
    if operator in ("is", "is not", "not in"):
        return with_term(result, _tested(machine, operator, left, right))
    if op is None or not isinstance(result, (Frame, Unknown, Object)):
        return with_term(result, None)
    if op == "in" and isinstance(left, Text) and left.literal is not None and isinstance(right, (Frame, Unknown)):
        return with_term(result, _contains(left.literal, term_of(machine, right)))
    columns = isinstance(result, Frame) and (result.form == "table" or result.columns.keys() != {""})
    if isinstance(result, Frame) and columns and whole_table(machine, left):
        assert isinstance(left, Frame)
        other = term_of(machine, right)
        each = right if isinstance(right, Frame) and of_each_column(right) else None
        terms = {
            name: apply(op, [term, of_column(each, name) if each is not None else other])
            for name, term in left.terms.items()
        }
        return result.copy(term=apply(op, [left.term, each.term if each is not None else other]), terms=terms)
    if (cells := cells_of_operator(machine, op, left, right)) is not None and isinstance(result, Frame):
        return result.copy(term=None, terms={}, cells=cells, shapes=())
    one, other = term_of(machine, left), _members(machine, right) if op == "in" else term_of(machine, right)
    return with_term(result, None if _of_two_rows(left, right, one, other) else apply(op, [one, other]))


def _members(machine: Machine, value: Value) -> Term | None:
    """What something may be one of: the signs of a text that is written out, as of `string.punctuation`."""
    if isinstance(value, Text) and value.literal is not None and len(value.literal) > 1:
        return apply("list", [const(sign) for sign in dict.fromkeys(value.literal)])
    return term_of(machine, value)


def _of_two_rows(left: Value, right: Value, one: Term | None, other: Term | None) -> bool:
    """Whether a name stands for a column of two tables or records (`home["elo"] - away["elo"]`).

    An expression over columns could not tell the two apart.
    """
    if not (isinstance(left, Frame) and isinstance(right, Frame) and one and other) or left.rows == right.rows:
        return False
    return not _in_rows(one).isdisjoint(_in_rows(other))


def _in_rows(term: Term) -> frozenset[str]:
    """The columns of which a term takes the value in each row, not a figure over all of them."""
    if term.op in AGGREGATES:
        return frozenset()
    return frozenset().union(*map(_in_rows, term.args)) if term.args else term.columns


def _contains(text: str, term: Term | None) -> Term | None:
    """`"promo" in title`."""
    return apply("contains", [term], [("case", "true"), ("pattern", written(text)), ("regex", "true")])


def _tested(machine: Machine, operator: str, left: Value, right: Value) -> Term | None:
    """`x is None`, `x not in (1, 2)`."""
    if operator == "not in":
        return apply("not", [apply("in", [term_of(machine, left), _members(machine, right)])])
    none = isinstance(right, Const) and right.value is None
    return apply("is_null" if operator == "is" else "is_not_null", [term_of(machine, left)]) if none else None


def turned(machine: Machine, operator: str, value: Value) -> Term | None:
    term = term_of(machine, value)
    return term if operator == "+" else apply("neg" if operator == "-" else "not", [term])
