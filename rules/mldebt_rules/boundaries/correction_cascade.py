"""MLD103: a model is trained on another model's output for the same target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph, Node
from mldebt.graph.questions.cascades import Cascade, correction_cascades
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.models import Models
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted


class CorrectionCascade(Rule):
    code = "MLD103"
    name = "correction-cascade"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        models = graph.once(Models)
        corrected: dict[str, list[Cascade]] = {}
        for cascade in correction_cascades(graph):
            if evidence_of(cascade.path) != "guessed":
                corrected.setdefault(models.artifact(cascade.corrector), []).append(cascade)
        for same in by_cause(
            sorted(corrected), lambda name: [frozenset(place(one.path[0]) for one in corrected[name])]
        ):
            yield self.found(graph, models, [graph[name] for name in same], [corrected[name] for name in same])

    def found(
        self, graph: Graph, models: Models, correctors: Sequence[Node], found: Sequence[Sequence[Cascade]]
    ) -> Finding:
        """One for the models that learn from the same predictions."""
        cascades, corrector = found[0], correctors[0]
        cascade = max(cascades, key=lambda one: (one.same_column, one.depth))
        bases = [graph[name] for name in dict.fromkeys(models.artifact(one.base) for one in cascades)]
        fits = (place(one.path[-1]) for each in found[1:] for one in each)
        return self.finding(
            _message(cascade, bases, correctors),
            subject=[node.id for node in correctors],
            locations=dict.fromkeys((place(cascade.path[-1]), *(place(one.path[0]) for one in cascades), *fits)),
            path=witness(graph, cascade.path),
            evidence=_evidence(cascade),
            help=_help(bases[0], corrector),
            effort_minutes=480 * (cascade.depth - 1),
            severity="critical" if cascade.depth >= 3 else "high",
            properties={"depth": cascade.depth},
        )


def _evidence(cascade: Cascade) -> str:
    level = certainty(evidence_of(cascade.path))
    return level if cascade.same_column or level == "heuristic" else "likely"


def _message(cascade: Cascade, bases: Sequence[Node], correctors: Sequence[Node]) -> str:
    corrector = correctors[0]
    learns = f"`{corrector.name}` learns"
    if len(correctors) > 1:
        learns = f"`{corrector.name}` and {counted(len(correctors) - 1, 'more model')} learn"
    chain = "" if cascade.depth == 2 else f", in a chain of {cascade.depth} models"
    base = bases[0]
    others = "" if len(bases) == 1 else f" and {len(bases) - 1} more"
    return (
        f"{learns} to correct `{base.name}`{others} on the same label, `{cascade.label}`{chain}. "
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
