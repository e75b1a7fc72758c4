"""Writers of a data set that look like rivals and do one work: what they leave behind is the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from posixpath import dirname

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.datasets import begun
from mldebt.sites import Site

ALIKE = 3
"""Last parts of two paths from which on they are one file of one library that was laid down twice."""


def one_for_each_work(
    graph: Graph, dataset: Node, rivals: Mapping[str, tuple[Site, Edge]]
) -> dict[str, tuple[Site, Edge]]:
    """The first file of each work: what one program runs, one function makes, or one library brings."""
    seen: set[Hashable] = set()
    kept: dict[str, tuple[Site, Edge]] = {}
    for file, (site, edge) in sorted(rivals.items()):
        works = set(_works(graph, dataset, file, site, edge))
        if not works & seen:
            kept[file] = (site, edge)
        seen |= works
    return kept


def _works(graph: Graph, dataset: Node, file: str, site: Site, edge: Edge) -> Iterator[Hashable]:
    entries = frozenset(entry for write, entry in begun(dataset) if write == site and entry.line)
    if entries:
        yield "run", entries
    makers = graph[edge.source].sites
    if makers and all(maker.file != file for maker in makers):
        yield "made", makers
    parts = file.split("/")
    if len(parts) > ALIKE:
        yield "library", tuple(parts[-ALIKE:])


def is_under_dvc(graph: Graph, dataset: Node) -> bool:
    """Whether a `.dvc` file holds the hash of the data: that tells which of the writers it is of."""
    declaring = graph.into(dataset.id, "DECLARES")
    return any(site.file.endswith(".dvc") for edge in declaring for site in edge.sites)


def lacks_its_file(graph: Graph, dataset: Node) -> bool:
    """Whether the line that writes it writes files in it, too: then it is their folder, and the file wasn't seen."""
    inside = graph.once(_written_in)
    return any(site in inside.get(dataset.name, ()) for edge in graph.into(dataset.id, "WRITES") for site in edge.sites)


def _written_in(graph: Graph) -> dict[str, set[Site]]:
    """By folder, the places that write into it."""
    found: dict[str, set[Site]] = {}
    for edge in graph.edges_of_kind("WRITES"):
        found.setdefault(dirname(graph[edge.target].name), set()).update(edge.sites)
    return found
