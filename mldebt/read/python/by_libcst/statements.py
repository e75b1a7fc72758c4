"""libcst statements → IR, one function for each kind of node, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import libcst as cst

from mldebt.read.facts import Expr, Stmt
from mldebt.read.python.by_libcst.context import Context
from mldebt.read.python.by_libcst.expressions import BINARY, OPAQUE, arguments, expression, optional, parameters

DROPPED = (cst.Pass, cst.Break, cst.Continue)
STRINGS = (cst.SimpleString, cst.ConcatenatedString)
Body = tuple[Stmt, ...]
EMPTY = cst.Module([])


def body(statements: Iterable[Any], at: Context) -> Body:
    """The IR of the statements of a block."""
    found: list[Stmt] = []
    for node in statements:
        if isinstance(node, cst.SimpleStatementLine):
            at.next_line()
            found.extend(at.exactly(lambda node=node: _small_statements(node.body, at)))  # type: ignore[misc]
        else:
            found.append(COMPOUND[type(node)](node, at))
    return tuple(found)


def _small_statements(nodes: Iterable[Any], at: Context) -> list[Stmt]:
    found: list[Stmt] = []
    nodes = list(nodes)
    several = len(nodes) > 1 and at.line != at.end
    for number, node in enumerate(nodes):
        if several:
            at.end = at.line + EMPTY.code_for_node(node.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)).count("\n")
        if not isinstance(node, DROPPED) and not (isinstance(node, cst.Expr) and isinstance(node.value, STRINGS)):
            found.append(SMALL[type(node)](node, at))
        if several and number + 1 < len(nodes):
            at.line += EMPTY.code_for_node(node).count("\n")
    return found


def _suite(node: Any, at: Context) -> Body:
    """The block of a compound statement, on lines of its own or behind the colon."""
    if isinstance(node, cst.IndentedBlock):
        return body(node.body, at)
    if at.line != at.end:
        at.line = at.end - _breaks(node)
    return tuple(_small_statements(node.body, at))


def _breaks(node: Any) -> int:
    """Line breaks within a statement."""
    return EMPTY.code_for_node(node).rstrip("\n").count("\n")


def _header(suite: Any, at: Context, make: Callable[[], Any]) -> tuple[int, int, Any]:
    """The lines of the header that stands before a block, and what `make` lowers of it."""
    at.next_line()
    first, last = at.line, at.end
    if first == last or isinstance(suite, cst.IndentedBlock):
        return first, last, at.exactly(make)
    return first, last - _breaks(suite), make()


def _block(node: Any, at: Context) -> Body:
    """`else` or `finally` with its block."""
    if node is None:
        return ()
    at.next_line()
    return _suite(node.body, at)


def _if(node: cst.If, at: Context) -> Stmt:
    chain = []
    branch: Any = node
    while isinstance(branch, cst.If):
        test = branch.test
        header = _header(branch.body, at, lambda test=test: expression(test, at))  # type: ignore[misc]
        chain.append((*header, _suite(branch.body, at)))
        branch = branch.orelse
    otherwise = _block(branch, at)
    for link in reversed(chain):
        otherwise = (("if", *link, otherwise),)
    return otherwise[0]


def _for(node: cst.For, at: Context) -> Stmt:
    first, last, (target, iterable) = _header(
        node.body, at, lambda: (expression(node.target, at), expression(node.iter, at))
    )
    inner = _suite(node.body, at)
    return ("for", first, last, target, iterable, inner, _block(node.orelse, at))


def _while(node: cst.While, at: Context) -> Stmt:
    first, last, test = _header(node.body, at, lambda: expression(node.test, at))
    inner = _suite(node.body, at)
    return ("while", first, last, test, inner, _block(node.orelse, at))


def _with(node: cst.With, at: Context) -> Stmt:
    first, last, items = _header(node.body, at, lambda: tuple(_with_item(each, at) for each in node.items))
    return ("with", first, last, items, _suite(node.body, at))


def _with_item(node: cst.WithItem, at: Context) -> tuple[Expr, Expr | None]:
    value = expression(node.item, at)
    return (value, None if node.asname is None else expression(node.asname.name, at))


def _try(node: Any, at: Context) -> Stmt:
    at.next_line()
    first, last = at.line, at.end
    inner = _suite(node.body, at)
    handlers = tuple(_handler(each, at) for each in node.handlers)
    otherwise = _block(node.orelse, at)
    return ("try", first, last, inner, handlers, otherwise, _block(node.finalbody, at))


def _handler(node: Any, at: Context) -> tuple[Expr | None, str | None, Body]:
    _, _, kind = _header(node.body, at, lambda: optional(node.type, at))
    name = node.name.name.value if node.name is not None else None
    return (kind, name, _suite(node.body, at))


def _match(node: cst.Match, at: Context) -> Stmt:
    at.next_line()
    first, last = at.line, at.end
    subject = at.exactly(lambda: expression(node.subject, at))
    return ("match", first, last, subject, tuple(_case(each, at) for each in node.cases))


def _case(node: cst.MatchCase, at: Context) -> Body:
    first, last, guard = _header(node.body, at, lambda: optional(node.guard, at))
    inner = _suite(node.body, at)
    return inner if guard is None else (("expr", first, last, guard), *inner)


def _decorators(nodes: Iterable[cst.Decorator], at: Context) -> tuple[Expr, ...]:
    found = []
    for node in nodes:
        at.next_line()
        found.append(at.exactly(lambda node=node: expression(node.decorator, at)))  # type: ignore[misc]
    return tuple(found)


def _def(node: cst.FunctionDef, at: Context) -> Stmt:
    decorators = _decorators(node.decorators, at)
    first, last, (params, returns) = _header(node.body, at, lambda: _signature(node, at))
    return ("def", first, last, node.name.value, params, decorators, _suite(node.body, at), returns)


def _signature(node: cst.FunctionDef, at: Context) -> tuple[Any, Expr | None]:
    params = parameters(node.params, at)
    return params, None if node.returns is None else expression(node.returns.annotation, at)


def _class(node: cst.ClassDef, at: Context) -> Stmt:
    decorators = _decorators(node.decorators, at)
    first, last, (bases, keywords) = _header(node.body, at, lambda: arguments((*node.bases, *node.keywords), at))
    return ("class", first, last, node.name.value, bases, keywords, decorators, _suite(node.body, at))


def _expr(node: cst.Expr, at: Context) -> Stmt:
    return ("expr", at.line, at.end, expression(node.value, at))


def _assign(node: cst.Assign, at: Context) -> Stmt:
    targets = tuple(expression(each.target, at) for each in node.targets)
    return ("assign", at.line, at.end, targets, expression(node.value, at), None)


def _annotated(node: cst.AnnAssign, at: Context) -> Stmt:
    target = expression(node.target, at)
    annotation = expression(node.annotation.annotation, at)
    return ("assign", at.line, at.end, (target,), optional(node.value, at), annotation)


def _augmented(node: cst.AugAssign, at: Context) -> Stmt:
    target = expression(node.target, at)
    return ("aug", at.line, at.end, target, AUGMENTED[type(node.operator)], expression(node.value, at))


def _return(node: cst.Return, at: Context) -> Stmt:
    return ("return", at.line, at.end, optional(node.value, at))


def _raise(node: cst.Raise, at: Context) -> Stmt:
    value = optional(node.exc, at)
    if node.cause is not None:
        expression(node.cause.item, at)
    return ("raise", at.line, at.end, value)


def _assert(node: cst.Assert, at: Context) -> Stmt:
    test = expression(node.test, at)
    optional(node.msg, at)
    return ("assert", at.line, at.end, test)


def _del(node: cst.Del, at: Context) -> Stmt:
    target = expression(node.target, at)
    return ("del", at.line, at.end, target[1] if target[0] == "tuple" else (target,))


def _global(node: Any, at: Context) -> Stmt:
    return ("global", at.line, at.end, tuple(each.name.value for each in node.names))


def _import(node: cst.Import, at: Context) -> Stmt:
    return ("import", at.line, at.end, tuple(_alias(each) for each in node.names))


def _from(node: cst.ImportFrom, at: Context) -> Stmt:
    names = "*" if isinstance(node.names, cst.ImportStar) else tuple(_alias(each) for each in node.names)
    module = "" if node.module is None else _dotted(node.module)
    return ("from", at.line, at.end, module, len(node.relative), names)


def _alias(node: cst.ImportAlias) -> tuple[str, str | None]:
    name: Any = node.asname.name if node.asname is not None else None
    return (_dotted(node.name), None if name is None else name.value)


def _dotted(node: Any) -> str:
    names = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(names)])


def _type_alias(node: cst.TypeAlias, at: Context) -> Stmt:
    return ("assign", at.line, at.end, (("name", node.name.value),), OPAQUE, None)


AUGMENTED: Mapping[type, str] = {getattr(cst, operator.__name__ + "Assign"): text for operator, text in BINARY.items()}
SMALL: Mapping[type, Callable[[Any, Context], Stmt]] = {
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
COMPOUND: Mapping[type, Callable[[Any, Context], Stmt]] = {
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
