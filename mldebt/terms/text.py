"""Expressions in texts, as `df.eval` and `df.query` take them: Python's syntax over names of columns."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mldebt.terms.algebra import apply
from mldebt.terms.term import Term, column, const

_QUOTED = re.compile(r"`([^`]*)`")
OPERATORS: Final[Mapping[type[ast.AST], str]] = MappingProxyType({
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.BitAnd: "and", ast.BitOr: "or", ast.And: "and", ast.Or: "or", ast.Eq: "eq", ast.NotEq: "ne",
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.USub: "neg", ast.Not: "not", ast.Invert: "not",
})  # fmt: skip
FUNCTIONS: Final = frozenset(
    ("sin", "cos", "tan", "exp", "log", "log1p", "expm1", "log10", "sqrt", "abs", "sinh", "cosh", "tanh")
)


def parse_expression(text: str) -> Term | None:
    """None where the text is no expression over columns and constants alone."""
    names: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        name = f"quoted_{len(names)}_"
        names[name] = found[1]
        return name

    try:
        tree = ast.parse(_QUOTED.sub(stand_in, text.strip()), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _read(tree.body, names)


def _read(node: ast.expr, names: Mapping[str, str]) -> Term | None:
    if isinstance(node, ast.Name):
        return column(names.get(node.id, node.id))
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str, bool, type(None))):
        return const(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return apply(OPERATORS[type(node.op)], [_read(node.left, names), _read(node.right, names)])
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return apply(OPERATORS[type(node.op)], [_read(node.operand, names)])
    if isinstance(node, ast.BoolOp):
        return apply(OPERATORS[type(node.op)], [_read(value, names) for value in node.values])
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
        return apply(OPERATORS[type(node.ops[0])], [_read(node.left, names), _read(node.comparators[0], names)])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return apply(node.func.id, [_read(argument, names) for argument in node.args])
    return None
