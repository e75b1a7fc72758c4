"""Where something is written: the one idea of position that every layer shares."""

from __future__ import annotations

from typing import Any, NamedTuple


class Site(NamedTuple):
    """A range of lines in a file.

    `file` is POSIX and relative to the scanned root. `line` and `end_line` count from 1, in a notebook within the
    cell; `cell` counts from 0 over all cells of the notebook and is -1 in every other file. Sites sort by `order`.
    """

    file: str
    line: int
    end_line: int
    cell: int = -1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.cell < 0 else f"{self.file}#{self.cell}:{self.line}"

    @property
    def order(self) -> tuple[str, int, int, int]:
        """Where it comes in its file: cell by cell."""
        return self.file, self.cell, self.line, self.end_line

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        if self[3] < 0 or not isinstance(other, Site):
            return tuple.__lt__(self, other)
        return self.order < other.order

    def __gt__(self, other: tuple[Any, ...]) -> bool:
        if self[3] < 0 or not isinstance(other, Site):
            return tuple.__gt__(self, other)
        return self.order > other.order


def in_order(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Sorted; the same tuple where there is nothing to sort, for there are very many of one."""
    return sites if len(sites) < 2 else tuple(sorted(sites))
