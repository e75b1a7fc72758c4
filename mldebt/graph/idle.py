"""Columns that a read asks for by name, and that nothing needs in the programs in which the read can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from mldebt.graph.column_mentions import Mentions
from mldebt.graph.columns import CERTAIN, ColumnTable
from mldebt.graph.model import Edge

IN_MEMORY = frozenset({"DERIVES", "TRAINS_ON", "LABELS", "FITS", "WRITES", "DECIDES", "CHECKS", "EVALUATES_ON"})
CHOOSING = frozenset({"filter", "order", "key", "distinct", "complete", "escape"})


class Idle:
    """Says it of a read only where the values of another column that it asks for are seen in use there."""

    def __init__(
        self, table: ColumnTable, spoken: Mentions, imports: Mapping[str, Iterable[str]], edges: Iterable[Edge]
    ) -> None:
        self._table = table
        self._edges = list(edges)
        self._onward: dict[str, list[Edge]] = {}
        for edge in self._edges:
            if edge.kind in IN_MEMORY:
                self._onward.setdefault(edge.source, []).append(edge)
        self._spoken = spoken
        self._imports = {file: frozenset(others) for file, others in imports.items()}
        self._importers: dict[str, set[str]] = {}
        for file, others in self._imports.items():
            for other in others:
                self._importers.setdefault(other, set()).add(file)
        self._programs: dict[frozenset[str], frozenset[str]] = {}

    def noted(self) -> list[Edge]:
        """All edges, those of reads with their idle columns."""
        return [self._noted(edge) for edge in self._edges]

    def _noted(self, edge: Edge) -> Edge:
        asked = edge.attributes.get("columns")
        if edge.kind != "READS" or not isinstance(asked, tuple) or edge.source.partition(":")[0] != "dataset":
            return edge
        files = self._program(frozenset(self._followed(edge)))
        idle = tuple(name for name in asked if self._is_idle(edge, str(name), files))
        some = idle and any(self._is_worked_with(edge.source, str(name), files) for name in asked)
        return replace(edge, attributes={**edge.attributes, "idle": idle}) if some else edge

    def _is_idle(self, edge: Edge, name: str, files: frozenset[str]) -> bool:
        """Needed elsewhere, else the data set as a whole has a column too many."""
        source, _ = self._table.facts.get((edge.source, name), ("", set()))
        if source not in CERTAIN or not self._table.used_in.get((edge.source, name)):
            return False
        return not self._is_needed(edge.source, name, files) and not self._spoken.elsewhere(name, edge.sites, files)

    def _is_needed(self, dataset: str, name: str, files: frozenset[str]) -> bool:
        return any(use.site.file in files for use in self._table.used_in.get((dataset, name), ()))

    def _is_worked_with(self, dataset: str, name: str, files: frozenset[str]) -> bool:
        uses = self._table.used_in.get((dataset, name), ())
        return any(use.site.file in files and use.kind not in CHOOSING for use in uses)

    def _followed(self, read: Edge) -> set[str]:
        """The files in which something is made of what is read: a helper may read for code that it doesn't know."""
        files, found, waiting = {site.file for site in read.sites}, {read.target}, [read.target]
        while waiting:
            for edge in self._onward.get(waiting.pop(), ()):
                files |= {site.file for site in edge.sites}
                if edge.target not in found:
                    found.add(edge.target)
                    waiting.append(edge.target)
        return files

    def _program(self, files: frozenset[str]) -> frozenset[str]:
        """All code that can run together with the files: what imports them, and all that this imports."""
        if files not in self._programs:
            above = _closed(files, self._importers)
            self._programs[files] = _closed(above, self._imports)
        return self._programs[files]


def _closed(start: Iterable[str], steps: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for other in steps.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
