"""What a program sends to an endpoint of the repository is what the endpoint is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mldebt.graph.globs import fits
from mldebt.graph.model import Edge, Node
from mldebt.graph.stored import WRITING, endpoint_of

_REQUEST = re.compile(r"^http::\S* (/.*) \(request\)$")
_CALLED = re.compile(r"^(?:https?://|\{)")


def requests_sent(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> list[Edge]:
    """From what is sent to a URL to the request of the endpoint with its path.

    Not from the URL itself: the answer comes from there, and an answer is not what was asked with.
    """
    requests = list(_requests(nodes.values()))
    sent = [edge for edge in edges if requests and edge.kind in WRITING and _CALLED.match(nodes[edge.target].name)]
    return [_handed(edge, request) for edge in sent for request in _meant(nodes[edge.target], requests)]


def _requests(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """The path of each endpoint, as a pattern, with what it is asked with."""
    for node in nodes:
        if node.kind == "dataset" and (found := _REQUEST.match(node.name)):
            pattern = re.sub(r"[<{][^>}]*[>}]", "*", found[1]).rstrip("/")
            if pattern:
                yield pattern, node


def _meant(called: Node, requests: Iterable[tuple[str, Node]]) -> Iterator[Node]:
    path, home = endpoint_of(called.name), called.attributes.get("repository")
    if path.strip("/*"):
        yield from (node for pattern, node in requests if fits(path, pattern) and _is_of(node, home))


def _is_of(node: Node, home: object) -> bool:
    return home is None or node.attributes.get("repository") in (None, home)


def _handed(edge: Edge, request: Node) -> Edge:
    return Edge(edge.source, request.id, "DERIVES", "inferred", edge.sites, {"operation": "sent"})
