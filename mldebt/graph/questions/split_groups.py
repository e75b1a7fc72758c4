"""Splits by chance of rows of which several belong to one person, patient or session."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.assessments import Assessment, assessments
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.learned_columns import Learned, LearnedColumns
from mldebt.graph.questions.overlap import RowSides
from mldebt.graph.questions.time_order import ShuffledSplits, shuffled_time
from mldebt.sites import Site
from mldebt.terms import Term

_SOMEBODY = re.compile(
    r"(?:^|[_\W])(patients?|subjects?|persons?|people|participants?|customers?|clients?|users?|members?|sessions?|"
    r"visitors?|accounts?|households?|borrowers?|applicants?|employees?|students?|drivers?|speakers?|respondents?|"
    r"policyholders?|hadm|stay|encounters?)(?:[_\W]?(?:id|uuid|key|no|num|number|code|sk))?$",
    re.IGNORECASE,
)
"""Keys of those that a model is to meet for the first time; places and products it meets again."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class SplitApart(Struct, frozen=True):
    """A model that is judged by rows of those whose other rows it learned from.

    `column`: what is computed within the rows of each of them, who therefore has several.
    """

    model: Node
    assessment: Assessment
    split: Edge
    key: str
    column: str
    site: Site | None


def split_groups(graph: Graph) -> Iterator[SplitApart]:
    """For each model the first figure on rows of entities that are on both sides of a split."""
    asked, columns, sides = ShuffledSplits(graph), LearnedColumns(graph), RowSides(graph)
    done = {found.model.id for found in shuffled_time(graph)}
    for one in sorted(assessments(graph), key=lambda one: (one.model.id, min(one.evaluation.sites))):
        aside = all(is_aside(graph.unit_of(site)) for site in one.evaluation.sites)
        if not one.measured or one.model.id in done or aside or _is_of_groups(graph, sides, one):
            continue
        split = asked.split_of(one)
        told = _repeated(graph, columns, one) if split is not None else None
        if split is not None and told is not None:
            done.add(one.model.id)
            learned, key = told
            yield SplitApart(one.model, one, split, key, learned.name, learned.site)


def _repeated(graph: Graph, columns: LearnedColumns, one: Assessment) -> tuple[Learned, str] | None:
    """A column that is computed within the rows of somebody, who therefore has several; no input of the model."""
    edges = [one.evaluation] if one.how == "cross_validate" else graph.into(one.model.id, "TRAINS_ON", "LABELS")
    inputs = {str(name) for edge in edges for name in _names(edge)}
    for edge in edges:
        for learned in columns.of(edge, within_somebody):
            key = within_somebody(learned.term)
            if key not in inputs:
                return learned, key
    return None


def _names(edge: Edge) -> tuple[object, ...]:
    names = edge.attributes.get("columns")
    return tuple(names) if isinstance(names, (tuple, list)) else ()


def _is_of_groups(graph: Graph, sides: RowSides, one: Assessment) -> bool:
    """Whether the rows are one of each group already, or each kept once."""
    if not one.trained:
        return True
    known = (graph.rowsets.get(rows) for rows in sides.chain(one.trained))
    return any(rows is not None and rows.operation in ("group", "aggregate", "distinct", "drop_duplicates", "pivot")
               for rows in known)  # fmt: skip


def within_somebody(term: Term) -> str:
    """The key of somebody within whose rows a value is computed, "" for none."""
    for part in term.walk():
        keys = json.loads(part.setting("by") or "[]") if part.op == "over" else []
        if len(keys) == 1 and isinstance(keys[0], str) and _SOMEBODY.search(_CAMEL.sub("_", keys[0])):
            return keys[0]
    return ""
