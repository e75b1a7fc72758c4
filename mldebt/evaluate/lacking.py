"""Files that are made because they aren't there: `if not os.path.exists(path):` replaces nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.strings import alternatives
from mldebt.evaluate.values import Text
from mldebt.read.facts import Expr, Stmt

END = 1 << 60
_TEST = re.compile(r"l?exists|\w+_exists|is_?file")
"""How a function is called that looks for a file, a library's or the repository's own."""


@contextmanager
def lacking(machine: Machine, test: Expr, body: tuple[Stmt, ...], otherwise: tuple[Stmt, ...]) -> Iterator[None]:
    """Notes between which lines a file is known not to be there."""
    denied = test[0] == "un" and test[1] == "not"
    path = _tested(test[2] if denied else test)
    leaves = not denied and not otherwise and bool(body) and body[-1][0] in ("return", "raise")
    outer = machine.scope.lacking
    if path is not None and (lines := range(_last(body) + 1, END) if leaves else _lines(body if denied else otherwise)):
        names = {identify(machine, one).name for one in alternatives(machine.evaluate(path)) if isinstance(one, Text)}
        machine.scope.lacking = (*outer, *((name, lines) for name in sorted(names)))
    try:
        yield
    finally:
        if not leaves:
            machine.scope.lacking = outer


def is_lacking(machine: Machine, target: object) -> bool:
    """Whether what is written now was looked for before, in vain."""
    line = machine.scope.statement[0]
    named = target.name if isinstance(target, Identity) else ""
    return any(named == name and line in lines for name, lines in machine.scope.lacking)


def _tested(test: Expr) -> Expr | None:
    """The path that a test of a file is about: `os.path.exists(path)`, `path.exists()`, `file_exists(path)`."""
    if test[0] != "call" or test[1][0] not in ("attr", "name") or not _TEST.fullmatch(test[1][-1]):
        return None
    arguments = test[2]
    if len(arguments) == 1:
        return arguments[0] if arguments[0][0] != "star" else None
    return test[1][1] if not arguments and test[1][0] == "attr" else None


def _lines(body: tuple[Stmt, ...]) -> range | None:
    """From the first to the last line of statements, those within them included."""
    return range(body[0][1], _last(body) + 1) if body else None


def _last(tree: object) -> int:
    if not isinstance(tree, tuple):
        return 0
    own = tree[2] if len(tree) > 2 and isinstance(tree[0], str) and isinstance(tree[1], int) else 0
    return max((own if isinstance(own, int) else 0, *(_last(child) for child in tree)), default=0)
