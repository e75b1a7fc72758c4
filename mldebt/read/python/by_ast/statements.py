"""Statements of `ast` → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

from mldebt.read.facts import Stmt
from mldebt.read.python.by_ast.expressions import BINARY, expression, expressions, keywords, optional, parameters
from mldebt.read.python.code import Code
from mldebt.read.python.limits import OPAQUE, branches, display

Body = tuple[Stmt, ...]
CASE = re.compile(r"[ \t\f]*case\b")


def body(nodes: Sequence[ast.stmt], code: Code) -> Body:
    """The IR of the statements of a block."""
    found = []
    for node in nodes:
        lower = STATEMENTS.get(type(node))
        if lower is not None:
            found.append(lower(node, code))
        elif isinstance(node, ast.Expr) and not _is_text(node.value):
            found.append(("expr", node.lineno, node.end_lineno, expression(node.value, code)))
    return tuple(found)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))


def _header_end(first: int, inside: ast.stmt, code: Code) -> int:
    return code.header_end(first, inside.lineno, inside.col_offset)


def _if(node: ast.If, code: Code) -> Stmt:
    links = []
    otherwise: Sequence[ast.stmt] = [node]
    while len(otherwise) == 1 and isinstance(otherwise[0], ast.If):
        branch = otherwise[0]
        last = _header_end(branch.lineno, branch.body[0], code)
        test = expression(branch.test, code)
        links.append((branch.lineno, last, test, body(branch.body, code)))
        otherwise = branch.orelse
    return branches(links, body(otherwise, code))


def _for(node: ast.For | ast.AsyncFor, code: Code) -> Stmt:
    last = _header_end(node.lineno, node.body[0], code)
    target = expression(node.target, code)
    iterable = expression(node.iter, code)
    inner = body(node.body, code)
    return ("for", node.lineno, last, target, iterable, inner, body(node.orelse, code))


def _while(node: ast.While, code: Code) -> Stmt:
    last = _header_end(node.lineno, node.body[0], code)
    test = expression(node.test, code)
    inner = body(node.body, code)
    return ("while", node.lineno, last, test, inner, body(node.orelse, code))


def _with(node: ast.With | ast.AsyncWith, code: Code) -> Stmt:
    last = _header_end(node.lineno, node.body[0], code)
    items = tuple([(expression(each.context_expr, code), optional(each.optional_vars, code)) for each in node.items])
    return ("with", node.lineno, last, items, body(node.body, code))


def _try(node: Any, code: Code) -> Stmt:
    inner = body(node.body, code)
    handlers = tuple([(optional(each.type, code), each.name, body(each.body, code)) for each in node.handlers])
    otherwise = body(node.orelse, code)
    return ("try", node.lineno, node.lineno, inner, handlers, otherwise, body(node.finalbody, code))


def _match(node: ast.Match, code: Code) -> Stmt:
    last = _header_end(node.lineno, node.cases[0].body[0], code)
    subject = expression(node.subject, code)
    cases, before = [], last
    for case in node.cases:
        cases.append(_case(case, before, code))
        before = case.body[-1].end_lineno or before
    return ("match", node.lineno, last, subject, tuple(cases))


def _case(node: ast.match_case, before: int, code: Code) -> Body:
    if node.guard is None:
        return body(node.body, code)
    pattern = node.pattern.lineno
    first = next((at for at in range(before + 1, pattern) if CASE.match(code.lines[at - 1])), pattern)
    last = _header_end(first, node.body[0], code)
    guard = expression(node.guard, code)
    return (("expr", first, last, guard), *body(node.body, code))


def _def(node: ast.FunctionDef | ast.AsyncFunctionDef, code: Code) -> Stmt:
    decorators = tuple(expressions(node.decorator_list, code))
    last = _header_end(node.lineno, node.body[0], code)
    params = parameters(node.args, code)
    returns = optional(node.returns, code)
    return ("def", node.lineno, last, node.name, params, decorators, body(node.body, code), returns)


def _class(node: ast.ClassDef, code: Code) -> Stmt:
    decorators = tuple(expressions(node.decorator_list, code))
    last = _header_end(node.lineno, node.body[0], code)
    bases = tuple(expressions(node.bases, code))
    named = keywords(node.keywords, code)
    return ("class", node.lineno, last, node.name, bases, named, decorators, body(node.body, code))


def _assign(node: ast.Assign, code: Code) -> Stmt:
    targets = tuple(expressions(node.targets, code))
    return ("assign", node.lineno, node.end_lineno, targets, expression(node.value, code), None)


def _annotated(node: ast.AnnAssign, code: Code) -> Stmt:
    target = expression(node.target, code)
    annotation = expression(node.annotation, code)
    return ("assign", node.lineno, node.end_lineno, (target,), optional(node.value, code), annotation)


def _augmented(node: ast.AugAssign, code: Code) -> Stmt:
    target = expression(node.target, code)
    return ("aug", node.lineno, node.end_lineno, target, BINARY[type(node.op)], expression(node.value, code))


def _return(node: ast.Return, code: Code) -> Stmt:
    return ("return", node.lineno, node.end_lineno, optional(node.value, code))


def _raise(node: ast.Raise, code: Code) -> Stmt:
    value = optional(node.exc, code)
    optional(node.cause, code)
    return ("raise", node.lineno, node.end_lineno, value)


def _assert(node: ast.Assert, code: Code) -> Stmt:
    test = expression(node.test, code)
    optional(node.msg, code)
    return ("assert", node.lineno, node.end_lineno, test)


def _del(node: ast.Delete, code: Code) -> Stmt:
    only = node.targets[0]
    targets = only.elts if len(node.targets) == 1 and isinstance(only, ast.Tuple) else node.targets
    return ("del", node.lineno, node.end_lineno, display("tuple", expressions(targets, code))[1])


def _global(node: ast.Global | ast.Nonlocal, code: Code) -> Stmt:
    return ("global", node.lineno, node.end_lineno, tuple(node.names))


def _import(node: ast.Import, code: Code) -> Stmt:
    return ("import", node.lineno, node.end_lineno, _aliases(node.names))


def _from(node: ast.ImportFrom, code: Code) -> Stmt:
    names = "*" if node.names[0].name == "*" else _aliases(node.names)
    return ("from", node.lineno, node.end_lineno, node.module or "", node.level, names)


def _aliases(nodes: Sequence[ast.alias]) -> tuple[tuple[str, str | None], ...]:
    return tuple([(each.name, each.asname) for each in nodes])


def _type_alias(node: Any, code: Code) -> Stmt:
    return ("assign", node.lineno, node.end_lineno, (expression(node.name, code),), OPAQUE, None)


STATEMENTS: dict[type, Callable[[Any, Code], Stmt]] = {
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.FunctionDef: _def,
    ast.AsyncFunctionDef: _def,
    ast.ClassDef: _class,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _del,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Import: _import,
    ast.ImportFrom: _from,
}
if hasattr(ast, "TypeAlias"):
    STATEMENTS[ast.TypeAlias] = _type_alias
