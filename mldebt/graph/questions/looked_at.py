"""Stored tables that people look at: nothing is learned from them, answered or stored with what is read there."""

from __future__ import annotations

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.datasets import is_for_people
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import reachable
from mldebt.graph.questions.stored_columns import is_learned_from

_WITHIN = ("DERIVES", "TRAINS_ON", "LABELS", "FITS", "PREDICTS", "EVALUATES_ON", "DECIDES")
_AT_WORK = ("TRAINS_ON", "LABELS", "FITS", "DECIDES", "TRIGGERS", "CONSUMES", "CHECKS")
_SHARED = ("table", "http", "topic", "object")


def is_only_looked_at(graph: Graph, dataset: Node) -> bool:
    """Whether a file is read for figures, plots and reports alone, by code that nothing runs but its author."""
    if dataset.attributes.get("store") in _SHARED or is_learned_from(dataset):
        return False
    reads = [edge for edge in graph.out(dataset.id, "READS") if sites_at_work(graph, edge)]
    if any(isinstance(edge.attributes.get("columns"), (tuple, list)) for edge in reads):
        return False  # somebody wrote down the names of what is to be read
    if not all(_explores(graph.unit_of(site)) for edge in reads for site in edge.sites):
        return False
    behind = reachable(graph, [edge.target for edge in reads], _WITHIN)
    return not any(_goes_on(graph, node) for node in behind)


def _explores(unit: Unit) -> bool:
    return not unit.production and unit.roles <= {"explore"}


def _goes_on(graph: Graph, node: str) -> bool:
    return bool(graph.out(node, *_AT_WORK)) or any(not _is_shown(graph, edge) for edge in graph.out(node, "WRITES"))


def _is_shown(graph: Graph, write: Edge) -> bool:
    return is_for_people(graph[write.target])
