"""What some model at work learns from, and the ways that lead there."""

from __future__ import annotations

import re

from mldebt.graph.model import Graph, Node
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import Path, origins, path_between

LEARNING = ("TRAINS_ON", "LABELS")
_HOLE = re.compile(r"\{[^{}]*\}")
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


def is_named(dataset: Node) -> bool:
    """Whether the code says what a data set is called: a file whose name is only a variable may be any."""
    told = _HOLE.sub("", re.split(r"[/:]", dataset.name)[-1])
    return bool(re.search(r"\w", told if dataset.attributes.get("store") == "table" else told.partition(".")[0]))
