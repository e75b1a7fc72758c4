"""Models that predict by transforming: of a loaded one only who saved it tells."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from mldebt.evaluate.trace import Trace
from mldebt.graph.model import Edge


def transforms_that_predict(edges: Iterable[Edge], trace: Trace) -> tuple[list[Edge], set[str]]:
    """The edges with such transforms as predictions, and the ids of what they give."""
    known = list(edges)
    models = {node.id for node in trace.nodes.values() if node.attributes.get("predicts_by") == "transform"}
    saved = {edge.target for edge in known if edge.kind == "PERSISTS" and edge.source in models}
    loaded = {edge.target for edge in known if edge.kind == "LOADS" and edge.source in saved}
    found = {edge.target for edge in known if edge.source in loaded and _is_transform(edge)}
    return [_as_prediction(edge) if edge.source in loaded and _is_transform(edge) else edge for edge in known], found


def _is_transform(edge: Edge) -> bool:
    return edge.kind == "DERIVES" and edge.attributes.get("operation") == "transform"


def _as_prediction(edge: Edge) -> Edge:
    given = {name: value for name, value in edge.attributes.items() if name not in ("operation", "state")}
    return replace(edge, kind="PREDICTS", attributes=given)
