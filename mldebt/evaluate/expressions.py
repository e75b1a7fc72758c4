"""What each kind of expression evaluates to."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from mldebt.evaluate import combining, special_methods
from mldebt.evaluate.attributes import attribute
from mldebt.evaluate.column_names import as_list
from mldebt.evaluate.comprehensions import comprehension
from mldebt.evaluate.formulas import combined, is_expression
from mldebt.evaluate.invocation import call
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operator_terms import operated, turned
from mldebt.evaluate.picking import left_over, test_of
from mldebt.evaluate.provenance import columns_of, derived, sources_of
from mldebt.evaluate.spelling import names_added, spelled
from mldebt.evaluate.strings import add_texts, format_percent, from_parts, parts_in_percent, with_format
from mldebt.evaluate.subscripts import subscript
from mldebt.evaluate.terms_of import COMPUTED, put_together, term_of, with_term
from mldebt.evaluate.truths import boolean, compare, conditional, decided
from mldebt.evaluate.values import (
    MAX_ITEMS,
    Choice,
    Const,
    Frame,
    Function,
    Map,
    Method,
    Model,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    is_none,
    options_of,
    text,
)
from mldebt.knowledge.patterns import is_wild
from mldebt.read.facts import Expr
from mldebt.terms import apply


def constant(machine: Machine, expression: Expr) -> Value:
    value = expression[1]
    return text(value) if isinstance(value, str) else Const(value)


def name(machine: Machine, expression: Expr) -> Value:
    known = machine.scope.env.get(expression[1])
    if known is not None:
        return known
    if expression[1] == "__file__":
        return Text((machine.scope.file,), rooted=True)
    if expression[1] == "__name__":
        return text("__main__" if machine.root.file == machine.scope.file else machine.scope.file)
    return ambient(machine, expression[1])


def ambient(machine: Machine, name: str) -> Value:
    """A name that nothing in the file binds: of a library whose names are all imported, or always there."""
    from mldebt.evaluate.libraries import symbol_attribute

    given = machine.knowledge.call(f"builtins.{name}")
    for dotted in sorted(_starred(machine, name), key=machine.knowledge.lists, reverse=True):
        entry = machine.knowledge.call(dotted)
        if entry is not None and (given is None or (entry.op != "ignore" and not is_wild(entry.key))):
            return Symbol(dotted)
    classes = _starred(machine, name) if name[:1].isupper() and not hasattr(builtins, name) else []
    return symbol_attribute(machine, classes[0] if len(classes) == 1 else f"builtins.{name}")


def _starred(machine: Machine, name: str) -> list[str]:
    """What a name would be in full in each of the libraries of which all names are imported."""
    return [f"{dotted}.{name}" for dotted in machine.scope.env.globals.stars]


def attr(machine: Machine, expression: Expr) -> Value:
    base = machine.evaluate(expression[1])
    if not isinstance(base, Choice):
        return attribute(machine, base, expression[2])
    return join([attribute(machine, option, expression[2]) for option in base.options])


def index(machine: Machine, expression: Expr) -> Value:
    base = machine.evaluate(expression[1])
    key = machine.evaluate(expression[2])
    if not isinstance(base, Choice):
        return subscript(machine, base, key, expression[2])
    return join([subscript(machine, option, key, expression[2]) for option in base.options])


def slice_(machine: Machine, expression: Expr) -> Value:
    bounds = [machine.evaluate(bound) if bound is not None else Const(None) for bound in expression[1:4]]
    return Object("slice", facts={"bounds": bounds})


def items(machine: Machine, expressions: tuple[Expr, ...]) -> tuple[list[Value], bool]:
    found: list[Value] = []
    unclear = False
    for item in expressions:
        if item[0] == "star":
            inner = machine.evaluate(item[1])
            if isinstance(inner, Seq):
                found += inner.items
                unclear |= inner.open
            else:
                found.append(inner)
                unclear = True
        elif item == ("opaque", ()):
            unclear = True
        else:
            found.append(machine.evaluate(item))
    return found, unclear


def sequence(machine: Machine, expression: Expr) -> Value:
    found, unclear = items(machine, expression[1])
    return Seq(found, unclear, expression[0])


def mapping(machine: Machine, expression: Expr) -> Value:
    result = Map({})
    for key, value in expression[1]:
        if key is None:
            spread(result, machine.evaluate(value))
        else:
            put(result, machine.evaluate(key), machine.evaluate(value))
    return result


def spread(result: Map, value: Value) -> None:
    """`**value` into a dictionary."""
    if isinstance(value, Map):
        result.entries.update(value.entries)
        result.open |= value.open
        if value.rest is not None:
            result.rest, result.record = value.rest, value.record
    else:
        result.record = value if result.rest is None and isinstance(value, (Frame, Unknown)) else None
        result.open = True
        result.rest = value


def put(result: Map, key: Value, value: Value) -> None:
    literal = key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None
    if literal is not None or is_none(key):
        result.entries[literal] = value
    else:
        result.open = True
        result.rest = value if result.rest is None else join((result.rest, value))


def binary(machine: Machine, expression: Expr) -> Value:
    _, operator, left_expression, right_expression = expression
    left, right = machine.evaluate(left_expression), machine.evaluate(right_expression)
    lists = operator == "+" and _is_list(left_expression) and _is_list(right_expression)
    if lists and isinstance(left, Frame) and isinstance(right, Frame):
        from mldebt.evaluate.joining import below

        return below(machine, [left, right])
    made = special_methods.operator(machine, operator, left, right)
    return made if made is not None else operate(machine, operator, left, right, right_expression)


def _is_list(expression: Expr) -> bool:
    """`list(values)`, `values.tolist()`"""
    if expression[0] != "call":
        return False
    function: Expr = expression[1]
    return function == ("name", "list") or (function[0] == "attr" and function[2] in ("tolist", "to_list"))


def operate(machine: Machine, operator: str, left: Value, right: Value, expression: Expr | None = None) -> Value:
    if isinstance(left, Choice) and not isinstance(right, Frame):
        return join(operate(machine, operator, option, right, expression) for option in left.options)
    if operator == "%" and isinstance(left, Text):
        made = format_percent(left, written_out(machine, right))
        return put_together(machine, made, parts_in_percent(left, right))
    if operator == "+" and isinstance(left, Text) and isinstance(right, Frame) and right.form == "scalar":
        written_out(machine, right)
    if operator == "+" and (isinstance(left, Text) or isinstance(right, Text)) and (names := names_added(left, right)):
        return names
    if operator == "/" and (_is_path(left) or (isinstance(right, Text) and not isinstance(left, Frame))):
        from mldebt.evaluate.paths import join_paths

        return join_paths([left, written_out(machine, right)], labels=[None, expression])
    if _is_tabular(left) or _is_tabular(right):
        return _elementwise(machine, operator, left, right)
    if operator == "+":
        return _add(machine, left, right, expression)
    if operator in (">>", "<<") or (operator == "|" and isinstance(right, Model)):
        return _ordered(machine, operator, left, right)
    if isinstance(left, Map) and isinstance(right, Map) and operator == "|":
        return Map({**left.entries, **right.entries}, left.open or right.open, right.rest or left.rest)
    again = _repeated(left, right) if operator == "*" else None
    return again or operated(machine, operator, left, right, arithmetic(operator, left, right))


def _repeated(left: Value, times: Value) -> Seq | None:
    """`[few] * 5`: a list of tables, each of which is there again. That it is there twice says enough."""
    tables = isinstance(left, Seq) and any(isinstance(item, Frame) and item.form == "table" for item in left.items)
    if not tables or not isinstance(left, Seq) or isinstance(times, Frame):
        return None
    known = times.value if isinstance(times, Const) else None
    if known == 1:
        return left
    return Seq([*left.items, *left.items], left.open or known != 2, left.kind)


def _ordered(machine: Machine, operator: str, left: Value, right: Value) -> Value:
    """`first >> [second, third]`: tasks one behind the other; of numbers, a shift. `scaler | model`: steps."""
    if operator == "|":
        return right  # the last step of a pipeline is the one that is asked
    from mldebt.evaluate.exchange import follow, jobs_in

    if not jobs_in(left) and not jobs_in(right):
        return arithmetic(operator, left, right)
    earlier, later = (left, right) if operator == ">>" else (right, left)
    follow(machine, earlier, later)
    return right


def _is_tabular(value: Value) -> bool:
    return isinstance(value, Frame) or is_expression(value)


def _elementwise(machine: Machine, operator: str, left: Value, right: Value) -> Value:
    if is_expression(left) or is_expression(right):
        return operated(machine, operator, left, right, combined(machine, left, right))
    made = combining.combine(machine, left, right, shifted=combining.is_shift(machine, operator, left, right))
    if operator == "+" and ((isinstance(left, Frame) and isinstance(right, Seq)) or _are_texts(left)):
        parts = [left_over(machine, side) for side in (left, right)]
        return with_term(made.copy(picked=()), apply("appended", parts))
    made.spelled = spelled(left, right) if operator == "+" else None
    if operator == "&" and isinstance(left, Frame) and isinstance(right, Frame):
        made.side = combining.between(machine, left.side, right.side)
    return operated(machine, operator, left, right, made)


def _are_texts(value: Value) -> bool:
    """A list that something can only be appended to."""
    return isinstance(value, Seq) and bool(value.items) and all(isinstance(item, Text) for item in value.items)


def _is_path(value: Value) -> bool:
    return isinstance(value, Text) and value.path


def _add(machine: Machine, left: Value, right: Value, expression: Expr | None) -> Value:
    left, right = (as_list(left), as_list(right)) if isinstance(left, Seq) or isinstance(right, Seq) else (left, right)
    if isinstance(left, Seq) and isinstance(right, Seq):
        loose = left.loose or right.loose
        return Seq([*left.items, *right.items][:MAX_ITEMS], left.open or right.open, left.kind, loose=loose)
    if isinstance(left, Seq):
        more = [derived("more items of a list", right)] if sources_of(right) else []
        return Seq([*left.items, *more], True, left.kind, loose=left.loose)
    if isinstance(left, Unknown) and isinstance(right, Seq):
        appended = apply("appended", [term_of(machine, left), term_of(machine, right)])
        return with_term(derived("list with more items", left, right), appended)
    if isinstance(left, Text) or isinstance(right, Text):
        return add_texts(left, right, expression)
    return operated(machine, "+", left, right, arithmetic("+", left, right))


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Const) and isinstance(right, Const) and operator in ARITHMETIC:
        numbers = (left.value, right.value)
        if all(isinstance(value, (int, float)) and abs(value) < 1e12 for value in numbers):
            try:
                return Const(ARITHMETIC[operator](*numbers))
            except (ArithmeticError, ValueError):
                return Unknown("arithmetic error")
    return derived(COMPUTED, left, right)


NUMBERS = (Const, Method, Symbol, Text, Unknown)
"""What may stand for a number that has an opposite."""


def unary(machine: Machine, expression: Expr) -> Value:
    value = machine.evaluate(expression[2])
    if isinstance(value, Frame):
        divider, part = value.side
        other = {"train": "test", "test": "train"}.get(part, "")
        side = (divider, other) if expression[1] == "~" and other else ("", "")
        return with_term(value, turned(machine, expression[1], value)).copy(side=side)  # type: ignore[union-attr]
    if expression[1] == "not":
        known = decided(machine, expression[2], value)
        if known is not None:
            return Const(not known)
        return with_term(derived("negation", value), apply("not", [test_of(machine, value)]))
    if expression[1] == "-" and isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Const(-value.value)
    if isinstance(value, Unknown) or is_expression(value):
        return with_term(value, turned(machine, expression[1], value))
    if expression[1] == "-" and all(isinstance(one, NUMBERS) for one in options_of(value)):
        return with_term(derived(COMPUTED, value), turned(machine, expression[1], value))
    return value


def formatted(machine: Machine, expression: Expr) -> Value:
    parts: list[tuple[Value, Expr | None]] = []
    for part in expression[1]:
        if isinstance(part, str):
            parts.append((text(part), None))
        else:
            value = written_out(machine, machine.evaluate(part[0]))
            parts.append((with_format(value, part[1]), part[0]))
    made = from_parts(parts)
    plain = all(isinstance(part, str) or part[1] is None for part in expression[1])
    return put_together(machine, made, [value for value, _ in parts]) if plain else made


def written_out(machine: Machine, value: Value) -> Value:
    """A value that becomes part of a text is used: from here on its columns can't be told apart."""
    for ref in sorted(columns_of(value)):
        machine.trace.use(ref, "sink", machine.site())
    return value


def lambda_(machine: Machine, expression: Expr) -> Value:
    line, last = machine.scope.statement
    body = (("return", line, last, expression[2]),)
    qualname = f"{machine.scope.qualname}.<lambda>" if machine.scope.qualname else "<lambda>"
    function = Function(machine.scope.file, qualname, expression[1], body, machine.scope.env, line=line)
    function.is_lambda = True
    return function


def walrus(machine: Machine, expression: Expr) -> Value:
    value = machine.evaluate(expression[2])
    machine.scope.env.set(expression[1], value)
    return value


def yielded(machine: Machine, expression: Expr) -> Value:
    if expression[1] is not None:
        machine.scope.yields.append(machine.evaluate(expression[1]))
    machine.scope.leaving = True
    return Unknown("value sent into a generator")


def opaque(machine: Machine, expression: Expr) -> Value:
    return derived("unsupported expression", *[machine.evaluate(child) for child in expression[1]])


def starred(machine: Machine, expression: Expr) -> Value:
    return machine.evaluate(expression[1])


EXPRESSIONS: dict[str, Callable[[Machine, Expr], Value]] = {
    "const": constant,
    "name": name,
    "attr": attr,
    "index": index,
    "slice": slice_,
    "call": call,
    "list": sequence,
    "tuple": sequence,
    "set": sequence,
    "dict": mapping,
    "bin": binary,
    "cmp": compare,
    "bool": boolean,
    "un": unary,
    "fstr": formatted,
    "if": conditional,
    "comp": comprehension,
    "lambda": lambda_,
    "walrus": walrus,
    "yield": yielded,
    "opaque": opaque,
    "star": starred,
}
