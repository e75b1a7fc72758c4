"""Expressions of `ast` → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mldebt.read.facts import Expr
from mldebt.read.python.code import Code
from mldebt.read.python.limits import OPAQUE, chain, comparison, display
from mldebt.read.python.literals import without_surrogates

BINARY: Mapping[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
COMPARING: Mapping[type, str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
UNARY: Mapping[type, str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"}
KEPT = (str, int, float, bool, type(None))


def expression(node: ast.expr, code: Code) -> Expr:
    """The IR of an expression."""
    return EXPRESSIONS[type(node)](node, code)


def optional(node: ast.expr | None, code: Code) -> Expr | None:
    """The IR of an expression that may be missing."""
    return None if node is None else EXPRESSIONS[type(node)](node, code)


def expressions(nodes: Sequence[ast.expr], code: Code) -> list[Expr]:
    """The IR of several expressions."""
    return [EXPRESSIONS[type(node)](node, code) for node in nodes]


def parameters(node: ast.arguments, code: Code) -> tuple[tuple[Any, ...], ...]:
    """The parameters of a function, in the order of the text."""
    named = [*node.posonlyargs, *node.args]
    plain = len(named) - len(node.defaults)
    found = [_parameter(each, None, "pos", code) for each in named[:plain]]
    found.extend(
        _parameter(each, default, "pos", code) for each, default in zip(named[plain:], node.defaults, strict=True)
    )
    if node.vararg is not None:
        found.append(_parameter(node.vararg, None, "*", code))
    found.extend(
        _parameter(each, default, "kw", code) for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
    )
    if node.kwarg is not None:
        found.append(_parameter(node.kwarg, None, "**", code))
    return tuple(found)


def _parameter(node: ast.arg, default: ast.expr | None, kind: str, code: Code) -> tuple[Any, ...]:
    return (node.arg, optional(node.annotation, code), optional(default, code), kind)


def keywords(nodes: Sequence[ast.keyword], code: Code) -> tuple[tuple[str | None, Expr], ...]:
    """Keyword arguments."""
    return tuple([(node.arg, EXPRESSIONS[type(node.value)](node.value, code)) for node in nodes])


def _name(node: ast.Name, code: Code) -> Expr:
    found = code.names.get(node.id)
    if found is None:
        found = code.names[node.id] = ("name", node.id)
    return found


def _attribute(node: ast.Attribute, code: Code) -> Expr:
    value = node.value
    return ("attr", EXPRESSIONS[type(value)](value, code), node.attr)


def _constant(node: ast.Constant, code: Code) -> Expr:
    value = node.value
    if isinstance(value, str):
        return ("const", value if value.isascii() else without_surrogates(value))
    return ("const", value) if isinstance(value, KEPT) else OPAQUE


def _call(node: ast.Call, code: Code) -> Expr:
    func = node.func
    lowered = EXPRESSIONS[type(func)](func, code)
    ordinal = code.ordinal
    code.ordinal = ordinal + 1
    line = node.lineno if node.lineno == node.end_lineno else _parenthesis(func, code)
    positional: Sequence[Expr] = ()
    named: tuple[Any, ...] = ()
    if node.args and node.keywords and _place(node.args[-1]) > _place(node.keywords[0]):
        positional, named = _mixed(node, code)
    else:
        if node.args:
            positional = [EXPRESSIONS[type(each)](each, code) for each in node.args]
        if node.keywords:
            named = keywords(node.keywords, code)
    return ("call", lowered, tuple(positional), named, line, ordinal)


def _parenthesis(func: ast.expr, code: Code) -> int:
    return code.parenthesis(func.end_lineno or func.lineno, func.end_col_offset or 0)


def _mixed(node: ast.Call, code: Code) -> tuple[list[Expr], tuple[Any, ...]]:
    """The arguments of a call in which `*more` stands behind a keyword."""
    positional: list[Expr] = []
    named: list[Any] = []
    both: list[Any] = [*node.args, *node.keywords]
    for each in sorted(both, key=_place):
        if isinstance(each, ast.keyword):
            named.append((each.arg, expression(each.value, code)))
        else:
            positional.append(expression(each, code))
    return positional, tuple(named)


def _place(node: ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _subscript(node: ast.Subscript, code: Code) -> Expr:
    base = expression(node.value, code)
    return ("index", base, expression(node.slice, code))


def _slice(node: ast.Slice, code: Code) -> Expr:
    return ("slice", optional(node.lower, code), optional(node.upper, code), optional(node.step, code))


def _formatted(node: ast.JoinedStr, code: Code) -> Expr:
    parts: list[Any] = []
    for each in node.values:
        if isinstance(each, ast.FormattedValue):
            value = expression(each.value, code)
            parts.append((value, None if each.format_spec is None else _spec(each.format_spec, code)))
            continue
        text = _constant(each, code)[1] if isinstance(each, ast.Constant) else ""
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        elif text:
            parts.append(text)
    if all(isinstance(part, str) for part in parts):
        return ("const", "".join(parts))
    return ("fstr", tuple(parts))


def _spec(node: ast.expr, code: Code) -> str:
    found = []
    for each in node.values if isinstance(node, ast.JoinedStr) else ():
        if isinstance(each, ast.FormattedValue):
            expression(each.value, code)
            found.append("{}")
        elif isinstance(each, ast.Constant):
            found.append(_constant(each, code)[1])
    return "".join(found)


def _binary(node: ast.BinOp, code: Code) -> Expr:
    nodes, left = [node], node.left
    while isinstance(left, ast.BinOp):
        nodes.append(left)
        left = left.left
    nodes.reverse()
    operands = [expression(left, code)]
    operands.extend([expression(each.right, code) for each in nodes])
    return chain([("bin", BINARY[type(each.op)]) for each in nodes], operands)


def _boolean(node: ast.BoolOp, code: Code) -> Expr:
    word = "and" if isinstance(node.op, ast.And) else "or"
    return chain([("bool", word)] * (len(node.values) - 1), expressions(node.values, code))


def _comparison(node: ast.Compare, code: Code) -> Expr:
    operands = [expression(node.left, code)]
    operands.extend(expressions(node.comparators, code))
    return comparison([COMPARING[type(each)] for each in node.ops], operands)


def _unary(node: ast.UnaryOp, code: Code) -> Expr:
    return ("un", UNARY[type(node.op)], expression(node.operand, code))


def _list(node: ast.List, code: Code) -> Expr:
    return display("list", expressions(node.elts, code))


def _tuple(node: ast.Tuple, code: Code) -> Expr:
    return display("tuple", expressions(node.elts, code))


def _set(node: ast.Set, code: Code) -> Expr:
    return display("set", expressions(node.elts, code))


def _starred(node: ast.Starred, code: Code) -> Expr:
    return ("star", expression(node.value, code))


def _dict(node: ast.Dict, code: Code) -> Expr:
    pairs = zip(node.keys, node.values, strict=True)
    return ("dict", tuple([(optional(key, code), expression(value, code)) for key, value in pairs]))


def _conditional(node: ast.IfExp, code: Code) -> Expr:
    then = expression(node.body, code)
    test = expression(node.test, code)
    return ("if", test, then, expression(node.orelse, code))


def _comprehension(kind: str) -> Callable[[Any, Code], Expr]:
    def lower(node: Any, code: Code) -> Expr:
        element = expression(node.elt, code)
        return ("comp", kind, element, _generators(node.generators, code))

    return lower


def _dict_comprehension(node: ast.DictComp, code: Code) -> Expr:
    key = expression(node.key, code)
    return ("comp", "dict", ("tuple", (key, expression(node.value, code))), _generators(node.generators, code))


def _generators(nodes: Sequence[ast.comprehension], code: Code) -> tuple[Any, ...]:
    found = []
    for node in nodes:
        target = expression(node.target, code)
        iterable = expression(node.iter, code)
        found.append((target, iterable, tuple(expressions(node.ifs, code))))
    return tuple(found)


def _lambda(node: ast.Lambda, code: Code) -> Expr:
    params = parameters(node.args, code)
    return ("lambda", params, expression(node.body, code))


def _walrus(node: ast.NamedExpr, code: Code) -> Expr:
    return ("walrus", node.target.id, expression(node.value, code))


def _yield(node: ast.Yield | ast.YieldFrom, code: Code) -> Expr:
    return ("yield", optional(node.value, code))


def _await(node: ast.Await, code: Code) -> Expr:
    return expression(node.value, code)


def _template(node: Any, code: Code) -> Expr:
    return ("opaque", tuple(expression(each.value, code) for each in node.values if not isinstance(each, ast.Constant)))


EXPRESSIONS: dict[type, Callable[[Any, Code], Expr]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Constant: _constant,
    ast.JoinedStr: _formatted,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.UnaryOp: _unary,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Starred: _starred,
    ast.Dict: _dict,
    ast.IfExp: _conditional,
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.GeneratorExp: _comprehension("gen"),
    ast.DictComp: _dict_comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Await: _await,
}
if hasattr(ast, "TemplateStr"):
    EXPRESSIONS[ast.TemplateStr] = _template
