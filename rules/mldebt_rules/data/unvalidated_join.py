"""Joins into training data that repeat rows as soon as a key occurs twice."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.joins import LookUp, unvalidated_joins
from mldebt.rules.fix import Keyword
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted, listed, literal


class UnvalidatedJoin(Rule):
    code = "MLD214"
    name = "unvalidated-join"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for same in by_cause(unvalidated_joins(graph), _causes):
            yield self._found(graph, same)

    def _found(self, graph: Graph, same: list[LookUp]) -> Finding:
        """One for the tables that a function joins by the same keys, or by several, one after the other."""
        same = sorted(same, key=lambda each: each.sites)
        found = same[0]
        model = display(graph[found.path[-1].target])
        keys = " or ".join(listed(names, 4) for names in dict.fromkeys(each.keys for each in same))
        one = "the same combination of " if len(found.keys) > 1 else "a value of "
        tables, joined = found.lookup.name, "It is joined"
        if others := {each.lookup.id for each in same} - {found.lookup.id}:
            tables = f"{found.lookup.name} or {counted(len(others), 'other table')}"
            joined = "Each is joined"
        return self.finding(
            f"If {tables} ever holds {one}{keys} twice, rows that {model} learns from are silently "
            f"doubled. {joined} to {found.base} by {keys}, and nothing declares or proves that a row there is the only "
            "one.",
            subject=[f"{each.lookup.id}#{','.join(each.keys)}" for each in same],
            locations=dict.fromkeys(site for each in same for site in each.sites),
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            fixes=[_validated(same)] if all(each.checkable for each in same) else (),
            effort_minutes=10 * len(same),
            properties={"keys": list(found.keys)},
        )


def _causes(found: LookUp) -> list[tuple[str, object]]:
    """One function, and the same keys or the same table: where one goes and where it ends."""
    return [(found.scope, found.keys), (found.scope, found.lookup.id)]


def _cardinality(found: LookUp) -> str:
    return "m:1" if found.side == "right" else "1:m"


def _validated(same: list[LookUp]) -> Fix:
    """It may raise where nothing did: that is what it is for."""
    changes = tuple(
        Keyword(site, "merge", "validate", f'"{_cardinality(each)}"') for each in same for site in each.sites
    )
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
