"""Settings that the repository writes itself: who is configured by them reads what another program left there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mldebt.graph.model import Edge, Node


def settings_made(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> list[Edge]:
    """An edge from each data set of a name to the jobs that are configured by a file of that name."""
    edges = list(edges)
    used = [edge for edge in edges if edge.kind == "CONFIGURED_BY" and edge.sites]
    names = {nodes[edge.source].name for edge in used if edge.source in nodes}
    written = {edge.target for edge in edges if edge.kind == "WRITES"} if names else set[str]()
    made = {node.name: node.id for one in sorted(written) if (node := nodes.get(one)) and node.kind == "dataset"}
    return [
        Edge(made[name], edge.target, "READS", edge.evidence, edge.sites, {"columns": None})
        for edge in used
        if edge.source in nodes and (name := nodes[edge.source].name) in made
    ]
