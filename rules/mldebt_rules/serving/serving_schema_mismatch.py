"""Models that are given other columns where they serve than where they were trained."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.serving import SchemaMismatch, serving_mismatches
from mldebt.rules.fix import Columns
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import listed, literal, opening


class ServingSchemaMismatch(Rule):
    code = "MLD605"
    name = "serving-schema-mismatch"
    severity = "critical"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        in_order = sorted(serving_mismatches(graph), key=lambda one: (min(one.path[-1].sites), one.artifact.id))
        for found, *_ in by_cause(in_order, _places):
            yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: SchemaMismatch) -> Finding:
        training, use = found.path[0], found.path[-1]
        return self.finding(
            f"{opening(found.artifact.name)} is given other columns than it was trained on: {_difference(found)}. "
            f"{min(training.sites)} trains {display(found.model)} on {listed(_wanted(found), 12)}; "
            f"{min(use.sites)} passes {listed(found.served.names, 12)}. {_consequence(found)}",
            subject=[found.artifact.id, use.target],
            locations=[min(use.sites), min(training.sites)],
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            fixes=[] if found.missing else [_in_order(found)],
            effort_minutes=120,
            severity="high" if found.loud else None,
            properties={"missing": list(found.missing), "extra": list(found.extra), "order": found.reordered},
        )


def _places(found: SchemaMismatch) -> Iterable[tuple[object, ...]]:
    """Where it is trained and where it is asked: a method that several callers use is one place, and so are the places
    of a file that all pass the same, whichever stored version of the model they ask."""
    yield (found.artifact.id, min(found.path[0].sites), min(found.path[-1].sites))
    use = min(found.path[-1].sites).file
    yield (min(found.path[0].sites), use, found.missing, found.extra, found.reordered, found.served.names)


def _wanted(found: SchemaMismatch) -> tuple[str, ...]:
    return found.trained.taken or found.trained.names


def _difference(found: SchemaMismatch) -> str:
    if found.reordered:
        return "the same columns in another order"
    parts = [f"{listed(found.missing)} missing"] if found.missing else []
    parts += [f"{listed(found.extra)} unknown to it"] if found.extra else []
    return " and ".join(parts)


def _consequence(found: SchemaMismatch) -> str:
    if found.loud:
        return "The prediction raises an error as soon as this code runs."
    how = "values are matched by position" if not found.reordered else "columns are matched by position"
    return f"Nothing raises: {how}, so every prediction is made from the wrong columns."


def _in_order(found: SchemaMismatch) -> Fix:
    names = _wanted(found)
    return Fix(
        "Pass the columns that the model learned from, in their order", (Columns(min(found.path[-1].sites), names),)
    )


def _help(found: SchemaMismatch) -> str:
    names = literal(_wanted(found))
    return (
        f"Keep one list, FEATURES = {names}, in a module that both sides import, train on df[FEATURES] and predict on "
        "frame[FEATURES]; or store the list beside the model and select with it after loading."
    )
