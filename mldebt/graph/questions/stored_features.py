"""How columns were computed before they were stored: an expression traced back through the files and tables between."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.graph.model import Edge, Graph
from mldebt.terms import Term
from mldebt.terms import column as named
from mldebt.terms.term import substitute

DEPTH = 5
"""Jobs between what is stored first and what is used last."""


class StoredFeatures:
    """Answers for one graph; what was asked once is remembered."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sources: dict[str, tuple[str, ...]] = {}

    def traced(self, term: Term, frame: str, depth: int = DEPTH) -> Term | None:
        """The expression over columns that nothing here writes; None where one of them can't be traced back."""

        def of(part: Term) -> Term | None:
            return self._column(part.settings[0][1], frame, depth) if part.op == "column" else part

        return substitute(term, of)

    def _column(self, name: str, frame: str, depth: int) -> Term | None:
        into = [edge for dataset in self.brought_by(frame) for edge in self._graph.into(dataset, "WRITES")]
        writes = [edge for edge in into if not _holds_values(edge)]
        if not writes or self._is_from_outside(name, frame):
            return named(name)
        if depth == 0:
            return None
        computing = [edge for edge in writes if name in _computed(edge)]
        found = {self._written(edge, name, depth) for edge in computing or writes}
        return found.pop() if len(found) == 1 else None

    def _written(self, edge: Edge, name: str, depth: int) -> Term | None:
        """How a column is computed in what a job writes; one that it doesn't touch goes through as it came.

        Data that is made up, from nothing that is stored, is where everything begins.
        """
        computed = _computed(edge)
        if computed.get(name) is None and self._is_made_up(name, edge.source):
            return named(name)
        if name in computed:
            term = computed[name]
            return self.traced(term, edge.source, depth - 1) if term is not None else None
        return self._column(name, edge.source, depth - 1) if edge.attributes.get("passes") else None

    def _is_made_up(self, name: str, frame: str) -> bool:
        column = self._graph[frame].column(name)
        return not self.brought_by(frame) or (column is not None and not column.derived_from)

    def _is_from_outside(self, name: str, frame: str) -> bool:
        """Whether stored data that nothing here writes is known to have the column."""
        for dataset in self.brought_by(frame):
            column = self._graph[dataset].column(name) if not self._graph.into(dataset, "WRITES") else None
            if column is not None and column.source != "mention":
                return True
        return False

    def brought_by(self, frame: str) -> tuple[str, ...]:
        """The stored data that a frame was read from, however it was changed since."""
        if frame not in self._sources:
            self._sources[frame] = self._read_into(frame)
        return self._sources[frame]

    def _read_into(self, frame: str) -> tuple[str, ...]:
        seen, waiting, found = {frame}, [frame], dict[str, None]()
        while waiting:
            node = waiting.pop()
            for edge in self._graph.into(node, "DERIVES", "READS"):
                if edge.source in seen:
                    continue
                seen.add(edge.source)
                if self._graph[edge.source].kind == "dataset":
                    found[edge.source] = None
                waiting.append(edge.source)
        return tuple(found)


def _holds_values(edge: Edge) -> bool:
    """Whether single values were written, by names that are none of columns."""
    return bool(edge.attributes.get("values")) and not _computed(edge)


def _computed(edge: Edge) -> Mapping[str, Term | None]:
    found = edge.attributes.get("computed")
    return found if isinstance(found, Mapping) else {}
