"""A table of an inventory: cells are short lists, long ones are folded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from mldebt.graph.model import Edge
from mldebt.report.places import place
from mldebt.sites import Site

_SHOWN_ITEMS = 3
_MOST_ITEMS = 12
_MOST_ROWS = 100

T = TypeVar("T")


class Cell(Struct, frozen=True):
    """What a cell says: the first items are shown, the others folded, and of very many some left out."""

    items: tuple[str, ...] = ()
    code: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        return self.items if len(self.items) == _SHOWN_ITEMS + 1 else self.items[:_SHOWN_ITEMS]

    @property
    def folded(self) -> tuple[str, ...]:
        return self.items[len(self.shown) : _MOST_ITEMS]

    @property
    def count_behind(self) -> int:
        return len(self.items) - len(self.shown)

    @property
    def left_out(self) -> int:
        return max(0, len(self.items) - _MOST_ITEMS)


class Table(Struct, frozen=True):
    anchor: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.rows)


def table(
    anchor: str, title: str, note: str, columns: Sequence[str], things: Iterable[T], row: Callable[[T], Sequence[Cell]]
) -> Table:
    """One row for each thing, up to a number that a page can bear."""
    listed = list(things)
    rows = tuple(tuple(row(thing)) for thing in listed[:_MOST_ROWS])
    return Table(anchor, title, note, tuple(columns), rows, len(listed))


def words(*texts: object) -> Cell:
    return Cell(tuple(str(text) for text in texts if text not in ("", None)))


def names(texts: Iterable[str]) -> Cell:
    return Cell(tuple(dict.fromkeys(texts)), code=True)


def places(sites: Iterable[Site]) -> Cell:
    return Cell(tuple(place(site) for site in sorted(set(sites))), code=True)


def sites_of(edges: Iterable[Edge]) -> list[Site]:
    return [site for edge in edges for site in edge.sites]
