"""What the code of one file says of names that never change, in plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mldebt.graph.branches.dead import leftovers
from mldebt.graph.branches.stuck import Stuck, is_open, is_statement, once_bound, parts, settled, stuck_names
from mldebt.read.facts import Expr, Stmt


class Switches(NamedTuple):
    """`is_open`: names may be bound by other means than statements. `names`: those of the module that are bound once,
    with their value and line. `leaves`: whether some of its code never runs, by what it says itself.
    """

    is_open: bool
    names: tuple[tuple[str, object, int], ...]
    leaves: bool

    def stuck(self, file: str) -> dict[Expr, Stuck]:
        return {("name", name): Stuck(file, "", name, value, line) for name, value, line in self.names}


def switches(body: tuple[Stmt, ...]) -> tuple[Any, ...]:
    """The fields of `Switches`."""
    opened = is_open(body)
    own = {} if opened else settled(body, stuck_names("", "", body))
    names = tuple((name.name, name.value, name.line) for name in own.values())
    leaves = next(leftovers("", body, own, loose=opened), None) is not None
    return opened, names, leaves


def imports(body: tuple[Stmt, ...]) -> tuple[tuple[str, str, str, int], ...]:
    """Names that stand for one import: (name here, module, name there, level)."""
    return tuple(_imports(body))


def _imports(body: tuple[Stmt, ...]) -> Iterator[tuple[str, str, str, int]]:
    bound = once_bound(body)
    for part in parts(body):
        if is_statement(part) and part[0] in ("import", "from"):
            level = part[4] if part[0] == "from" else 0
            yield from (
                (here, module, name, level)
                for here, module, name in _brought(part)
                if bound[here.partition(".")[0]] == 1
            )


def _brought(statement: Stmt) -> Iterator[tuple[str, str, str]]:
    """The name here, the module, and the name there."""
    if statement[0] == "import":
        yield from ((alias or dotted, dotted, "") for dotted, alias in statement[3] if alias or "." not in dotted)
    elif statement[5] != "*":
        yield from ((alias or name, statement[3], name) for name, alias in statement[5])
