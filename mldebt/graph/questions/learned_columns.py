"""How the columns are computed that a model learns, as far as it can be told: one question for several rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from mldebt.graph.model import Column, Edge, Graph
from mldebt.graph.questions.lineage import origins, reachable
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.sites import Site
from mldebt.terms import Term

STORED = ("DERIVES", "READS", "WRITES")


class Learned(Struct, frozen=True):
    """A column of a training and how it is computed; `site` and `made` are where, and of which frame, if known."""

    name: str
    term: Term
    label: bool
    site: Site | None
    made: tuple[str, ...]


class LearnedColumns:
    """Answers for one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._stored = StoredFeatures(graph)
        self._computed: dict[Callable[[Term], object], dict[str, list[Column]]] = {}
        self._reached: dict[Callable[[Term], object], frozenset[str]] = {}
        self._behind: dict[tuple[Callable[[Term], object], str], list[tuple[str, Column]]] = {}

    def of(self, edge: Edge, wanted: Callable[[Term], object]) -> Iterator[Learned]:
        """The columns that go over an edge into a model and are computed in a way that is wanted, each once."""
        if not self._any(edge, wanted):
            return
        found: dict[str, Learned] = {}
        for learned in (*self._told(edge, wanted), *self._used(edge, wanted)):
            found.setdefault(learned.name, learned)
        yield from found.values()

    def _told(self, edge: Edge, wanted: Callable[[Term], object]) -> Iterator[Learned]:
        """Where the edge says which columns go in: traced back through what is stored between."""
        names, terms = edge.attributes.get("columns"), edge.attributes.get("expressions")
        if not isinstance(names, (tuple, list)) or not isinstance(terms, (tuple, list)):
            return
        for name, term in zip(names, terms, strict=False):
            whole = self._stored.traced(term, edge.source) if isinstance(term, Term) else None
            if whole is not None and wanted(whole):
                made = [(node, column) for node, column in self._made(edge.source, wanted) if column.name == name]
                near = [pair for pair in made if _files(pair[1]) & {site.file for site in edge.sites}] or made
                yield _learned(str(name), whole, edge, near)

    def _used(self, edge: Edge, wanted: Callable[[Term], object]) -> Iterator[Learned]:
        """Where the edge doesn't say it: the columns that are used as features or labels there."""
        kinds = ("label",) if edge.kind == "LABELS" else ("feature", "label")
        for node, column in self._made(edge.source, wanted):
            if any(use.kind in kinds and use.site in edge.sites for use in column.uses):
                assert column.expression is not None
                yield _learned(column.name, column.expression, edge, [(node, column)])

    def _made(self, frame: str, wanted: Callable[[Term], object]) -> list[tuple[str, Column]]:
        """The computed columns behind a frame, with the frames that they were computed for."""
        key = wanted, frame
        if key not in self._behind:
            computed = self._wanted(wanted)
            behind = origins(self._graph, [frame], STORED) if frame in self._after(wanted) else ()
            self._behind[key] = [(node, column) for node in behind for column in computed.get(node, ())]
        return self._behind[key]

    def _after(self, wanted: Callable[[Term], object]) -> frozenset[str]:
        """All that is made of such columns: mostly little, whereas what a frame is made of can be much."""
        if wanted not in self._reached:
            self._reached[wanted] = frozenset(reachable(self._graph, self._wanted(wanted), STORED))
        return self._reached[wanted]

    def _any(self, edge: Edge, wanted: Callable[[Term], object]) -> bool:
        """Whether there is such a column at all: most programs have none."""
        terms = edge.attributes.get("expressions")
        told = terms if isinstance(terms, (tuple, list)) else ()
        return bool(self._wanted(wanted)) or any(isinstance(term, Term) and wanted(term) for term in told)

    def _wanted(self, wanted: Callable[[Term], object]) -> dict[str, list[Column]]:
        """The columns of the whole graph that are computed in a way that is wanted, by the frames that have them."""
        if wanted not in self._computed:
            found = self._computed[wanted] = {}
            for node in self._graph.nodes.values():
                for column in node.columns:
                    if column.source == "derived" and column.expression is not None and wanted(column.expression):
                        found.setdefault(node.id, []).append(column)
        return self._computed[wanted]


def _learned(name: str, term: Term, edge: Edge, made: list[tuple[str, Column]]) -> Learned:
    sites = [site for _, column in made for site in column.sites]
    return Learned(name, term, edge.kind == "LABELS", min(sites, default=None), tuple(node for node, _ in made))


def _files(column: Column) -> set[str]:
    return {site.file for site in column.sites}
