"""Features of one model that carry the same signal."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.twins import Feature, Twins, twin_features
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import described, display, place, step
from mldebt.sites import Site
from mldebt.terms import brief
from mldebt_rules.wording import counted, listed


class DuplicateDerivedFeature(Rule):
    code = "MLD209"
    name = "duplicate-derived-feature"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in twin_features(graph):
            yield self._found(graph, found)

    def _found(self, graph: Graph, found: Twins) -> Finding:
        names, first = [feature.name for feature in found.features], found.trainings[0]
        models = {edge.target for edge in found.trainings}
        more = f" and {counted(len(models) - 1, 'more model')}" if len(models) > 1 else ""
        return self.finding(
            f"{listed(names)} are the same signal {_how(found)}, and {display(graph[first.target])}{more} learns from "
            f"{'both' if len(names) == 2 else 'all of them'}. Twins share their importance, so each looks weak, and "
            "leaving out one of them changes nothing: a test would say that none is needed.",
            subject=[f"{first.target}#{name}" for name in names],
            locations=dict.fromkeys((*_places(found.features), *(place(edge) for edge in found.trainings))),
            path=[*_steps(graph, found), step(graph, first)],
            evidence=certainty(weakest(edge.evidence for edge in found.trainings)),
            help=f"Keep `{names[0]}`, and take {listed(names[1:])} out of the list of features and out of the code, in "
            "training and serving alike.",
            effort_minutes=20,
            properties={"features": names},
        )


def _how(found: Twins) -> str:
    if found.equal:
        return f"({brief(found.features[0].term)})"
    return "(" + ", ".join(f"`{each.name}` is {brief(each.term)}" for each in found.features if each.site) + ")"


def _places(features: Iterable[Feature]) -> list[Site]:
    return sorted((feature.site for feature in features if feature.site is not None), reverse=True)


def _steps(graph: Graph, found: Twins) -> list[Step]:
    source = found.trainings[0].source
    return [
        Step(source, f"`{feature.name}` is {brief(feature.term)}", feature.site)
        if feature.site
        else Step(source, f"`{feature.name}` is a column of {described(graph[source])}")
        for feature in found.features
    ]
