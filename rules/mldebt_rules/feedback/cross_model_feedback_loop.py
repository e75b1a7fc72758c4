"""MLD302: the stored predictions of two or more models go round from one to the next and back."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.cross_loops import CrossLoop, cross_model_loops
from mldebt.graph.questions.hops import Hop
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.models import written_name
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.wording import listed


class CrossModelFeedbackLoop(Rule):
    code = "MLD302"
    name = "cross-model-feedback-loop"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for loop in cross_model_loops(graph):
            if evidence_of(loop.path) != "guessed":
                yield self.found(graph, loop)

    def found(self, graph: Graph, loop: CrossLoop) -> Finding:
        return self.finding(
            _message(graph, loop),
            subject=dict.fromkeys((*loop.models, *(written_name(graph, hop.dataset) for hop in loop.hops))),
            locations=dict.fromkeys(place(edge) for hop in loop.hops for edge in (hop.read, hop.write)),
            path=witness(graph, loop.path),
            evidence=_evidence(loop),
            help=_help(graph, loop),
            effort_minutes=480,
            properties={"models": len(loop.models) + len(loop.others)},
        )


def _message(graph: Graph, loop: CrossLoop) -> str:
    names = [graph[model].name for model in loop.models]
    head = (
        f"{listed(names)} learn from each other's predictions"
        if len(names) == 2 and all(hop.kind != "input" for hop in loop.hops)
        else f"The predictions of {listed(names)} go round: each feeds the next, and the last feeds the first"
    )
    steps = ". ".join(_told(graph, loop, at) for at in range(len(names)))
    others = [graph[model].name for model in loop.others]
    more = f" {listed(others)} {'is' if len(others) == 1 else 'are'} tied into the same circle." if others else ""
    return f"{head}. {steps}.{more} {WHY}"


def _told(graph: Graph, loop: CrossLoop, at: int) -> str:
    hop = loop.hops[at]
    source, target = (graph[loop.models[each]].name for each in (at, (at + 1) % len(loop.models)))
    dataset = graph[written_name(graph, hop.dataset)].name
    what = WORDS[hop.kind].format(columns=_columns(hop), target=target)
    return f"What `{source}` predicts at {place(hop.path[0])} {what}, through `{dataset}` (read at {place(hop.read)})"


def _columns(hop: Hop) -> str:
    named = [column for column in hop.columns if column.strip()]
    return f" ({listed(named)})" if 0 < len(named) <= 3 else ""


def _evidence(loop: CrossLoop) -> str:
    level = certainty(evidence_of(loop.path))
    if any(hop.kind == "unknown" for hop in loop.hops):
        return "heuristic"
    doubtful = any(hop.by_name for hop in loop.hops)
    return "likely" if doubtful and level == "certain" else level


def _help(graph: Graph, loop: CrossLoop) -> str:
    hop, name = loop.hops[-1], graph[loop.models[0]].name
    cut = ", ".join(f'"{column}"' for column in hop.columns if column.strip()) or "..."
    return (
        f"Cut the circle where a signal is easiest to replace. Take what was observed instead of what was predicted: "
        f"at {place(hop.read)} train `{name}` without the other model's output "
        f"(`X = X.drop(columns=[{cut}])`) or on the measured value that it stands for. If both must stay, write the "
        "versions of the models next to every prediction, retrain and evaluate them together, one candidate against "
        "the versions in use, and keep a share of cases out of the reach of both, on which either is judged."
    )


WORDS = {
    "label": "is the label of `{target}`{columns}",
    "feature": "is a feature of `{target}`{columns}",
    "unknown": "is in the training data of `{target}`",
    "input": "is an input{columns} of what `{target}` predicts",
}
WHY = (
    "Each retraining of one changes what the others learn from: an error of one comes back confirmed, and none can "
    "be evaluated alone."
)
