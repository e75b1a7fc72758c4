"""What is written to a file and then sent to another store is written there, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from mldebt.graph.model import Edge
from mldebt.graph.stored import WRITING

OF_THE_CALL = ("signature",)
"""What is said of the call that wrote the file, not of what was written."""


def uploaded(edges: Iterable[Edge]) -> list[Edge]:
    """An edge from what was written to a file to each store that the file is sent to."""
    edges = list(edges)
    sent = [edge for edge in edges if edge.kind == "DERIVES" and edge.attributes.get("uploads")]
    sources = {edge.source for edge in sent}
    writes: dict[str, list[Edge]] = {}
    for edge in edges:
        if edge.kind in WRITING and edge.target in sources:
            writes.setdefault(edge.target, []).append(edge)
    return [made for edge in sent for made in _there(edge, writes)]


def _there(sent: Edge, writes: Mapping[str, list[Edge]]) -> Iterator[Edge]:
    for write in writes.get(sent.source, ()):
        kind = "WRITES" if sent.target.startswith("dataset:") else "PERSISTS"
        said = {name: value for name, value in write.attributes.items() if name not in OF_THE_CALL}
        mode = {"mode": "replace"} if kind == "WRITES" else {}
        yield replace(
            write, target=sent.target, kind=kind, evidence=sent.evidence, sites=sent.sites, attributes=said | mode
        )
