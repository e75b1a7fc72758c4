"""Edges between stored things that may be the same: names with unknown parts, endpoints and the URLs of clients.

Of several repositories, each is looked at with what it shares, as if it were alone; what they share is then compared
once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mldebt.graph.model import Edge, Node
from mldebt.graph.shared_names import canonical, tells_server
from mldebt.graph.stored import (
    READING,
    STORED,
    WRITING,
    asset_pairs,
    contained_pairs,
    endpoint_pairs,
    matches,
    registered_pairs,
    schema_pairs,
)

COPYING = ("copy", "packed")
"""What makes one stored thing out of another without a frame between them."""
Pairs = Iterator[tuple[str, str]]


def alias_edges(nodes: Mapping[str, Node], edges: Sequence[Edge], repositories: Sequence[str] = ()) -> list[Edge]:
    use = Use(edges)
    found: list[tuple[str, str]] = []
    for view in _views(nodes, use, repositories):
        known = set(found)
        found += [pair for pair in _pairs(view, use) if pair not in known]
    if repositories:
        found += _served_elsewhere(nodes)
    return [_alias(source, target, nodes) for source, target in found]


class Use:
    """Which stored things are written, read, and in which files."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.written: set[str] = set()
        self.read: set[str] = set()
        self.files: dict[str, set[str]] = {}
        self._into: dict[str, list[str]] = {}
        for edge in edges:
            self._into.setdefault(edge.target, []).append(edge.source)
            copies = edge.attributes.get("operation") in COPYING
            if copies or edge.kind in WRITING:
                self._add(self.written, edge.target, edge)
            if copies or edge.kind in READING:
                self._add(self.read, edge.source, edge)

    def comes_from(self, node_id: str, origin: str) -> bool:
        """Whether something is made of another: a table that is loaded into another schema under its own name."""
        seen, waiting = {node_id}, [node_id]
        while waiting:
            new = [one for one in self._into.get(waiting.pop(), ()) if one not in seen]
            seen.update(new)
            waiting += new
        return origin in seen

    def _add(self, used: set[str], node_id: str, edge: Edge) -> None:
        used.add(node_id)
        self.files.setdefault(node_id, set()).update(site.file for site in edge.sites)


def _views(nodes: Mapping[str, Node], use: Use, repositories: Sequence[str]) -> Iterator[list[Node]]:
    """What each repository knows by its name, then what all know."""
    stored = [node for node in nodes.values() if node.kind in STORED]
    if not repositories:
        yield stored
        return
    shared = [node for node in stored if not node.attributes.get("repository")]
    for repository in repositories:
        own = [node for node in stored if node.attributes.get("repository") == repository]
        touched = [node for node in shared if any(_is_in(file, repository) for file in use.files.get(node.id, ()))]
        yield own + touched
    yield shared


def _is_in(file: str, repository: str) -> bool:
    return file.partition("/")[0] == repository


def _pairs(view: Sequence[Node], use: Use) -> Pairs:
    for kind in STORED:
        templates = [(node.id, node.name, bool(node.attributes.get("template"))) for node in view if node.kind == kind]
        yield from matches(templates, use.written, use.read)
    registered = {
        node.id: node.name
        for node in view
        if node.id.startswith("artifact:") and (node.id in use.written or node.id in use.read)
    }
    yield from registered_pairs(registered, use.written, use.read)
    yield from _otherwise_called(view, use)
    yield from contained_pairs({node.id: node.name for node in view}, use.written, use.read)
    datasets = [node for node in view if node.kind == "dataset"]
    tables = {node.id: node.name for node in datasets if node.attributes.get("store") == "table"}
    found = schema_pairs(tables, use.written, use.read)
    yield from ((written, read) for written, read in found if not use.comes_from(written, read))
    yield from endpoint_pairs([(node.id, node.name) for node in datasets])
    yield from asset_pairs([(node.id, node.name, _mark(node)) for node in datasets], use.written, use.read)


def _otherwise_called(view: Sequence[Node], use: Use) -> Pairs:
    """The same object by another word for its store: `s3a://lake/x.parquet` is `s3://lake/x.parquet`."""
    urls = [(canonical(node.name), node.id) for node in view if "://" in node.name]
    written: dict[str, list[str]] = {}
    for name, node_id in urls:
        if node_id in use.written:
            written.setdefault(name, []).append(node_id)
    for name, node_id in urls if written else ():
        if node_id in use.read:
            yield from ((other, node_id) for other in sorted(written.get(name, ())) if other != node_id)


def _mark(node: Node) -> str:
    return next((mark for mark in ("asset", "modelled") if node.attributes.get(mark)), "")


def _served_elsewhere(nodes: Mapping[str, Node]) -> Pairs:
    """(endpoint, URL that another repository calls), where the URL says whose endpoint it is, or hardly anybody else
    has such a path."""
    datasets = [node for node in nodes.values() if node.kind == "dataset"]
    served = [node for node in datasets if node.name.startswith("http::") and node.attributes.get("repository")]
    called = [(node.id, node.name) for node in datasets if not node.name.startswith("http::")]
    for endpoint in served:
        home = str(endpoint.attributes["repository"])
        for _, url in endpoint_pairs([(endpoint.id, endpoint.name), *called]):
            elsewhere = nodes[url].attributes.get("repository") != home
            if elsewhere and tells_server(nodes[url].name, home):
                yield endpoint.id, url


def _alias(source: str, target: str, nodes: Mapping[str, Node]) -> Edge:
    return Edge(source, target, "DERIVES", "inferred", nodes[target].sites[:1], {"operation": "same name"})
