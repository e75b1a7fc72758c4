"""libcst expressions → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import libcst as cst

from mldebt.read.facts import Expr
from mldebt.read.python.by_libcst.places import Places
from mldebt.read.python.limits import OPAQUE, chain, comparison, display
from mldebt.read.python.literals import identifier, integer_value, string_value, text_value

EMPTY = cst.Module([])
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
TEXTS = (cst.FormattedStringText, cst.TemplatedStringText)


def expression(node: Any, code: Places) -> Expr:
    """The IR of an expression."""
    return EXPRESSIONS.get(type(node), _opaque)(node, code)


def optional(node: Any, code: Places) -> Expr | None:
    """The IR of an expression that may be missing."""
    return None if node is None else expression(node, code)


def parameters(node: cst.Parameters, code: Places) -> tuple[tuple[Any, ...], ...]:
    """The parameters of a function, in the order of the text."""
    found = [_parameter(each, "pos", code) for each in (*node.posonly_params, *node.params)]
    if isinstance(node.star_arg, cst.Param):
        found.append(_parameter(node.star_arg, "*", code))
    found.extend(_parameter(each, "kw", code) for each in node.kwonly_params)
    if node.star_kwarg is not None:
        found.append(_parameter(node.star_kwarg, "**", code))
    return tuple(found)


def _parameter(node: cst.Param, kind: str, code: Places) -> tuple[Any, ...]:
    annotation = None if node.annotation is None else expression(node.annotation.annotation, code)
    return (identifier(node.name.value), annotation, optional(node.default, code), kind)


def arguments(args: Iterable[cst.Arg], code: Places) -> tuple[tuple[Expr, ...], tuple[Any, ...]]:
    """Positional and keyword arguments."""
    positional: list[Expr] = []
    keywords: list[Any] = []
    for arg in args:
        value = expression(arg.value, code)
        if arg.keyword is not None:
            keywords.append((identifier(arg.keyword.value), value))
        elif not arg.star:
            positional.append(value)
        elif arg.star == "*":
            positional.append(("star", value))
        else:
            keywords.append((None, value))
    return tuple(positional), tuple(keywords)


def _name(node: cst.Name, code: Places) -> Expr:
    return CONSTANTS.get(node.value) or ("name", identifier(node.value))


def _attribute(node: cst.Attribute, code: Places) -> Expr:
    return ("attr", expression(node.value, code), identifier(node.attr.value))


def _call(node: cst.Call, code: Places) -> Expr:
    func = expression(node.func, code)
    ordinal = code.ordinal
    code.ordinal += 1
    return ("call", func, *arguments(node.args, code), code.call_line(node.func), ordinal)


def _subscript(node: cst.Subscript, code: Places) -> Expr:
    base = expression(node.value, code)
    items = tuple(_index(each.slice, code) for each in node.slice)
    if len(items) == 1 and items[0][0] != "star" and not isinstance(node.slice[0].comma, cst.Comma):
        return ("index", base, items[0])
    return ("index", base, display("tuple", items))


def _index(node: Any, code: Places) -> Expr:
    if isinstance(node, cst.Slice):
        return ("slice", optional(node.lower, code), optional(node.upper, code), optional(node.step, code))
    value = expression(node.value, code)
    return ("star", value) if node.star else value


def _integer(node: cst.Integer, code: Places) -> Expr:
    value = integer_value(node.value)
    return OPAQUE if value is None else ("const", value)


def _float(node: cst.Float, code: Places) -> Expr:
    return ("const", float(node.value))


def _string(node: cst.SimpleString, code: Places) -> Expr:
    value = string_value(node.value)
    return OPAQUE if value is None else ("const", value)


def _joined(node: Any, code: Places) -> Expr:
    """An f-string, or strings side by side."""
    parts = _merged(_parts(node, code))
    if parts is None:
        return OPAQUE
    if all(isinstance(part, str) for part in parts):
        return ("const", "".join(parts))
    return ("fstr", tuple(parts))


def _parts(node: Any, code: Places) -> list[Any]:
    """Text, (expression, format spec) pairs, and None for bytes."""
    found: list[Any] = []
    while isinstance(node, cst.ConcatenatedString):
        found.extend(_parts(node.left, code))
        node = node.right
    if isinstance(node, cst.SimpleString):
        found.append(string_value(node.value))
    else:
        found.extend(_formatted(node, code))
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


def _formatted(node: Any, code: Places) -> list[Any]:
    raw = "r" in node.start.lower()
    found: list[Any] = []
    for part in node.parts:
        if isinstance(part, TEXTS):
            found.append(_text(part, raw))
            continue
        value = expression(part.expression, code)
        spec = None if part.format_spec is None else _spec(part.format_spec, raw, code)
        found.extend((_shown(part), (value, spec)))
    return found


def _text(part: Any, raw: bool) -> str:
    return text_value(part.value, raw).replace("{{", "{").replace("}}", "}")


def _shown(part: Any) -> str:
    """The text that `{x = }` puts before the value."""
    if part.equal is None:
        return ""
    return "".join(
        EMPTY.code_for_node(each) for each in (part.whitespace_before_expression, part.expression, part.equal)
    )


def _spec(parts: Sequence[Any], raw: bool, code: Places) -> str:
    found = []
    for part in parts:
        if isinstance(part, TEXTS):
            found.append(_text(part, raw))
        else:
            expression(part.expression, code)
            found.append(f"{_shown(part)}{{}}")
    return "".join(found)


def _binary(node: Any, code: Places) -> Expr:
    nodes = []
    while isinstance(node, cst.BinaryOperation):
        nodes.append(node)
        node = node.left
    operands = [expression(node, code)]
    operands.extend([expression(each.right, code) for each in reversed(nodes)])
    return chain([("bin", BINARY[type(each.operator)]) for each in reversed(nodes)], operands)


def _boolean(node: Any, code: Places) -> Expr:
    kind, nodes = type(node.operator), []
    while isinstance(node, cst.BooleanOperation) and type(node.operator) is kind:
        nodes.append(node)
        node = node.left
    operands = [expression(node, code)]
    operands.extend([expression(each.right, code) for each in reversed(nodes)])
    return chain([("bool", "and" if kind is cst.And else "or")] * len(nodes), operands)


def _comparison(node: cst.Comparison, code: Places) -> Expr:
    operands = [expression(node.left, code)]
    operands.extend([expression(each.comparator, code) for each in node.comparisons])
    return comparison([COMPARING[type(each.operator)] for each in node.comparisons], operands)


def _unary(node: cst.UnaryOperation, code: Places) -> Expr:
    return ("un", UNARY[type(node.operator)], expression(node.expression, code))


def _sequence(tag: str) -> Callable[[Any, Places], Expr]:
    def lower(node: Any, code: Places) -> Expr:
        return display(tag, [_element(each, code) for each in node.elements])

    return lower


def _element(node: Any, code: Places) -> Expr:
    value = expression(node.value, code)
    return ("star", value) if isinstance(node, cst.StarredElement) else value


def _starred(node: cst.StarredElement, code: Places) -> Expr:
    return ("star", expression(node.value, code))


def _dict(node: cst.Dict, code: Places) -> Expr:
    return ("dict", tuple(_pair(each, code) for each in node.elements))


def _pair(node: Any, code: Places) -> tuple[Expr | None, Expr]:
    key = expression(node.key, code) if isinstance(node, cst.DictElement) else None
    return (key, expression(node.value, code))


def _conditional(node: cst.IfExp, code: Places) -> Expr:
    then = expression(node.body, code)
    test = expression(node.test, code)
    return ("if", test, then, expression(node.orelse, code))


def _comprehension(kind: str) -> Callable[[Any, Places], Expr]:
    def lower(node: Any, code: Places) -> Expr:
        element = _element(node.elt, code) if isinstance(node.elt, cst.StarredElement) else expression(node.elt, code)
        return ("comp", kind, element, _generators(node.for_in, code))

    return lower


def _dict_comprehension(node: cst.DictComp, code: Places) -> Expr:
    key = expression(node.key, code)
    return ("comp", "dict", ("tuple", (key, expression(node.value, code))), _generators(node.for_in, code))


def _generators(node: cst.CompFor | None, code: Places) -> tuple[Any, ...]:
    found = []
    while node is not None:
        target = expression(node.target, code)
        iterable = expression(node.iter, code)
        found.append((target, iterable, tuple(expression(each.test, code) for each in node.ifs)))
        node = node.inner_for_in
    return tuple(found)


def _lambda(node: cst.Lambda, code: Places) -> Expr:
    params = parameters(node.params, code)
    return ("lambda", params, expression(node.body, code))


def _walrus(node: Any, code: Places) -> Expr:
    return ("walrus", identifier(node.target.value), expression(node.value, code))


def _yield(node: cst.Yield, code: Places) -> Expr:
    value = node.value
    return ("yield", optional(value.item if isinstance(value, cst.From) else value, code))


def _await(node: cst.Await, code: Places) -> Expr:
    return expression(node.expression, code)


def _template(node: Any, code: Places) -> Expr:
    return ("opaque", tuple(part[0] for part in _formatted(node, code) if isinstance(part, tuple)))


def _opaque(node: Any, code: Places) -> Expr:
    return OPAQUE


EXPRESSIONS: Mapping[type, Callable[[Any, Places], Expr]] = {
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
