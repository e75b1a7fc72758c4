"""Columns that a read asks for by name, and that nothing needs in the programs in which the read can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mldebt.graph.column_mentions import Mentions
from mldebt.graph.columns import CERTAIN, ColumnTable
from mldebt.graph.model import Edge


class Idle:
    """Says it of a read only where some other column that it asks for is seen in use there."""

    def __init__(self, table: ColumnTable, spoken: Mentions, imports: Mapping[str, Iterable[str]]) -> None:
        self._table = table
        self._spoken = spoken
        self._imports = {file: frozenset(others) for file, others in imports.items()}
        self._importers: dict[str, set[str]] = {}
        for file, others in self._imports.items():
            for other in others:
                self._importers.setdefault(other, set()).add(file)
        self._programs: dict[frozenset[str], frozenset[str]] = {}

    def noted(self, edge: Edge) -> Edge:
        asked = edge.attributes.get("columns")
        if edge.kind != "READS" or not isinstance(asked, tuple) or edge.source.partition(":")[0] != "dataset":
            return edge
        files = self._program(frozenset(site.file for site in edge.sites))
        idle = tuple(name for name in asked if self._is_idle(edge, str(name), files))
        some = idle and any(self._is_needed(edge.source, str(name), files) for name in asked)
        return replace(edge, attributes={**edge.attributes, "idle": idle}) if some else edge

    def _is_idle(self, edge: Edge, name: str, files: frozenset[str]) -> bool:
        """Needed elsewhere, else the data set as a whole has a column too many."""
        source, _ = self._table.facts.get((edge.source, name), ("", set()))
        if source not in CERTAIN or not self._table.used_in.get((edge.source, name)):
            return False
        return not self._is_needed(edge.source, name, files) and not self._spoken.elsewhere(name, edge.sites, files)

    def _is_needed(self, dataset: str, name: str, files: frozenset[str]) -> bool:
        return any(use.site.file in files for use in self._table.used_in.get((dataset, name), ()))

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
