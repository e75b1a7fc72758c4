"""Fitted preprocessing that a model learned behind, and that is missing where it is asked."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.asked import DetachedPreprocessing as Detached
from mldebt.graph.questions.asked import detached_preprocessing
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import display, spoken, witness
from mldebt_rules.wording import listed, opening


class DetachedPreprocessing(Rule):
    code = "MLD602"
    name = "detached-preprocessing"
    severity = "critical"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in detached_preprocessing(graph):
            yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: Detached) -> Finding:
        asked, fitted = min(found.path[-1].sites), min(found.fitting.sites)
        kept = (
            f"It is stored in {spoken(found.stored.name)}, which nothing loads there"
            if found.stored
            else "It is stored nowhere"
        )
        return self.finding(
            f"{opening(found.artifact.name)} is asked in {asked} without {display(found.transformer)}, which changed "
            f"what it learned from. {fitted} fits it on {listed(found.columns)}. {kept}, so the model gets values "
            "on another scale than it knows.",
            subject=[found.transformer.id, found.path[-1].target],
            locations=[asked, fitted],
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            effort_minutes=90,
        )


def _help(found: Detached) -> str:
    whole = "Train and store one pipeline, make_pipeline(transformer, model), so that the two can't be separated"
    if found.stored is None:
        return f"{whole}."
    return f"{whole}; or load {spoken(found.stored.name)} beside the model and call its transform before predict."
