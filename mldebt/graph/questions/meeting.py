"""Which repositories meet where, and which names of theirs may mean the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.models import is_alias

WRITING = ("WRITES", "PERSISTS")
READING = ("READS", "LOADS")
_FILES = ("file", "memory", "temp", "builtin", "unknown")
Meeting = tuple[str, str, str]
"""A name, who writes it, who reads it."""


def met(graph: Graph) -> list[Meeting]:
    """What one repository writes and another reads, by one name or by two that may be the same."""
    found: set[Meeting] = set()
    for node in graph.of_kind("dataset", "artifact"):
        aliases = [edge.target for edge in graph.out(node.id) if is_alias(edge)]
        readers = _where(graph, (edge for each in (node.id, *aliases) for edge in graph.out(each, *READING)))
        writers = _where(graph, graph.into(node.id, *WRITING)) | _servers(graph, node)
        found |= {(node.name, writer, reader) for writer in writers for reader in readers if writer != reader}
    return sorted(found)


def same_words(graph: Graph) -> list[Meeting]:
    """Tables, topics and places in stores that are called the same where one writes and another reads, and that are
    taken to be two things; relative paths are so common that they say nothing."""
    named: dict[tuple[str, str], dict[str, Node]] = {}
    for node in graph.of_kind("dataset", "artifact"):
        home = str(node.attributes.get("repository", ""))
        if home and (f":{home}:" in node.id or node.attributes.get("store") not in (*_FILES, None)):
            named.setdefault((node.name, node.kind), {})[home] = node
    return sorted(
        (name, writer, reader)
        for (name, _), nodes in named.items()
        for writer, written in nodes.items()
        for reader, read in nodes.items()
        if writer != reader and graph.into(written.id, *WRITING) and graph.out(read.id, *READING)
    )


def _where(graph: Graph, edges: Iterable[Edge]) -> set[str]:
    return {graph.repository_of(site.file) for edge in edges for site in edge.sites}


def _servers(graph: Graph, node: Node) -> set[str]:
    """Who answers at an endpoint."""
    if not node.name.startswith("http::") or "(request)" in node.name:
        return set()
    return {graph.repository_of(site.file) for site in node.sites}
