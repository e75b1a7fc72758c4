"""Splits by chance of rows that stand in a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, RowSet
from mldebt.graph.questions.assessments import Assessment, assessments
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.learned_columns import STORED, LearnedColumns
from mldebt.graph.questions.lineage import origins, path_between
from mldebt.graph.questions.overlap import RowSides
from mldebt.graph.questions.rows import rows_of
from mldebt.sites import Site
from mldebt.terms.across import looks_across


class Lagged(Struct, frozen=True):
    """A column of a training that is computed from neighbouring rows, where that is, and by which operation."""

    name: str
    op: str
    site: Site | None


class SplitByChance(Struct, frozen=True):
    """A model whose figure comes of rows that lie between those that it learned from. `split` is where chance decides:
    the edge of a part, or the evaluation by shuffled folds.
    """

    model: Node
    assessment: Assessment
    split: Edge
    lagged: tuple[Lagged, ...]


def shuffled_time(graph: Graph) -> Iterator[SplitByChance]:
    """For each model the first figure on rows that chance took from among their neighbours in time."""
    asked = _Shuffled(graph)
    done: set[str] = set()
    for one in sorted(assessments(graph), key=lambda one: (one.model.id, min(one.evaluation.sites))):
        aside = all(is_aside(graph.unit_of(site)) for site in one.evaluation.sites)
        if not one.measured or one.model.id in done or aside:
            continue
        split = asked.split_of(one)
        if split is not None and (lagged := asked.lagged(one) or asked.windows(one, split)):
            done.add(one.model.id)
            yield SplitByChance(one.model, one, split, lagged)


class ShuffledSplits:
    """Where chance divides the rows that a model learned from and those that it is judged by."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sides = RowSides(graph)

    def split_of(self, one: Assessment) -> Edge | None:
        """The shuffled split that the rows of the training and those of the figure are different sides of."""
        if one.how == "cross_validate":
            told = one.evaluation.attributes
            return one.evaluation if told.get("shuffled") and not told.get("grouped") else None
        mine = {known.split: rows for rows in self._sides.chain(one.trained) if (known := self._part(rows))}
        for other in self._sides.chain(one.evaluated):
            known = self._part(other)
            if known is not None and known.split in mine and other != mine[known.split]:
                return self._drawn.get(other)
        return None

    def _part(self, rows: str) -> RowSet | None:
        known = self._graph.rowsets.get(rows)
        return known if known is not None and known.split else None

    @cached_property
    def _drawn(self) -> dict[str, Edge]:
        """Shuffled splits by the rows that they make; what keeps groups together is not among them."""
        edges = [edge for edge in self._graph.edges_of_kind("DERIVES") if edge.attributes.get("shuffled")]
        return {rows_of(self._graph, edge.target): edge for edge in edges if not edge.attributes.get("grouped")}


class _Shuffled(ShuffledSplits):
    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._columns = LearnedColumns(graph)

    def lagged(self, one: Assessment) -> tuple[Lagged, ...]:
        """What the model learned that is computed from neighbouring rows; the label, too."""
        into = self._graph.into(one.model.id, "TRAINS_ON", "LABELS")
        edges = [one.evaluation] if one.how == "cross_validate" else into
        found: dict[str, Lagged] = {}
        for edge in edges:
            for column in self._columns.of(edge, looks_across):
                if not column.made or any(self._stays(node, edge.source) for node in column.made):
                    found.setdefault(column.name, Lagged(column.name, looks_across(column.term), column.site))
        return tuple(found.values())

    def windows(self, one: Assessment, split: Edge) -> tuple[Lagged, ...]:
        """Windows that a loop cut, each one row further than the last, before chance dealt them out."""
        sliding = self._sliding
        made = origins(self._graph, [split.source], ("DERIVES",)) if sliding else ()
        sites = [site for node in made for site in sliding.get(node, ())]
        known = self._graph[one.training.source] if one.training is not None else self._graph[one.frame]
        return (Lagged(known.name, "sliding window", min(sites)),) if sites else ()

    @cached_property
    def _sliding(self) -> dict[str, tuple[Site, ...]]:
        edges = self._graph.edges_of_kind("DERIVES")
        return {edge.target: tuple(edge.sites) for edge in edges if edge.attributes.get("slides")}

    def _stays(self, made: str, frame: str) -> bool:
        """Whether the rows are still neighbours where the model gets them, not one that is left of each thing."""
        way = path_between(self._graph, [made], [frame], STORED) or ()
        return not any(
            edge.attributes.get("distinct") or edge.attributes.get("operation") in ("group", "drop_duplicates")
            for edge in way
        )
