"""Sources whose failure becomes an ordinary value on the way to a model."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import is_aside, is_at_work
from mldebt.graph.questions.lineage import Path, path_between
from mldebt.sites import Site

OUTSIDE = ("http", "table", "object", "topic", "s3", "gcs", "gs", "azure", "abfs", "redis")
LEARNING = ("TRAINS_ON", "LABELS")


class Defaulted(Struct, frozen=True):
    """A source, where its failure is caught, what then stands in its place, and how that comes to a model."""

    source: Node
    caught: Site
    shown: str
    model: Node
    path: Path
    columns: tuple[str, ...]


def defaulted_sources(graph: Graph) -> Iterator[Defaulted]:
    for frame in graph.of_kind("frame"):
        told = frame.attributes.get("defaulted")
        if not isinstance(told, (tuple, list)) or len(told) != 2 or not isinstance(told[0], Site):
            continue
        unit = graph.unit_of(told[0])
        for read in graph.into(frame.id, "READS") if is_at_work(unit) and not is_aside(unit) else ():
            source = graph[read.source]
            if source.attributes.get("store") in OUTSIDE and source.attributes.get("external"):
                found = _reached(graph, frame, read, told[0], str(told[1]))
                if found is not None:
                    yield found
                    break


def _reached(graph: Graph, frame: Node, read: Edge, caught: Site, shown: str) -> Defaulted | None:
    """The model that is given what was read as a feature."""
    ends = {edge.source: edge for edge in graph.edges_of_kind(*LEARNING)}
    ends.update({made.source: use for use in graph.edges_of_kind("PREDICTS") for made in _given(graph, use)})
    way = path_between(graph, [frame.id], ends.keys() - {frame.id}, ("DERIVES",))
    if way is None:
        return None
    columns = _features(graph, {frame.id, read.source}) or _one_value(graph, read, way)
    if not columns:
        return None
    last = ends[way[-1].target]
    model = graph[last.target if last.kind in LEARNING else last.source]
    return Defaulted(graph[read.source], caught, shown, model, (read, *way, last), columns)


def _given(graph: Graph, use: Edge) -> list[Edge]:
    return [edge for edge in graph.into(use.target, "DERIVES") if edge.attributes.get("operation") == "predict"]


def _one_value(graph: Graph, read: Edge, way: Path) -> tuple[str, ...]:
    """The column that a value without columns of its own becomes: the only one of the row of which nothing is known."""
    if graph[read.source].columns or graph[read.target].columns:
        return ()
    row = graph[way[-1].target]
    found = [one for one in row.columns if one.source == "derived" and not one.derived_from and one.expression is None]
    return tuple(one.name for one in found if any(use.kind == "feature" for use in one.uses)) if len(found) == 1 else ()


def _features(graph: Graph, owners: set[str]) -> tuple[str, ...]:
    """The columns that are made of what was read and that a model is given."""
    made = (
        column
        for node in graph.of_kind("frame")
        for column in node.columns
        if any(owner in owners for owner, _ in column.derived_from)
    )
    return tuple(sorted({column.name for column in made if any(use.kind == "feature" for use in column.uses)}))
