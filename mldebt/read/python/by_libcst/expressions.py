"""libcst expressions → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import libcst as cst

from mldebt.read.facts import Expr
from mldebt.read.python.by_libcst.context import Context
from mldebt.read.python.literals import integer_value, string_value, text_value

LONGEST = 200
OPAQUE: Expr = ("opaque", ())
CONSTANTS: Mapping[str, Expr] = {
    "True": ("const", True),
    "False": ("const", False),
    "None": ("const", None),
}
BINARY: Mapping[type, str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.MatrixMultiply: "@",
    cst.Power: "**",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}
COMPARING: Mapping[type, str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}
UNARY: Mapping[type, str] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~", cst.Not: "not"}


def expression(node: Any, at: Context) -> Expr:
    """The IR of an expression."""
    return EXPRESSIONS.get(type(node), _opaque)(node, at)


def optional(node: Any, at: Context) -> Expr | None:
    """The IR of an expression that may be missing."""
    return None if node is None else expression(node, at)


def parameters(node: cst.Parameters, at: Context) -> tuple[tuple[Any, ...], ...]:
    """The parameters of a function, in the order of the text."""
    found = [_parameter(each, "pos", at) for each in (*node.posonly_params, *node.params)]
    if isinstance(node.star_arg, cst.Param):
        found.append(_parameter(node.star_arg, "*", at))
    found.extend(_parameter(each, "kw", at) for each in node.kwonly_params)
    if node.star_kwarg is not None:
        found.append(_parameter(node.star_kwarg, "**", at))
    return tuple(found)


def _parameter(node: cst.Param, kind: str, at: Context) -> tuple[Any, ...]:
    annotation = None if node.annotation is None else expression(node.annotation.annotation, at)
    return (node.name.value, annotation, optional(node.default, at), kind)


def arguments(args: Iterable[cst.Arg], at: Context) -> tuple[tuple[Expr, ...], tuple[Any, ...]]:
    """Positional and keyword arguments."""
    positional: list[Expr] = []
    keywords: list[Any] = []
    for arg in args:
        value = expression(arg.value, at)
        if arg.keyword is not None:
            keywords.append((arg.keyword.value, value))
        elif not arg.star:
            positional.append(value)
        elif arg.star == "*":
            positional.append(("star", value))
        else:
            keywords.append((None, value))
    return tuple(positional), tuple(keywords)


def _name(node: cst.Name, at: Context) -> Expr:
    return CONSTANTS.get(node.value) or ("name", node.value)


def _attribute(node: cst.Attribute, at: Context) -> Expr:
    return ("attr", expression(node.value, at), node.attr.value)


def _call(node: cst.Call, at: Context) -> Expr:
    func = expression(node.func, at)
    line = at.line if at.single else at.call_line()
    ordinal = at.ordinal
    at.ordinal += 1
    return ("call", func, *arguments(node.args, at), line, ordinal)


def _subscript(node: cst.Subscript, at: Context) -> Expr:
    base = expression(node.value, at)
    elements = node.slice
    items = tuple(_index(each.slice, at) for each in elements)
    if len(items) == 1 and not isinstance(elements[0].comma, cst.Comma):
        return ("index", base, items[0])
    return ("index", base, ("tuple", items))


def _index(node: Any, at: Context) -> Expr:
    if isinstance(node, cst.Slice):
        return ("slice", optional(node.lower, at), optional(node.upper, at), optional(node.step, at))
    value = expression(node.value, at)
    return ("star", value) if node.star else value


def _integer(node: cst.Integer, at: Context) -> Expr:
    value = integer_value(node.value)
    return OPAQUE if value is None else ("const", value)


def _float(node: cst.Float, at: Context) -> Expr:
    return ("const", float(node.value))


def _string(node: cst.SimpleString, at: Context) -> Expr:
    value = string_value(node.value)
    return OPAQUE if value is None else ("const", value)


def _joined(node: Any, at: Context) -> Expr:
    """An f-string, or strings side by side."""
    parts = _merged(_parts(node, at))
    if parts is None:
        return OPAQUE
    if all(isinstance(part, str) for part in parts):
        return ("const", "".join(parts))
    return ("fstr", tuple(parts))


def _parts(node: Any, at: Context) -> list[Any]:
    """Text, (expression, format spec) pairs, and None for bytes."""
    found: list[Any] = []
    while isinstance(node, cst.ConcatenatedString):
        found.extend(_parts(node.left, at))
        node = node.right
    if isinstance(node, cst.SimpleString):
        found.append(string_value(node.value))
    else:
        found.extend(_formatted(node, at))
    return found


def _merged(parts: Iterable[Any]) -> list[Any] | None:
    merged: list[Any] = []
    for part in parts:
        if part is None:
            return None
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return merged


def _formatted(node: Any, at: Context) -> list[Any]:
    line = at.line if at.single else at.formatted_line()
    former = 0 if at.single else at.within(line)
    raw = "r" in node.start.lower()
    found: list[Any] = []
    for part in node.parts:
        if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
            line += part.value.count("\n")
            found.append(text_value(part.value, raw).replace("{{", "{").replace("}}", "}"))
        else:
            if not at.single:
                at.within(line)
            found.extend(_hole(part, at))
    if not at.single:
        at.within(former)
    return found


def _hole(node: Any, at: Context) -> list[Any]:
    value = expression(node.expression, at)
    spec = None if node.format_spec is None else _spec(node.format_spec, at)
    if node.equal is None:
        return [(value, spec)]
    return [cst.Module([]).code_for_node(node.expression) + "=", (value, spec)]


def _spec(parts: Sequence[Any], at: Context) -> str:
    found = []
    for part in parts:
        if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
            found.append(part.value)
        else:
            expression(part.expression, at)
            found.append("{}")
    return "".join(found)


def _binary(node: Any, at: Context) -> Expr:
    chain = []
    while isinstance(node, cst.BinaryOperation):
        chain.append(node)
        node = node.left
    value = expression(node, at)
    for each in reversed(chain):
        value = ("bin", BINARY[type(each.operator)], value, expression(each.right, at))
    return value


def _boolean(node: Any, at: Context) -> Expr:
    left = expression(node.left, at)
    return ("bool", "and" if isinstance(node.operator, cst.And) else "or", left, expression(node.right, at))


def _comparison(node: cst.Comparison, at: Context) -> Expr:
    left = expression(node.left, at)
    value: Expr | None = None
    for each in node.comparisons:
        right = expression(each.comparator, at)
        one = ("cmp", COMPARING[type(each.operator)], left, right)
        value = one if value is None else ("bool", "and", value, one)
        left = right
    return value or left


def _unary(node: cst.UnaryOperation, at: Context) -> Expr:
    return ("un", UNARY[type(node.operator)], expression(node.expression, at))


def _sequence(tag: str) -> Callable[[Any, Context], Expr]:
    def lower(node: Any, at: Context) -> Expr:
        items = tuple(_element(each, at) for each in node.elements)
        return (tag, items if len(items) <= LONGEST else (*items[:LONGEST], OPAQUE))

    return lower


def _element(node: Any, at: Context) -> Expr:
    value = expression(node.value, at)
    return ("star", value) if isinstance(node, cst.StarredElement) else value


def _starred(node: cst.StarredElement, at: Context) -> Expr:
    return ("star", expression(node.value, at))


def _dict(node: cst.Dict, at: Context) -> Expr:
    return ("dict", tuple(_pair(each, at) for each in node.elements))


def _pair(node: Any, at: Context) -> tuple[Expr | None, Expr]:
    key = expression(node.key, at) if isinstance(node, cst.DictElement) else None
    return (key, expression(node.value, at))


def _conditional(node: cst.IfExp, at: Context) -> Expr:
    then = expression(node.body, at)
    test = expression(node.test, at)
    return ("if", test, then, expression(node.orelse, at))


def _comprehension(kind: str) -> Callable[[Any, Context], Expr]:
    def lower(node: Any, at: Context) -> Expr:
        element = _element(node.elt, at) if isinstance(node.elt, cst.StarredElement) else expression(node.elt, at)
        return ("comp", kind, element, _generators(node.for_in, at))

    return lower


def _dict_comprehension(node: cst.DictComp, at: Context) -> Expr:
    key = expression(node.key, at)
    return ("comp", "dict", ("tuple", (key, expression(node.value, at))), _generators(node.for_in, at))


def _generators(node: cst.CompFor | None, at: Context) -> tuple[Any, ...]:
    found = []
    while node is not None:
        target = expression(node.target, at)
        iterable = expression(node.iter, at)
        found.append((target, iterable, tuple(expression(each.test, at) for each in node.ifs)))
        node = node.inner_for_in
    return tuple(found)


def _lambda(node: cst.Lambda, at: Context) -> Expr:
    params = parameters(node.params, at)
    return ("lambda", params, expression(node.body, at))


def _walrus(node: Any, at: Context) -> Expr:
    return ("walrus", node.target.value, expression(node.value, at))


def _yield(node: cst.Yield, at: Context) -> Expr:
    value = node.value
    return ("yield", optional(value.item if isinstance(value, cst.From) else value, at))


def _await(node: cst.Await, at: Context) -> Expr:
    return expression(node.expression, at)


def _template(node: Any, at: Context) -> Expr:
    return ("opaque", tuple(part[0] for part in _formatted(node, at) if isinstance(part, tuple)))


def _opaque(node: Any, at: Context) -> Expr:
    return OPAQUE


EXPRESSIONS: Mapping[type, Callable[[Any, Context], Expr]] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _joined,
    cst.FormattedString: _joined,
    cst.TemplatedString: _template,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.UnaryOperation: _unary,
    cst.List: _sequence("list"),
    cst.Tuple: _sequence("tuple"),
    cst.Set: _sequence("set"),
    cst.StarredElement: _starred,
    cst.Dict: _dict,
    cst.IfExp: _conditional,
    cst.ListComp: _comprehension("list"),
    cst.SetComp: _comprehension("set"),
    cst.GeneratorExp: _comprehension("gen"),
    cst.DictComp: _dict_comprehension,
    cst.Lambda: _lambda,
    cst.NamedExpr: _walrus,
    cst.Yield: _yield,
    cst.Await: _await,
}
