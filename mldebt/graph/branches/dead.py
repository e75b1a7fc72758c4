"""The code that is left over when names have one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from mldebt.graph.branches.conditions import verdict
from mldebt.graph.branches.stuck import Stuck, is_statement, parts, stuck_names
from mldebt.graph.configured.scopes import blocks
from mldebt.read.facts import Expr, Stmt


class Leftover(Struct, frozen=True):
    """Statements that never run, since the condition at `line` always `holds`, or never does."""

    names: tuple[Stuck, ...]
    line: int
    holds: bool
    scope: str
    body: tuple[Stmt, ...]

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last."""
        inside = [part for part in parts(self.body) if is_statement(part)]
        return min(part[1] for part in inside), max(part[2] for part in inside)


def leftovers(
    file: str, body: tuple[Stmt, ...], known: Mapping[Expr, Stuck], scope: str = "", loose: bool = False
) -> Iterator[Leftover]:
    """Code of a file that never runs; `loose`: names may be bound in ways that can't be seen."""
    for at, statement in enumerate(body):
        if statement[0] == "if":
            said = verdict(statement[3], known)
            if said is not None:
                holds, names = said
                dead, live = (statement[5], statement[4]) if holds else (statement[4], statement[5])
                if dead:
                    yield Leftover(names, statement[1], holds, scope, dead)
                yield from leftovers(file, live, known, scope, loose)
                if live and live[-1][0] == "return":
                    if body[at + 1 :]:
                        yield Leftover(names, statement[1], holds, scope, body[at + 1 :])
                    return
                continue
        if statement[0] == "def":
            inner = f"{scope}.{statement[3]}".lstrip(".")
            own = {} if loose else stuck_names(file, inner, statement[6], statement[4])
            yield from leftovers(file, statement[6], {**known, **own}, inner, loose)
        elif statement[0] == "class":
            yield from leftovers(file, statement[7], known, f"{scope}.{statement[3]}".lstrip("."), loose)
        for block in blocks(statement):
            yield from leftovers(file, block, known, scope, loose)
