"""Numbers that were stored by name, where something is computed with them later: how they were computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.terms import Term, apply


class StoredValues:
    """Answers for one graph; what was asked once is remembered."""

    def __init__(self, graph: Graph, features: StoredFeatures) -> None:
        self._graph = graph
        self._features = features
        self._found: dict[Term, Term | None] = {}

    def told(self, term: Term) -> Term:
        """The term with what is looked up in stored documents as it was computed, as far as that can be told."""
        return self._told(term, None) if any(part.op == "stored" for part in term.walk()) else term

    def _told(self, term: Term, beside: str | None) -> Term:
        if term.op == "stored":
            return self._computed(term, beside) or term
        names = term.columns
        only = next(iter(names)) if len(names) == 1 else None
        args = [self._told(arg, only) for arg in term.args]
        return (apply(term.op, args, term.settings) or term) if args != list(term.args) else term

    def _computed(self, term: Term, beside: str | None) -> Term | None:
        """How one value was computed; of several, by columns, that of the column beside it."""
        (_, key), (_, of) = term.settings
        found = {one for at in (key, f"{key}.{beside}") for edge in self._writes(of) for one in self._under(edge, at)}
        return found.pop() if len(found) == 1 else None

    def _under(self, edge: Edge, key: str) -> Iterator[Term | None]:
        values, columns = edge.attributes.get("values"), edge.attributes.get("computed")
        term = values.get(key) if isinstance(values, Mapping) else None
        if term is None and isinstance(columns, Mapping) and key.startswith("."):
            term = columns.get(key[1:])
        if term is not None and not any(part.op == "stored" for part in term.walk()):
            yield self._features.traced(term, edge.source)

    def _writes(self, of: str) -> Iterator[Edge]:
        kept = [edge.source for edge in self._graph.into(of, "LOADS", "READS")]
        for place in kept or [of]:
            yield from self._graph.into(place, "WRITES", "PERSISTS")
