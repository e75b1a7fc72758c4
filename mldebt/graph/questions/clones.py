"""Files that are whole copies of each other: what they have in common follows from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mldebt.graph.model import Graph

ALIKE = 0.9
"""Share of common tables from which two files are copies."""
FEW = 5
"""With fewer tables than that, two files may well be alike by chance."""


class Clones:
    """Which files make the same tables in the same functions, for the same purpose."""

    def __init__(self, graph: Graph) -> None:
        self._units = graph.units
        self._made: dict[str, Counter[tuple[str, str]]] = {}
        for frame in graph.of_kind("frame"):
            file, _, function = str(frame.attributes.get("scope", "")).partition("::")
            self._made.setdefault(file, Counter())[function, str(frame.attributes.get("variable", ""))] += 1

    def originals(self, files: Iterable[str]) -> list[str]:
        """The files, of copies only the first by name."""
        kept: list[str] = []
        for file in sorted(files):
            if not any(self._are_copies(file, other) for other in kept):
                kept.append(file)
        return kept

    def _are_copies(self, one: str, other: str) -> bool:
        left, right = self._made.get(one, Counter()), self._made.get(other, Counter())
        if min(left.total(), right.total()) < FEW or self._roles(one) != self._roles(other):
            return False
        return (left & right).total() >= ALIKE * (left | right).total()

    def _roles(self, file: str) -> frozenset[str]:
        return self._units[file].roles if file in self._units else frozenset()
