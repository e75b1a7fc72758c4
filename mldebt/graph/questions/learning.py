"""What some model at work learns from, and the ways that lead there."""

from __future__ import annotations

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import Path, origins, path_between

LEARNING = ("TRAINS_ON", "LABELS")
ONWARD = ("DERIVES", "WRITES", "READS", *LEARNING)


def models_at_work(graph: Graph) -> frozenset[str]:
    """The models that are trained by code at work."""
    return frozenset(edge.target for edge in graph.edges_of_kind(*LEARNING) if sites_at_work(graph, edge))


def what_is_learned_from(graph: Graph) -> frozenset[str]:
    """Every node whose data some model at work learns from, and these models."""
    return frozenset(origins(graph, graph.once(models_at_work), ONWARD))


def way_to_model(graph: Graph, node: str) -> Path:
    """The shortest way from a node to a model that learns from it; () where there is none."""
    return path_between(graph, [node], graph.once(models_at_work), ONWARD) or ()
