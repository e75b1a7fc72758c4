"""Declarations of the user against what the code does: which of them name what isn't there any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.consumers import speaks_of

_CODE = (".py", ".ipynb", ".sql")
_STORED = ("dataset", "artifact")


class Stale(Struct, frozen=True):
    """`what` of the entry names nothing: its dataset, its consumer, or some columns of a data set."""

    entry: Mapping[str, object]
    what: str
    names: tuple[str, ...]
    writes: tuple[Edge, ...] = ()


def stale_consumers(graph: Graph, declared: Sequence[Mapping[str, object]]) -> Iterator[Stale]:
    for entry in declared:
        meant = [node for node in graph.of_kind(*_STORED) if speaks_of(entry, node)]
        if not meant and _all_stored_is_known(graph):
            yield Stale(entry, "dataset", (str(entry.get("dataset", "")),))
        elif _is_vanished_file(graph, consumer := str(entry.get("consumer", "")), str(entry.get("repository") or "")):
            yield Stale(entry, "consumer", (consumer,))
        for node in meant:
            yield from _without_columns(graph, entry, node)


def _all_stored_is_known(graph: Graph) -> bool:
    """Code that writes under a name that isn't known may write what was declared."""
    unknown = any(gap.attributes.get("blocks") in ("WRITES", "PERSISTS") for gap in graph.of_kind("gap"))
    return not unknown and any(True for _ in graph.of_kind(*_STORED))


def _is_vanished_file(graph: Graph, consumer: str, repository: str) -> bool:
    """A file of this repository, to judge by its first folder, that is not there."""
    within = f"{repository}/" if repository else ""
    if not consumer.endswith(_CODE) or "*" in consumer or graph.units.keys() & {consumer, f"{within}{consumer}"}:
        return False
    top = consumer.partition("/")[0]
    return "/" not in consumer or any(file.startswith(f"{within}{top}/") for file in graph.units)


def _without_columns(graph: Graph, entry: Mapping[str, object], node: Node) -> Iterator[Stale]:
    """Columns that the consumer relies on and that nobody writes, where all that is written is known."""
    relied = entry.get("columns")
    writes = graph.into(node.id, "WRITES")
    written = written_columns(writes)
    if isinstance(relied, Iterable) and written is not None:
        missing = tuple(str(column) for column in relied if str(column) not in written)
        if missing:
            yield Stale(entry, "columns", (node.name, *missing), tuple(writes))


def written_columns(writes: Sequence[Edge]) -> set[str] | None:
    """All that these write, None where that is not known."""
    columns = [edge.attributes.get("columns") for edge in writes]
    if not columns or not all(isinstance(each, (tuple, list)) and each for each in columns):
        return None
    return {str(name) for each in columns if isinstance(each, (tuple, list)) for name in each}
