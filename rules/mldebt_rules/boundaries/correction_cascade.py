"""MLD103: a model is trained on another model's output for the same target."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph, Node
from mldebt.graph.questions.cascades import Cascade, correction_cascades
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.models import Models
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness


class CorrectionCascade(Rule):
    code = "MLD103"
    name = "correction-cascade"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for cascade in correction_cascades(graph):
            if evidence_of(cascade.path) != "guessed":
                yield self.found(graph, cascade)

    def found(self, graph: Graph, cascade: Cascade) -> Finding:
        fit, predict = cascade.path[-1], cascade.path[0]
        models = Models(graph)
        base, corrector = (graph[models.artifact(model)] for model in (cascade.base, cascade.corrector))
        return self.finding(
            _message(cascade, base, corrector),
            subject=(base.id, corrector.id),
            locations=(place(fit), place(predict)),
            path=witness(graph, cascade.path),
            evidence=_evidence(cascade),
            help=_help(base, corrector),
            effort_minutes=480 * (cascade.depth - 1),
            severity="critical" if cascade.depth >= 3 else "high",
            properties={"depth": cascade.depth},
        )


def _evidence(cascade: Cascade) -> str:
    level = certainty(evidence_of(cascade.path))
    return level if cascade.same_column or level == "heuristic" else "likely"


def _message(cascade: Cascade, base: Node, corrector: Node) -> str:
    chain = "" if cascade.depth == 2 else f", in a chain of {cascade.depth} models"
    return (
        f"`{corrector.name}` learns to correct `{base.name}` on the same label, `{cascade.label}`{chain}. "
        f"The prediction made at {place(cascade.path[0])} is an input of the fit at {place(cascade.path[-1])}: "
        f"a better `{base.name}` can make `{corrector.name}` worse, so neither can be improved alone."
    )


def _help(base: Node, corrector: Node) -> str:
    return (
        f"Give `{base.name}` the signals that `{corrector.name}` has and it lacks, train it once on the same label, "
        f"and retire `{corrector.name}`. If both must stay: train them in one job, the second on out-of-fold "
        "predictions (`cross_val_predict(base, X, y)`), save them as one artifact, and gate the first "
        "on the metric of the second."
    )
