"""libcst statements → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import libcst as cst

from mldebt.read.facts import Expr, Stmt
from mldebt.read.python.by_libcst.expressions import BINARY, arguments, expression, optional, parameters
from mldebt.read.python.by_libcst.places import Places
from mldebt.read.python.limits import OPAQUE, branches
from mldebt.read.python.literals import identifier

DROPPED = (cst.Pass, cst.Break, cst.Continue)
Body = tuple[Stmt, ...]


def body(statements: Iterable[Any], code: Places) -> Body:
    """The IR of the statements of a block."""
    found: list[Stmt] = []
    for node in statements:
        if isinstance(node, cst.SimpleStatementLine):
            found.extend(_small_statements(node.body, code))
        else:
            found.append(COMPOUND[type(node)](node, code))
    return tuple(found)


def _small_statements(nodes: Iterable[Any], code: Places) -> list[Stmt]:
    kept = [node for node in nodes if not isinstance(node, DROPPED) and not _is_text(node)]
    return [SMALL[type(node)](node, code) for node in kept]


def _is_text(node: Any) -> bool:
    """Whether a statement is nothing but a string without holes."""
    value = node.value if isinstance(node, cst.Expr) else None
    while isinstance(value, cst.ConcatenatedString) and isinstance(value.left, cst.SimpleString):
        value = value.right
    return isinstance(value, cst.SimpleString)


def _suite(node: Any, code: Places) -> Body:
    """The block of a compound statement, on lines of its own or behind the colon."""
    return body(node.body, code) if isinstance(node, cst.IndentedBlock) else tuple(_small_statements(node.body, code))


def _block(node: Any, code: Places) -> Body:
    """`else` or `finally` with its block."""
    return () if node is None else _suite(node.body, code)


def _if(node: cst.If, code: Places) -> Stmt:
    links = []
    branch: Any = node
    while isinstance(branch, cst.If):
        test = expression(branch.test, code)
        links.append((*code.header_of(branch), test, _suite(branch.body, code)))
        branch = branch.orelse
    return branches(links, _block(branch, code))


def _for(node: cst.For, code: Places) -> Stmt:
    target = expression(node.target, code)
    iterable = expression(node.iter, code)
    inner = _suite(node.body, code)
    return ("for", *code.header_of(node), target, iterable, inner, _block(node.orelse, code))


def _while(node: cst.While, code: Places) -> Stmt:
    test = expression(node.test, code)
    inner = _suite(node.body, code)
    return ("while", *code.header_of(node), test, inner, _block(node.orelse, code))


def _with(node: cst.With, code: Places) -> Stmt:
    items = tuple(_with_item(each, code) for each in node.items)
    return ("with", *code.header_of(node), items, _suite(node.body, code))


def _with_item(node: cst.WithItem, code: Places) -> tuple[Expr, Expr | None]:
    value = expression(node.item, code)
    return (value, None if node.asname is None else expression(node.asname.name, code))


def _try(node: Any, code: Places) -> Stmt:
    first, _ = code.lines_of(node)
    inner = _suite(node.body, code)
    handlers = tuple(_handler(each, code) for each in node.handlers)
    otherwise = _block(node.orelse, code)
    return ("try", first, first, inner, handlers, otherwise, _block(node.finalbody, code))


def _handler(node: Any, code: Places) -> tuple[Expr | None, str | None, Body]:
    kind = optional(node.type, code)
    name = identifier(node.name.name.value) if node.name is not None else None
    return (kind, name, _suite(node.body, code))


def _match(node: cst.Match, code: Places) -> Stmt:
    subject = expression(node.subject, code)
    return ("match", *code.header_of(node), subject, tuple(_case(each, code) for each in node.cases))


def _case(node: cst.MatchCase, code: Places) -> Body:
    guard = optional(node.guard, code)
    inner = _suite(node.body, code)
    return inner if guard is None else (("expr", *code.header_of(node), guard), *inner)


def _decorators(nodes: Iterable[cst.Decorator], code: Places) -> tuple[Expr, ...]:
    return tuple(expression(node.decorator, code) for node in nodes)


def _def(node: cst.FunctionDef, code: Places) -> Stmt:
    decorators = _decorators(node.decorators, code)
    params, returns = _signature(node, code)
    inner = _suite(node.body, code)
    return ("def", *code.header_of(node), identifier(node.name.value), params, decorators, inner, returns)


def _signature(node: cst.FunctionDef, code: Places) -> tuple[Any, Expr | None]:
    params = parameters(node.params, code)
    return params, None if node.returns is None else expression(node.returns.annotation, code)


def _class(node: cst.ClassDef, code: Places) -> Stmt:
    decorators = _decorators(node.decorators, code)
    bases, keywords = arguments((*node.bases, *node.keywords), code)
    inner = _suite(node.body, code)
    return ("class", *code.header_of(node), identifier(node.name.value), bases, keywords, decorators, inner)


def _expr(node: cst.Expr, code: Places) -> Stmt:
    return ("expr", *code.lines_of(node), expression(node.value, code))


def _assign(node: cst.Assign, code: Places) -> Stmt:
    targets = tuple(expression(each.target, code) for each in node.targets)
    return ("assign", *code.lines_of(node), targets, expression(node.value, code), None)


def _annotated(node: cst.AnnAssign, code: Places) -> Stmt:
    target = expression(node.target, code)
    annotation = expression(node.annotation.annotation, code)
    return ("assign", *code.lines_of(node), (target,), optional(node.value, code), annotation)


def _augmented(node: cst.AugAssign, code: Places) -> Stmt:
    target = expression(node.target, code)
    return ("aug", *code.lines_of(node), target, AUGMENTED[type(node.operator)], expression(node.value, code))


def _return(node: cst.Return, code: Places) -> Stmt:
    return ("return", *code.lines_of(node), optional(node.value, code))


def _raise(node: cst.Raise, code: Places) -> Stmt:
    value = optional(node.exc, code)
    if node.cause is not None:
        expression(node.cause.item, code)
    return ("raise", *code.lines_of(node), value)


def _assert(node: cst.Assert, code: Places) -> Stmt:
    test = expression(node.test, code)
    optional(node.msg, code)
    return ("assert", *code.lines_of(node), test)


def _del(node: cst.Del, code: Places) -> Stmt:
    target = expression(node.target, code)
    return ("del", *code.lines_of(node), target[1] if target[0] == "tuple" else (target,))


def _global(node: Any, code: Places) -> Stmt:
    return ("global", *code.lines_of(node), tuple(identifier(each.name.value) for each in node.names))


def _import(node: cst.Import, code: Places) -> Stmt:
    return ("import", *code.lines_of(node), tuple(_alias(each) for each in node.names))


def _from(node: cst.ImportFrom, code: Places) -> Stmt:
    names = "*" if isinstance(node.names, cst.ImportStar) else tuple(_alias(each) for each in node.names)
    module = "" if node.module is None else _dotted(node.module)
    return ("from", *code.lines_of(node), module, len(node.relative), names)


def _alias(node: cst.ImportAlias) -> tuple[str, str | None]:
    name: Any = node.asname.name if node.asname is not None else None
    return (_dotted(node.name), None if name is None else identifier(name.value))


def _dotted(node: Any) -> str:
    names = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    return identifier(".".join([node.value, *reversed(names)]))


def _type_alias(node: cst.TypeAlias, code: Places) -> Stmt:
    return ("assign", *code.lines_of(node), (("name", identifier(node.name.value)),), OPAQUE, None)


AUGMENTED: Mapping[type, str] = {getattr(cst, operator.__name__ + "Assign"): text for operator, text in BINARY.items()}
SMALL: Mapping[type, Callable[[Any, Places], Stmt]] = {
    cst.Expr: _expr,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: _del,
    cst.Global: _global,
    cst.Nonlocal: _global,
    cst.Import: _import,
    cst.ImportFrom: _from,
    cst.TypeAlias: _type_alias,
}
COMPOUND: Mapping[type, Callable[[Any, Places], Stmt]] = {
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Match: _match,
    cst.FunctionDef: _def,
    cst.ClassDef: _class,
}
