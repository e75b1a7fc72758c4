"""What is only guessed of a line of which better is known."""

from __future__ import annotations

from mldebt.graph.model import Edge, Graph
from mldebt.sites import Site

LEARNING = ("TRAINS_ON", "FITS")


def is_outdone(graph: Graph, edge: Edge | None) -> bool:
    """Whether what a line learns from is guessed, in a call that may go another way, and another call of it is known:
    of `if X_val is None: X_train, X_val = train_test_split(X_train)` what is fitted without the split."""
    if edge is None or edge.evidence != "guessed":
        return False
    known = graph.once(_lines_that_are_known)
    return bool(edge.sites) and all((edge.kind, site) in known for site in edge.sites)


def _lines_that_are_known(graph: Graph) -> frozenset[tuple[str, Site]]:
    edges = (edge for edge in graph.edges_of_kind(*LEARNING) if edge.evidence != "guessed")
    return frozenset((edge.kind, site) for edge in edges for site in edge.sites)
