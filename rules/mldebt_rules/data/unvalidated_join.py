"""Joins into training data that repeat rows as soon as a key occurs twice."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.joins import LookUp, unvalidated_joins
from mldebt.rules.model import Finding, Rule, Settings, certainty
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
            effort_minutes=10,
            properties={"keys": list(found.keys)},
        )


def _help(found: LookUp) -> str:
    if found.checkable:
        cardinality = "m:1" if found.side == "right" else "1:m"
        return (
            f'Let the join check it: `validate="{cardinality}"` raises as soon as a key is there twice. Where that may '
            f"happen, say which row counts first: `drop_duplicates({literal(found.keys)})`."
        )
    return (
        f"Make it true before the join, `dropDuplicates({literal(found.keys)})`, or compare the number of rows before "
        "and after and fail where they differ."
    )
