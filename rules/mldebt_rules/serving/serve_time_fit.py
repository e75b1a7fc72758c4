"""Transformers that are fitted on what a model is asked about, instead of what it learned from."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.asked import ServeTimeFit, serve_time_fits
from mldebt.graph.questions.serving import stored_as
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.causes import by_cause


class ServeTimeFitted(Rule):
    code = "MLD603"
    name = "serve-time-fit"
    severity = "critical"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for first, *others in by_cause(serve_time_fits(graph), _causes):
            yield self._finding(graph, first, others)

    def _finding(self, graph: Graph, found: ServeTimeFit, others: list[ServeTimeFit]) -> Finding:
        site, asked = min(found.fitting.sites), min(found.path[-1].sites)
        model = display(stored_as(graph, found.model))
        return self.finding(
            f"{display(found.transformer)} is fitted in {site} on the data that {model} is then asked about in {asked}."
            " What the model learned was changed by the statistics of its training data; here the same value becomes "
            f"another one in every batch, and a single row loses all of it.{_also(others)}",
            subject=[found.transformer.id],
            locations=dict.fromkeys([site, asked, *(min(other.fitting.sites) for other in others)]),
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help="Fit it in training, store it with the model, best as steps of one pipeline "
            "(make_pipeline(transformer, model)), load it here and call transform only.",
            effort_minutes=120,
        )


def _causes(found: ServeTimeFit) -> list[tuple[str, str]]:
    """One cause: whatever a file fits for the same question to a model."""
    return [(min(found.fitting.sites).file, str(min(found.path[-1].sites)))]


def _also(others: list[ServeTimeFit]) -> str:
    fitted = [f"{display(other.transformer)} at {min(other.fitting.sites)}" for other in others]
    if not fitted:
        return ""
    return f" The same holds for {', '.join(fitted[:-1]) + ' and ' if fitted[:-1] else ''}{fitted[-1]}."
