"""MLD501: a prediction is compared with a number that is written into the code."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.cutoffs import Cutoff, Cutoffs, written_cutoffs
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.serving import stored_as
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted


class HardcodedDecisionThreshold(Rule):
    code = "MLD501"
    name = "hardcoded-decision-threshold"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for same in by_cause(written_cutoffs(graph), lambda one: [(cutoff.site, one.file) for cutoff in one.found]):
            yield self._found(graph, max(same, key=lambda one: len(one.found)), same)

    def _found(self, graph: Graph, cutoffs: Cutoffs, same: list[Cutoffs]) -> Finding:
        numbers = list(dict.fromkeys(_number(one) for one in cutoffs.found))
        first = cutoffs.found[0]
        edges = [*graph.into(cutoffs.model.id, "LOADS")[:1], cutoffs.asked, first.edge]
        return self.finding(
            f"{cutoffs.file} compares what {_predicts(graph, cutoffs, same)} with {_all(numbers)}, written into the "
            "code. No evaluation chose that and nothing ties it to the model: after the next training the same number "
            "lets another share of cases through, and nobody is told.",
            subject=(cutoffs.model.id, cutoffs.file),
            locations=list(dict.fromkeys(one.site for one in cutoffs.found)),
            path=[*witness(graph, edges), *_other_steps(cutoffs.found[1:]), *_definitions(cutoffs.found)],
            evidence=certainty(weakest(edge.evidence for edge in edges)),
            help="Choose it on held-out data and store it with the model: "
            "TunedThresholdClassifierCV(model, scoring=...).fit(X, y) learns and keeps it, or write it beside the "
            'artifact ({"threshold": ...}) in the job that trains and read it here. Until then, a setting with the '
            "date and the data that it was chosen on is better than a number in the code.",
            effort_minutes=60,
            properties={"thresholds": sorted({one.threshold for one in cutoffs.found})},
        )


def _predicts(graph: Graph, cutoffs: Cutoffs, same: list[Cutoffs]) -> str:
    """Who answers: one number may be held against the answers of several models."""
    stored = stored_as(graph, cutoffs.model)
    tried = bool(stored.sites) and all(is_aside(graph.unit_of(site)) for site in stored.sites)
    model = "a model" if tried else display(stored)  # which one, only a test says
    return f"{model} predicts" if len(same) == 1 else f"{model} and {counted(len(same) - 1, 'more model')} predict"


def _number(cutoff: Cutoff) -> str:
    shown = f"{cutoff.threshold:g}"
    return f"`{cutoff.constant}` = {shown}" if cutoff.constant else shown


def _all(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"


def _other_steps(found: tuple[Cutoff, ...]) -> list[Step]:
    return [Step(one.decision.id, f"compared with {_number(one)}", one.site, "DECIDES") for one in found]


def _definitions(found: tuple[Cutoff, ...]) -> list[Step]:
    defined = {one.constant: one for one in found if one.defined is not None}
    return [Step(one.decision.id, f"`{name}` is set", one.defined) for name, one in defined.items()]
