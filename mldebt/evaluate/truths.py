"""Comparisons and what they decide: which branch is taken, where that can be told."""

from __future__ import annotations

from mldebt.evaluate import combining, kept_by_key, orm
from mldebt.evaluate.absence import doubtful
from mldebt.evaluate.aside import glance_aside, is_option
from mldebt.evaluate.choices import chosen, either
from mldebt.evaluate.formulas import combined, is_expression
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operator_terms import operated, turned
from mldebt.evaluate.picking import test_of
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.rounds import may_have_been_set
from mldebt.evaluate.scores import compared, matched
from mldebt.evaluate.spelling import is_from_outside
from mldebt.evaluate.terms_of import with_term
from mldebt.evaluate.values import NONE, Choice, Const, Frame, Map, Seq, Text, Unknown, Value, is_none, options_of
from mldebt.read.facts import Expr


def compare(machine: Machine, expression: Expr) -> Value:
    _, operator, left_expression, right_expression = expression
    left, right = machine.evaluate(left_expression), machine.evaluate(right_expression)
    if operator in ("is", "is not") and is_none(right):
        return operated(machine, operator, left, right, _test_for_none(machine, operator, left, left_expression))
    if is_expression(left) or is_expression(right):
        return operated(machine, operator, left, right, combined(machine, left, right))
    if (column := orm.compared_column(left, right)) is not None:
        return column
    if operator in ("in", "not in") and (there := kept_by_key.is_there(machine, right, left)) is not None:
        return there if operator == "in" else with_term(there, turned(machine, "not", there))
    compared(machine, operator, left, right)
    if isinstance(left, Frame) or isinstance(right, Frame):
        matched(machine, operator, left, right)
        return operated(machine, operator, left, right, combining.compare(machine, operator, left, right))
    return operated(machine, operator, left, right, known_comparison(operator, left, right))


def _test_for_none(machine: Machine, operator: str, left: Value, expression: Expr) -> Value:
    """`x is None`: what was joined with None, or handed in as data, may be None."""
    function = machine.scope.function
    handed_in = function is not None and any(expression == ("name", param[0]) for param in function.params)
    of_data = isinstance(left, Frame) and (handed_in or left.form in ("series", "scalar", "row", "records"))
    set_elsewhere = is_none(left) and may_have_been_set(machine, expression)
    if set_elsewhere or doubtful(machine, expression) or left is machine.absent or of_data:
        return derived("comparison", left)
    return known_comparison(operator, left, NONE)


def known_comparison(operator: str, left: Value, right: Value) -> Value:
    a, b = literal(left), literal(right)
    if operator in ("is", "is not") and (is_none(left) or is_none(right)):
        other = right if is_none(left) else left
        if is_none(other):
            return Const(operator == "is")
        if not isinstance(other, (Unknown, Choice)) and not (isinstance(other, Text) and not other.known):
            return Const(operator != "is")
    elif a is not None and b is not None and operator in ("==", "!="):
        return Const((a == b) == (operator == "=="))
    elif operator in ("in", "not in") and isinstance(a, str) and isinstance(b, str):
        return Const((a in b) == (operator == "in"))
    elif operator in ("in", "not in") and a is not None and isinstance(right, (Seq, Map)) and not right.open:
        members = right.entries if isinstance(right, Map) else [literal(item) for item in right.items]
        if None not in members:
            return Const((a in members) == (operator == "in"))
    return derived("comparison", left, right)


def literal(value: Value) -> object:
    """The Python value of a constant; None where there is none. Texts that are only defaults decide nothing."""
    if isinstance(value, Text):
        return None if value.assumed else value.literal
    return value.value if isinstance(value, Const) else None


def truth(value: Value) -> bool | None:
    """Whether a condition holds, None where that can't be told."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Text) and not value.assumed:
        return bool(value.literal) if value.literal is not None else value.known or None
    return None


def decided(machine: Machine, expression: Expr, value: Value) -> bool | None:
    """Whether a condition holds, None where that can't be told; what may also be None decides nothing."""
    known = truth(value)
    doubted = doubtful(machine, expression) if known else is_none(value) and may_have_been_set(machine, expression)
    return None if doubted else known


def boolean(machine: Machine, expression: Expr) -> Value:
    left = machine.evaluate(expression[2])
    known = decided(machine, expression[2], left)
    if known is not None and known == (expression[1] == "or"):
        return left
    right = machine.evaluate(expression[3])
    if expression[1] == "or" and _is_filled(left) and _is_bare(right):
        return left
    if expression[1] == "or" and isinstance(right, Text) and is_from_outside(left):
        return Text(right.parts, right.path, True, right.sources)
    if known is not None:
        return right
    if isinstance(right, Const) and isinstance(right.value, bool):
        return right if right.value == (expression[1] == "or") else left
    joined = join((left, right)) if expression[1] == "or" else join((right, left))
    return either(machine, expression[1], left, right, joined)


def _is_filled(value: Value) -> bool:
    """Whether a dictionary is known to hold something, as the settings of a file do."""
    return all(isinstance(option, Map) and option.entries for option in options_of(value))


def _is_bare(value: Value) -> bool:
    return isinstance(value, Map) and not value.entries and not value.open


def conditional(machine: Machine, expression: Expr) -> Value:
    test = machine.evaluate(expression[1])
    known = decided(machine, expression[1], test)
    if known is not None:
        value = machine.evaluate(expression[2] if known else expression[3])
        if is_option(machine, expression[1]):
            glance_aside(machine, expression[3] if known else expression[2])
        return value
    return chosen(machine, test_of(machine, test), machine.evaluate(expression[2]), machine.evaluate(expression[3]))
