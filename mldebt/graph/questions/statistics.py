"""Statistics over rows: what computes them, and which values carry them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.lineage import origins, reachable
from mldebt.graph.questions.rows import rows_of
from mldebt.sites import Site

CATEGORIES = frozenset({"encoder"})
"""Families of transformers that only list the values that occur, unless they learn from the label; that a value exists
is no leak worth a word."""

TEXTS = frozenset({"text"})
"""Families that count words: of a list of distinct texts they learn what is on it, not how often rows have it."""

UNMIXED = frozenset({
    "group", "made", "get_dummies", "factorize", "cut", "encode", "rank", "codes", "astype",
})  # fmt: skip
"""Operations whose state is a list of values or bounds, or that make rows of another kind."""


class Learned(Struct, frozen=True):
    """A statistic over rows: what computes it, on which rows, and the node whose values carry it."""

    fit: Edge
    rows: str
    carrier: Node

    @property
    def groups(self) -> bool:
        """Whether rows were put into groups by how near they are to each other: which group says something of all."""
        return self.carrier.attributes.get("task") == "clusterer"

    @property
    def transformer(self) -> Node | None:
        return self.carrier if self.carrier.kind == "model" else None

    @property
    def site(self) -> Site:
        """Where it is learned; what was computed before is only used at the edge."""
        told = self.fit.attributes.get("learned") or self.carrier.attributes.get("learned")
        return told if isinstance(told, Site) and not self.of_groups else min(self.fit.sites)

    @property
    def of_groups(self) -> bool:
        return self.fit.attributes.get("operation") == "group"


def learned_statistics(graph: Graph) -> Iterator[Learned]:
    """Fits of transformers that learn from many rows, and values computed with a statistic over rows."""
    for edge in graph.edges_of_kind("FITS"):
        if learns_from_rows(graph, graph[edge.target]) and rows_of(graph, edge.source) and not _of_a_list(graph, edge):
            yield Learned(edge, rows_of(graph, edge.source), graph[edge.target])
    for edge in graph.edges_of_kind("TRAINS_ON"):
        model = graph[edge.target]
        useful = _chooses_columns(graph, model) or _groups_rows(graph, model)
        if useful and rows_of(graph, edge.source):
            yield Learned(edge, rows_of(graph, edge.source), graph[edge.target])
    for edge in graph.edges_of_kind("DERIVES"):
        operation = str(edge.attributes.get("operation", ""))
        source, target = graph[edge.source], graph[edge.target]
        carried_on = bool(source.attributes.get("state"))
        if source.kind == "model" or target.kind != "frame" or carried_on:
            continue
        if operation == "group" and edge.attributes.get("state") and rows_of(graph, source.id):
            yield Learned(edge, rows_of(graph, source.id), target)
        if operation in UNMIXED:
            continue
        mixes = edge.attributes.get("state") or (target.attributes.get("state") and operation == "changed")
        if mixes and rows_of(graph, source.id) and _enters_features(graph, target, edge):
            yield Learned(edge, rows_of(graph, source.id), target)


def _chooses_columns(graph: Graph, model: Node) -> bool:
    """Whether what a model found important says which columns another one is given."""
    made = graph.out(model.id, "DERIVES") if model.attributes.get("weighs") else ()
    return any(edge.attributes.get("operation") == "transform" for edge in made)


def _groups_rows(graph: Graph, model: Node) -> bool:
    """Whether the group of each row becomes a feature: `df["area"] = KMeans(8).fit_predict(df[["lat", "lon"]])`."""
    return model.attributes.get("task") == "clusterer" and any(
        graph[edge.target].kind == "frame" and _enters_features(graph, graph[edge.target], edge)
        for told in told_by(graph, model)
        for edge in graph.out(told, "DERIVES")
    )


def told_by(graph: Graph, model: Node) -> list[str]:
    """The model, and what it says of rows."""
    return [model.id, *(edge.target for edge in graph.out(model.id, "PREDICTS"))]


def _of_a_list(graph: Graph, fit: Edge) -> bool:
    """Whether only which texts there are is learned, of a list that has each once."""
    return bool(fit.attributes.get("distinct")) and graph[fit.target].attributes.get("family") in TEXTS


def learns_from_rows(graph: Graph, model: Node) -> bool:
    """False for what works on each row by itself, only lists the values that occur, or is of a class that is not known.

    A composite learns what its parts learn; of parts that are classes of one's own that isn't known.
    """
    known = str(model.attributes.get("class", "unknown")) != "unknown"
    lists = model.attributes.get("family") in CATEGORIES and not model.attributes.get("supervised")
    if not known or model.attributes.get("stateless") or lists:
        return False
    parts = [graph[e.source] for e in graph.into(model.id, "DERIVES") if e.attributes.get("operation") == "step"]
    return any(learns_from_rows(graph, part) for part in parts) if parts else not model.attributes.get("composite")


def _enters_features(graph: Graph, frame: Node, edge: Edge) -> bool:
    """Whether the columns that a statement computes go on into features; one that only makes the label is no leak."""
    sites = set(edge.sites)
    made = [column for owner in owners_of(graph, frame, edge) for column in owner.columns if set(column.sites) & sites]
    kinds = {use.kind for column in made for use in column.uses}
    somehow = "escape" in kinds and "label" not in kinds  # of a label, the names of columns that a loop goes over tell
    return not made or somehow or bool(kinds & {"feature", "value", "state"})


def owners_of(graph: Graph, frame: Node, edge: Edge) -> list[Node]:
    """What the statement of an edge makes of a value until it is stored: `(y - y.mean()) / y.std()`."""
    sites = set(edge.sites)
    made = reachable(graph, [frame.id], ("DERIVES",), allowed=lambda each: bool(set(each.sites) & sites))
    return [graph[node] for node in made]


def is_drawn(graph: Graph, frame: str) -> bool:
    """Whether all that a frame is made of was made up in the code, and some of it drawn at random.

    There are no rows of the world in it, so that nothing can be learned of them before the time.
    """
    drawn = False
    for node in (graph[name] for name in origins(graph, [frame], ("DERIVES", "READS"))):
        sources = graph.into(node.id, "DERIVES", "READS")
        written_here = bool(node.attributes.get("literal"))
        at_random = bool(node.attributes.get("random"))
        if node.kind == "dataset" and node.attributes.get("store") == "memory":
            continue
        known = node.kind == "model" or written_here or at_random or bool(sources)
        if not known or node.attributes.get("mixed") or node.kind not in ("frame", "model", "prediction"):
            return False
        drawn |= at_random
    return drawn
