"""How the data of a model is prepared: what is stored on the way, joined, handed on, and read past what holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.datasets import is_declared, is_persistent
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import VALUES, origins, reachable
from mldebt.graph.questions.models import TRAINING, Models
from mldebt.sites import Site

JOINS = frozenset({"merge", "join", "merge_asof", "merge_ordered"})


class Bypass(Struct, frozen=True):
    """A file that reads `source` although it reads `holder`, too, which is made of it; `read` is how it does."""

    file: str
    source: str
    holder: str
    read: Edge


class Preparation(Struct, frozen=True):
    """What lies between the sources and the training of some models that are fed by the same stored data.

    `stored` are the data sets that are written and read here on the way; `longest` is a longest chain of them, each
    made of the one before; `handed` those that one file writes and another reads without a word in a manifest.
    """

    models: tuple[str, ...]
    training: Edge
    stored: tuple[str, ...]
    joins: tuple[Site, ...]
    longest: tuple[str, ...]
    bypasses: tuple[Bypass, ...]
    handed: tuple[str, ...]
    read_once: tuple[str, ...]


def preparations(graph: Graph) -> Iterator[Preparation]:
    """One for each set of stored data between sources and training; models that share it share the preparation."""
    models, data = graph.once(Models), _StoredData(graph)
    found: dict[tuple[str, ...], list[str]] = {}
    for model in models.trained:
        if any(sites_at_work(graph, edge) for edge in graph.into(model, *TRAINING)):
            before = origins(graph, [edge.source for edge in graph.into(model, *TRAINING)], VALUES)
            found.setdefault(tuple(sorted(node for node in before if node in data.between)), []).append(model)
    for stored, trained in found.items():
        if stored:
            yield _preparation(graph, models, data, stored, trained)


def _preparation(
    graph: Graph, models: Models, data: _StoredData, stored: tuple[str, ...], trained: list[str]
) -> Preparation:
    training = graph.into(trained[0], "TRAINS_ON")[0]
    before = origins(graph, [training.source], VALUES)
    joins = {
        min(edge.sites)
        for node in before
        for edge in graph.into(node, "DERIVES")
        if edge.attributes.get("operation") in JOINS and edge.sites
    }
    return Preparation(
        models=tuple(dict.fromkeys(map(models.artifact, trained))),
        training=training,
        stored=stored,
        joins=tuple(sorted(joins)),
        longest=data.longest(stored),
        bypasses=tuple(_bypasses(graph, data, stored)),
        handed=tuple(name for name in stored if data.is_handed_on(name) and not is_declared(graph, name)),
        read_once=tuple(name for name in stored if len(data.readers(name)) == 1),
    )


def _bypasses(graph: Graph, data: _StoredData, stored: Iterable[str]) -> Iterator[Bypass]:
    """One for each file and source that it puts together once more with what is made of it."""
    told: set[tuple[str, str]] = set()
    for holder in stored:
        for source in sorted(data.ancestors(holder)):
            for edge in graph.out(source, "READS"):
                files = {site.file for site in sites_at_work(graph, edge)} & data.readers(holder)
                file = min(files, default="")
                again = not file or (file, source) in told or files & data.writers(holder)
                if not again and _meet(graph, edge, graph.out(holder, "READS"), file):
                    told.add((file, source))
                    yield Bypass(file, source, holder, edge)
                    break


def _meet(graph: Graph, read: Edge, others: Iterable[Edge], file: str) -> bool:
    """Whether the file makes something of both."""
    beside = [edge.target for edge in others if any(site.file == file for site in edge.sites)]
    return bool(set(reachable(graph, [read.target], ("DERIVES",))) & set(reachable(graph, beside, ("DERIVES",))))


class _StoredData:
    """The data sets of a graph that are stored, and which is made of which."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def between(self) -> frozenset[str]:
        """Written here and read here."""
        return frozenset(
            node.id
            for node in self._graph.of_kind("dataset")
            if is_persistent(node) and self._graph.into(node.id, "WRITES") and self._graph.out(node.id, "READS")
        )

    def readers(self, dataset: str) -> frozenset[str]:
        return _files(self._graph.out(dataset, "READS"))

    def writers(self, dataset: str) -> frozenset[str]:
        return _files(self._graph.into(dataset, "WRITES"))

    def is_handed_on(self, dataset: str) -> bool:
        return bool(self.readers(dataset) - self.writers(dataset))

    def ancestors(self, dataset: str) -> frozenset[str]:
        """Stored data that it is made of, at any distance, without itself."""
        found: set[str] = set()
        waiting = [dataset]
        while waiting:
            for source in self._made_of.get(waiting.pop(), ()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return frozenset(found - {dataset})

    def longest(self, stored: Iterable[str]) -> tuple[str, ...]:
        """The longest chain within these; a data set that is made of itself counts once."""
        known: dict[str, tuple[str, ...]] = {}
        inside = set(stored)

        def chain(node: str, above: frozenset[str]) -> tuple[str, ...]:
            if node not in known:
                before = [source for source in self._made_of.get(node, ()) if source in inside and source not in above]
                chains = [chain(source, above | {node}) for source in before]
                known[node] = (*max(chains, key=len, default=()), node)
            return known[node]

        return max((chain(node, frozenset({node})) for node in sorted(inside)), key=len, default=())

    @cached_property
    def _made_of(self) -> Mapping[str, list[str]]:
        """The nearest stored data that each data set is made of."""
        return {node.id: self._nearest(node.id) for node in self._graph.of_kind("dataset") if is_persistent(node)}

    def _nearest(self, dataset: str) -> list[str]:
        found: set[str] = set()
        waiting, seen = [dataset], {dataset}
        while waiting:
            for edge in self._graph.into(waiting.pop(), *VALUES):
                if edge.source in seen:
                    continue
                seen.add(edge.source)
                if edge.source.startswith("dataset:"):
                    found.add(edge.source)
                else:
                    waiting.append(edge.source)
        return sorted(found - {dataset})


def _files(edges: Iterable[Edge]) -> frozenset[str]:
    return frozenset(site.file for edge in edges for site in edge.sites)
