"""Where two repositories meet: one stores data under a name that the other has written in its code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit, weakest
from mldebt.graph.questions.consumers import (
    foreign_readers,
    have_one_owner,
    is_declared_consumer,
    only_looks,
    publications,
)
from mldebt.graph.questions.datasets import PERSISTENT_STORES, is_aside, is_for_people
from mldebt.graph.questions.declarations import written_columns
from mldebt.graph.questions.jobs import is_put_away
from mldebt.graph.questions.models import is_alias
from mldebt.graph.shared_names import is_worldwide

_WRITING = ("WRITES", "PERSISTS")
_READING = ("READS", "LOADS")


class Coupling(Struct, frozen=True):
    """A stored thing that one repository writes and another reads; `way` leads from the write to the read."""

    thing: str
    writer: Unit
    reader: Unit
    way: tuple[Edge, ...]
    columns: tuple[str, ...]

    @property
    def write(self) -> Edge:
        return self.way[0]

    @property
    def read(self) -> Edge:
        return self.way[-1]

    def evidence(self, graph: Graph) -> str:
        """A name that nobody else can have proves it; that a table or topic is the same one is inferred."""
        same = "resolved" if is_worldwide(graph[self.thing].name) else "inferred"
        return weakest((same, *(edge.evidence for edge in self.way)))


def couplings(graph: Graph, declared: Sequence[Mapping[str, object]]) -> list[Coupling]:
    """Every place where repositories meet and nothing says what holds there, one for each thing and reading file."""
    if not graph.repositories:
        return []
    told = _told_as_predictions(graph)
    return [
        coupling
        for node in graph.of_kind("dataset", "artifact")
        if _is_lasting(node) and node.id not in told and not _has_contract(graph, node)
        for coupling in _of(graph, node)
        if not is_declared_consumer(graph, node, coupling.reader, declared)
    ]


def _of(graph: Graph, node: Node) -> Iterator[Coupling]:
    reads = list(_reads(graph, node))
    for write, writer in _ends(graph, graph.into(node.id, *_WRITING)):
        if is_aside(writer) or is_put_away(writer):
            continue
        for way, reader in reads:
            if _is_another(graph, writer, reader) and not only_looks(reader):
                yield Coupling(node.id, writer, reader, (write, *way), _columns(graph, graph[way[-1].source], reader))


def _reads(graph: Graph, node: Node) -> Iterator[tuple[tuple[Edge, ...], Unit]]:
    """Reads of a thing by its name, or by another name that may be the same."""
    for read, unit in _ends(graph, graph.out(node.id, *_READING)):
        yield (read,), unit
    for alias in (edge for edge in graph.out(node.id) if is_alias(edge)):
        for read, unit in _ends(graph, graph.out(alias.target, *_READING)):
            yield (alias, read), unit


def _ends(graph: Graph, edges: Iterable[Edge]) -> Iterator[tuple[Edge, Unit]]:
    """The edges with the files that they are in, the first one of each file."""
    found: dict[str, tuple[Edge, Unit]] = {}
    for edge in edges:
        for site in edge.sites:
            found.setdefault(site.file, (edge, graph.unit_of(site)))
    yield from (found[file] for file in sorted(found))


def _is_another(graph: Graph, writer: Unit, reader: Unit) -> bool:
    """Another repository, and as far as is known other people."""
    apart = graph.repository_of(writer.file) != graph.repository_of(reader.file)
    return apart and not have_one_owner(writer, reader)


def _is_lasting(node: Node) -> bool:
    """Data in a file, table or topic, not what a registry hands out by version nor what people read."""
    stored = node.attributes.get("store", "file") in PERSISTENT_STORES or node.name.partition("://")[0] in ("s3", "gs")
    return stored and not is_for_people(node)


def _has_contract(graph: Graph, node: Node) -> bool:
    """A declared schema of the thing, or a check of what is read or written."""
    if any(column.source == "contract" for column in node.columns):
        return True
    frames = {edge.target for edge in graph.out(node.id, *_READING)} | {
        edge.source for edge in graph.into(node.id, *_WRITING)
    }
    checked = (edge for end in (node.id, *frames) for edge in graph.out(end, "CHECKS"))
    return any(graph[edge.target].attributes.get("what") == "schema" for edge in checked)


def _told_as_predictions(graph: Graph) -> set[str]:
    """What carries predictions to readers of another owner, which is a debt of its own."""
    return {publication.dataset for publication in publications(graph) if foreign_readers(graph, publication)}


def _columns(graph: Graph, thing: Node, reader: Unit) -> tuple[str, ...]:
    """The columns that matter in the repository of a reader; where all that is written is known, no others."""
    home, written = graph.repository_of(reader.file), written_columns(graph.into(thing.id, "WRITES"))
    return tuple(
        column.name
        for column in thing.columns
        if any(graph.repository_of(use.site.file) == home for use in column.uses)
        and (written is None or column.name in written)
    )
