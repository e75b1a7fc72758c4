"""Flows that are there only if an option were asked for: dropped where the same place is known to do it for sure."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.trace import ASIDE
from mldebt.graph.model import Edge
from mldebt.sites import Site


def without_doubles(edges: list[Edge]) -> tuple[list[Edge], set[str]]:
    """The edges that count, without their mark; and the nodes that only the dropped ones touched."""
    sure = {(site, edge.kind) for edge in edges if ASIDE not in edge.attributes for site in edge.sites}
    kept, dropped = [], []
    for edge in edges:
        left = tuple(site for site in edge.sites if (site, edge.kind) not in sure)
        if ASIDE not in edge.attributes:
            kept.append(edge)
        elif isinstance(known := edge.attributes[ASIDE], str):
            kept.append(_unmarked(edge, edge.sites, edge.evidence if len(left) < len(edge.sites) else known))
        elif left:
            kept.append(_unmarked(edge, left, edge.evidence))
        else:
            dropped.append(edge)
    touched = {end for edge in kept for end in (edge.source, edge.target)}
    return kept, {end for edge in dropped for end in (edge.source, edge.target)} - touched


def _unmarked(edge: Edge, sites: tuple[Site, ...], evidence: str) -> Edge:
    """What a branch does itself stays a guess; what a function does that it alone calls is known as well as ever."""
    attributes = {key: value for key, value in edge.attributes.items() if key != ASIDE}
    return replace(edge, sites=sites, evidence=evidence, attributes=attributes)
