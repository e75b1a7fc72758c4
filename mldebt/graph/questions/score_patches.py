"""Predictions that are changed by hand, in some cases only, before they are published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.datasets import is_for_people
from mldebt.graph.questions.jobs import is_at_work, is_put_away
from mldebt.graph.questions.lineage import VALUES, ColumnFlow, Path, origins, path_between
from mldebt.graph.questions.loops import outside_predictions
from mldebt.graph.questions.patched_terms import Patch, patches_in
from mldebt.graph.questions.rowsets import parts
from mldebt.terms import Term, predicted, substitute

_AVAILABLE = re.compile(r"open|clos|avail|activ|valid|exist|stock|invent|listed|discontinu|status", re.IGNORECASE)
_UNITS = re.compile(r"(^|_)(unit|units|currency|scale|metric|log|transform\w*)(_|$)", re.IGNORECASE)


class PatchedScore(Struct, frozen=True):
    """A prediction that leaves the program changed by hand: where it goes to, in which columns, and the changes.

    `path` leads from the model to where it is written or sent.
    """

    prediction: str
    target: str
    columns: tuple[str, ...]
    patches: tuple[Patch, ...]
    path: Path

    @property
    def leaving(self) -> Edge:
        return self.path[-1]


def patched_scores(graph: Graph) -> list[PatchedScore]:
    """One for each place where a prediction is written or sent."""
    found: dict[object, PatchedScore] = {}
    for edge in graph.edges_of_kind("WRITES", "DERIVES"):
        if edge.kind == "WRITES" or edge.attributes.get("operation") == "respond":
            for patched in _patched(graph, edge):
                found.setdefault((patched.prediction, patched.target, patched.leaving.sites), patched)
    return list(found.values())


def _patched(graph: Graph, edge: Edge) -> Iterator[PatchedScore]:
    terms = _terms(graph, edge)
    if not terms or is_for_people(graph[edge.target]) or not _publishes(graph, edge):
        return
    known = _known_columns(graph, edge)
    by_prediction: dict[str, dict[str, tuple[Patch, ...]]] = {}
    for name, term in terms.items():
        for prediction, patches in patches_in(term).items():
            told = tuple(patch for patch in patches if _is_on_data(patch, known))
            if told:
                by_prediction.setdefault(prediction, {})[name] = told
    for prediction, columns in sorted(by_prediction.items()):
        way = path_between(graph, [prediction], {edge.source}, VALUES, allowed=outside_predictions)
        if prediction == edge.source:
            way = ()
        if way is not None and not parts(graph, [prediction]):
            made = graph.into(prediction, "PREDICTS")[:1]
            patches = tuple(dict.fromkeys(patch for told in columns.values() for patch in told))
            yield PatchedScore(prediction, edge.target, tuple(columns), patches, (*made, *way, edge))


def _terms(graph: Graph, edge: Edge) -> Mapping[str, Term]:
    """Written columns that depend on a case, with their predictions as such: those of the program itself, and those
    that it reads."""
    told = edge.attributes.get("adjusted")
    found = (
        {str(name): term for name, term in told.items() if isinstance(term, Term)} if isinstance(told, Mapping) else {}
    )
    computed = edge.attributes.get("computed")
    for name, term in computed.items() if isinstance(computed, Mapping) else ():
        if isinstance(term, Term) and any(part.op == "where" for part in term.walk()):
            named = _with_predictions(graph, (edge.target, str(name)), term)
            if named is not None:
                found.setdefault(str(name), named)
    return found


def _with_predictions(graph: Graph, ref: tuple[str, str], term: Term) -> Term | None:
    """The term with stored predictions in the place of the columns that hold them; None where there are none."""
    stored = graph.once(_stored_predictions)
    known = graph.once(ColumnFlow).before([ref]) & stored.keys()
    held = {name: stored[owner, name] for owner, name in sorted(known) if owner != ref[0]}

    def of(part: Term) -> Term:
        name = part.setting("name")
        return predicted(held[name]) if part.op == "column" and name in held else part

    return substitute(term, of) if held.keys() & term.columns else None


def _stored_predictions(graph: Graph) -> dict[tuple[str, str], str]:
    """Columns of data sets that hold a prediction as it is, or changed, with the prediction."""
    flow = graph.once(ColumnFlow)
    return {
        ref: node.id
        for node in graph.of_kind("prediction")
        for ref in flow.after(flow.of_node(node.id))
        if ref[0].startswith("dataset:")
    }


def _publishes(graph: Graph, edge: Edge) -> bool:
    """Whether code at work writes it that scores or serves, or that only passes scores on."""
    units = [graph.unit_of(site) for site in edge.sites]
    return any(
        is_at_work(unit)
        and not is_put_away(unit)
        and (unit.production or unit.roles & {"score", "serve"} or not unit.roles & {"train", "eval"})
        for unit in units
    )


def _known_columns(graph: Graph, edge: Edge) -> frozenset[str]:
    """Names of all columns of what is written and of what it is made of: what else a condition asks is no data."""
    nodes = origins(graph, [edge.source, edge.target], ("DERIVES", "READS", "WRITES"))
    return frozenset(column.name for node in nodes for column in graph[node].columns)


def _is_on_data(patch: Patch, known: frozenset[str]) -> bool:
    asked = patch.test.columns
    if not asked or not asked <= known or any(_UNITS.search(name) for name in asked):
        return False
    return not (patch.sets_nothing and any(_AVAILABLE.search(name) for name in asked))
