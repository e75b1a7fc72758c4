"""The order in which the cells of a notebook must have run: a name is bound before it is used.

People go back and run an earlier cell again after they have written a later one. Cells stay where they are, save that
one which uses a name that no cell before it binds runs behind the first later cell that does.
"""

from __future__ import annotations

import builtins
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from mldebt.read.facts import Expr, Stmt

KNOWN = frozenset((*dir(builtins), "display", "get_ipython", "spark", "sc", "sqlContext", "dbutils", "In", "Out", "_"))
OWN = frozenset({"comp", "lambda"})
PARTS = {
    "if": (3, 4, 5), "for": (3, 4, 5, 6), "while": (3, 4, 5), "expr": (3,), "return": (3,), "raise": (3,),
    "assert": (3,), "match": (3,),
}  # fmt: skip
"""What of a statement is evaluated where it stands, in order; a tuple of statements is a body."""


class Names(Struct):
    """What a cell needs from others, and what it binds for others."""

    needs: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    all: bool = False
    """Whether it may bind names that can't be told."""

    def run(self, body: Iterable[Stmt]) -> None:
        for statement in body:
            handler = SPECIAL.get(statement[0])
            if handler is not None:
                handler(self, statement)
            for at in PARTS.get(statement[0], ()):
                self._part(statement[at], target=statement[0] == "for" and at == 3)

    def _part(self, part: object, *, target: bool = False) -> None:
        if not isinstance(part, tuple) or not part:
            return
        if target:
            self.bind(part)
        elif isinstance(part[0], tuple):
            self.run(part)
        else:
            self.look(part)

    def look(self, *expressions: Expr | None) -> None:
        """Note the names that expressions use."""
        binds, needs = self.binds, self.needs
        waiting: list[Any] = list(expressions)
        while waiting:
            part = waiting.pop()
            if not isinstance(part, tuple) or not part:
                continue
            tag = part[0]
            if tag == "name" and len(part) == 2:
                if part[1] not in binds:
                    needs.add(part[1])
            elif tag in OWN:
                self._look_apart(part)
            elif tag != "const":
                if tag == "walrus":
                    binds.add(part[1])
                waiting += part

    def _look_apart(self, part: Expr) -> None:
        """A comprehension or a lambda, whose own names are nobody else's."""
        inner = Names(binds=set(self.binds))
        if part[0] == "lambda":
            inner.binds.update(str(name) for name, *_ in part[1])
        else:
            for target, _, _ in part[3]:
                inner.bind(target)
        inner.look(*part[1:])
        self.needs |= inner.needs

    def bind(self, target: Expr | None) -> None:
        if target is None:
            return
        if target[0] == "name":
            self.binds.add(target[1])
        elif target[0] in ("tuple", "list"):
            for part in target[1]:
                self.bind(part)
        elif target[0] == "star":
            self.bind(target[1])
        else:
            self.look(target)

    # -- statements that bind

    def assign(self, statement: Stmt) -> None:
        self.look(statement[4])
        for target in statement[3]:
            self.bind(target)

    def aug(self, statement: Stmt) -> None:
        self.look(statement[3], statement[5])

    def import_(self, statement: Stmt) -> None:
        self.binds.update(alias or name.partition(".")[0] for name, alias in statement[3])

    def from_(self, statement: Stmt) -> None:
        if statement[5] == "*":
            self.all = True
        else:
            self.binds.update(alias or name for name, alias in statement[5])

    def with_(self, statement: Stmt) -> None:
        for item, target in statement[3]:
            self.look(item)
            self.bind(target)
        self.run(statement[4])

    def try_(self, statement: Stmt) -> None:
        self.run(statement[3])
        for _, name, body in statement[4]:
            self.binds.update([name] if name else [])
            self.run(body)
        self.run(statement[5])
        self.run(statement[6])

    def match(self, statement: Stmt) -> None:
        for body in statement[4]:
            self.run(body)

    def def_(self, statement: Stmt) -> None:
        self.look(*(default for _, _, default, _ in statement[4]), *statement[5])
        self.binds.add(statement[3])

    def class_(self, statement: Stmt) -> None:
        self.look(*statement[4], *(value for _, value in statement[5]), *statement[6])
        self.binds.add(statement[3])

    def magic(self, statement: Stmt) -> None:
        self.all = self.all or statement[4].startswith(("run ", "load_ext ", "pylab", "store "))


SPECIAL = {
    "import": Names.import_, "from": Names.from_, "assign": Names.assign, "aug": Names.aug, "with": Names.with_,
    "try": Names.try_, "match": Names.match, "def": Names.def_, "class": Names.class_, "magic": Names.magic,
}  # fmt: skip


def in_order(body: tuple[Stmt, ...], first_lines: Sequence[int]) -> tuple[Stmt, ...]:
    """The statements of a notebook, those of a cell moved up where a cell before it needs what only it binds."""
    cells: list[list[Stmt]] = [[] for _ in first_lines]
    for statement in body:
        cells[max(bisect_right(first_lines, statement[1]) - 1, 0)].append(statement)
    names = [_names_of(cell) for cell in cells]
    order = _order(names)
    return body if order == list(range(len(cells))) else tuple(one for at in order for one in cells[at])


def _names_of(cell: list[Stmt]) -> Names:
    made = Names()
    made.run(cell)
    made.needs -= KNOWN
    return made


def _order(names: Sequence[Names]) -> list[int]:
    """The cells in the order in which they can run. One that may bind anything leaves all behind it where they are."""
    first: dict[str, int] = {}
    for at, cell in enumerate(names):
        if cell.all:
            return list(range(len(names)))
        for name in cell.binds - cell.needs:
            first.setdefault(name, at)
    order: dict[int, None] = {}
    bound: set[str] = set()
    for at in range(len(names)):
        waiting, seen = [at], {at}
        while waiting:
            here = waiting[-1]
            before = {first[name] for name in names[here].needs - bound if name in first} - order.keys() - seen
            if before:
                waiting += sorted(before, reverse=True)
                seen |= before
                continue
            waiting.pop()
            order[here] = None
            bound |= names[here].binds
    return list(order)
