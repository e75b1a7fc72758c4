"""Joins into training data that repeat rows as soon as a key occurs twice."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.joins import LookUp, unvalidated_joins
from mldebt.rules.fix import Keyword
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.wording import listed, literal


class UnvalidatedJoin(Rule):
    code = "MLD214"
    name = "unvalidated-join"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in unvalidated_joins(graph):
            yield self._found(graph, found)

    def _found(self, graph: Graph, found: LookUp) -> Finding:
        model, keys = display(graph[found.path[-1].target]), listed(found.keys, 4)
        one = "the same combination of " if len(found.keys) > 1 else "a value of "
        return self.finding(
            f"If {found.lookup.name} ever holds {one}{keys} twice, rows that {model} learns from are silently doubled. "
            f"It is joined to {found.base} by {keys}, and nothing declares or proves that a row there is the only one.",
            subject=[f"{found.lookup.id}#{','.join(found.keys)}"],
            locations=found.sites,
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            fixes=[_validated(found)] if found.checkable else (),
            effort_minutes=10,
            properties={"keys": list(found.keys)},
        )


def _cardinality(found: LookUp) -> str:
    return "m:1" if found.side == "right" else "1:m"


def _validated(found: LookUp) -> Fix:
    """It may raise where nothing did: that is what it is for."""
    value = f'"{_cardinality(found)}"'
    changes = tuple(Keyword(site, "merge", "validate", value) for site in found.sites)
    return Fix("Let the join check that its keys are there once", changes)


def _help(found: LookUp) -> str:
    if found.checkable:
        return (
            f'Let the join check it: `validate="{_cardinality(found)}"` raises as soon as a key is there twice. '
            f"Where that may happen, say which row counts first: `drop_duplicates({literal(found.keys)})`."
        )
    return (
        f"Make it true before the join, `dropDuplicates({literal(found.keys)})`, or compare the number of rows before "
        "and after and fail where they differ."
    )
