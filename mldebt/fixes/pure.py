"""Expressions that only compute a value."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from mldebt.fixes.code import Program
from mldebt.fixes.made import Tools

_PLAIN = (
    cst.Name, cst.Attribute, cst.Subscript, cst.SubscriptElement, cst.Index, cst.Slice, cst.Integer, cst.Float,
    cst.SimpleString, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.ComparisonTarget, cst.List,
    cst.Tuple, cst.Element, cst.Call, cst.Arg, cst.BooleanOperation, cst.IfExp,
)  # fmt: skip
_MARKS = (cst.BaseParenthesizableWhitespace, cst.BaseBinaryOp, cst.BaseCompOp, cst.BaseUnaryOp, cst.BaseBooleanOp,
          cst.LeftParen, cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket, cst.Dot, cst.Comma,
          cst.AssignEqual, cst.Colon, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comment)  # fmt: skip


def is_pure(program: Program, value: cst.BaseExpression, tools: Tools) -> bool:
    """Whether computing the value leaves nothing behind: arithmetic, and calls that are known to be no more."""
    for node in (value, *_below(value)):
        if isinstance(node, cst.Call) and not _is_plain_call(program, node, tools):
            return False
        if not isinstance(node, (*_PLAIN, *_MARKS)):
            return False
    return True


def _is_plain_call(program: Program, call: cst.Call, tools: Tools) -> bool:
    func, knowledge = call.func, tools.knowledge
    dotted = program.dotted(func)
    if dotted:
        entry = knowledge.call(dotted)
        return entry is not None and entry.op in ("value", "encode")
    if isinstance(func, cst.Attribute):
        name = func.attr.value
        entry = next(filter(None, (knowledge.method(kind, name) for kind in ("series", "dates", "strings"))), None)
        return entry is not None and entry.op in ("value", "same", "statistic") and "function" not in entry.fields
    return False


def _below(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    for child in node.children:
        yield child
        yield from _below(child)
