"""Where predictions come from that take no data: from what the stored model was fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mldebt.graph.model import Edge, Node

LEARNING = ("TRAINS_ON", "FITS")


def remembered(nodes: Mapping[str, Node], edges: Sequence[Edge]) -> list[Edge]:
    """An edge from what a model was fitted on, by whoever saved it, to what it goes on from there."""
    asking = {node.id: str(model) for node in nodes.values() if (model := node.attributes.get("remembers"))}
    if not asking:
        return []
    loaded, saved, taught = _sources(edges, ("LOADS",)), _sources(edges, ("PERSISTS",)), _sources(edges, LEARNING)
    found: list[Edge] = []
    for node, model in sorted(asking.items()):
        makers = {maker for artifact in loaded.get(model, ()) for maker in saved.get(artifact, ())}
        known = sorted({frame for maker in makers for frame in taught.get(maker, ())})
        found += [
            Edge(one, node, "DERIVES", "inferred", nodes[node].sites, {"operation": "remembered"}) for one in known
        ]
    return found


def _sources(edges: Iterable[Edge], kinds: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind in kinds:
            found.setdefault(edge.target, []).append(edge.source)
    return found
