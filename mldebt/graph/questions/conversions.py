"""Data that changes its representation again and again on its way into or out of a model."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.sites import Site

INTO = ("TRAINS_ON", "FITS", "PREDICTS")


class Stop(Struct, frozen=True):
    """A representation on the way: what it is, the call that made it, and where."""

    kind: str
    call: str
    site: Site


class GlueChain(Struct, frozen=True):
    """`stops` that the same values go through, `model` and the edge by which they get into it or leave it."""

    model: str
    edge: Edge
    stops: tuple[Stop, ...]
    comes_out: bool


def glue_chains(graph: Graph) -> list[GlueChain]:
    """One for each place where the last conversion is made."""
    found: dict[Site, GlueChain] = {}
    for edge in (*graph.edges_of_kind(*INTO), *graph.edges_of_kind("WRITES", "DERIVES")):
        stops = tuple(_stops(edge))
        if stops and sites_at_work(graph, edge):
            into = edge.kind in INTO
            model = edge.source if edge.kind == "PREDICTS" else edge.target if into else _model_behind(graph, edge)
            chain = GlueChain(model, edge, stops, not into)
            known = found.get(stops[-1].site)
            if known is None or len(known.stops) < len(stops):
                found[stops[-1].site] = chain
    return [found[site] for site in sorted(found)]


def _stops(edge: Edge) -> Iterator[Stop]:
    told = edge.attributes.get("converted")
    for kind, call, site in told if isinstance(told, (tuple, list)) else ():
        yield Stop(str(kind), str(call), site if isinstance(site, Site) else Site(*site))


def _model_behind(graph: Graph, edge: Edge) -> str:
    predicted = [edge.source, *(each.source for each in graph.into(edge.source, "DERIVES"))]
    return next((each.source for node in predicted for each in graph.into(node, "PREDICTS")), edge.source)
