"""The best of several scores, noted under names that nothing looks at: it chooses nothing and nobody hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldebt.evaluate.machine import Machine
from mldebt.read.facts import Expr, Stmt

SAYING = frozenset({"print", "info", "debug", "warning", "log", "write", "markdown", "success", "display"})


def is_noted_in_vain(machine: Machine) -> bool:
    """`if score > best: best, best_k = score, k`, where no other line of the function or file speaks of these names."""
    body = _around(machine)
    line = machine.scope.statement[0]
    choosing = [part for part in _statements(body) if part[0] == "if" and part[1] == line]
    if len(choosing) != 1 or not all(inner[0] == "assign" for inner in choosing[0][4]) or choosing[0][5]:
        return False
    names = {name for inner in choosing[0][4] for target in inner[3] for name in _bound(target)}
    return all(name[0] == "name" for name in names) and names.isdisjoint(_looked_at(body, choosing[0]))


def only_tells(machine: Machine) -> bool:
    """`if score > before: print("better")`, `print("first" if score > other else "second")`: words, and no choice."""
    line = machine.scope.statement[0]
    here = tuple(part for part in _statements(_around(machine)) if part[1] == line)
    choosing = [part for part in here if part[0] == "if"]
    return _only_says((*choosing[0][4], *choosing[0][5]) if len(choosing) == 1 else here)


def _only_says(statements: tuple[Stmt, ...]) -> bool:
    """Whether all of them print or log something."""
    return bool(statements) and all(one[0] == "expr" and _is_said(one[3]) for one in statements)


def _is_said(expression: Expr) -> bool:
    called = expression[1] if expression[0] == "call" else ("",)
    return called[0] in ("name", "attr") and called[-1] in SAYING


def _around(machine: Machine) -> tuple[Stmt, ...]:
    """The statements in which a name of the current scope means the same."""
    scope = machine.scope
    if scope.function is not None:
        return scope.function.body
    facts = machine.workspace.facts.get(scope.file)
    return facts.body if facts is not None else ()


def _statements(tree: Any) -> Iterator[Stmt]:
    for part in tree if isinstance(tree, tuple) else ():
        if isinstance(part, tuple):
            if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
                yield part
            yield from _statements(part)


def _bound(target: Expr) -> tuple[Expr, ...]:
    return target[1] if target[0] in ("tuple", "list") else (target,)


def _looked_at(tree: Any, but: Stmt) -> Iterator[tuple[str, str]]:
    """The names of which a piece of code asks for the value, a statement left out."""
    if not isinstance(tree, tuple) or tree is but:
        return
    if len(tree) == 2 and tree[0] == "name":
        yield tree
    elif len(tree) > 4 and tree[0] == "assign" and type(tree[1]) is int:
        yield from _looked_at(tree[4], but)
        for target in (part for whole in tree[3] for part in _bound(whole)):
            yield from _looked_at(target, but) if target[0] != "name" else ()
    else:
        for part in tree:
            yield from _looked_at(part, but)
