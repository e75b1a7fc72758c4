"""Models that nobody holds to the names of their inputs."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.signatures import (
    NamesThrownAway,
    NoSignature,
    models_without_signature,
    names_thrown_away,
)
from mldebt.rules.fix import Names
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.wording import listed


class UnenforcedModelSignature(Rule):
    code = "MLD608"
    name = "unenforced-model-signature"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in names_thrown_away(graph):
            yield self._thrown_away(graph, found)
        for missing in models_without_signature(graph):
            yield self._unsigned(graph, missing)

    def _thrown_away(self, graph: Graph, found: NamesThrownAway) -> Finding:
        trained, asked = min(found.path[0].sites), min(found.path[-1].sites)
        return self.finding(
            f"{found.artifact.name} learned from a table with names and is asked with a bare array in {asked}. "
            f"{trained} trains it on {listed(found.columns.names)}; without the names nothing notices when a column is "
            "added, dropped or moved on one side.",
            subject=[found.artifact.id, found.path[-1].target],
            locations=[asked, trained],
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help="Pass the table itself, model.predict(frame[FEATURES]), with the list that training uses.",
            fixes=[Fix("Pass the table with its names", (Names(asked),))],
            effort_minutes=20,
        )

    def _unsigned(self, graph: Graph, found: NoSignature) -> Finding:
        stored, trained = min(found.saving.sites), min(found.training.sites)
        return self.finding(
            f"{found.artifact.name} is stored without a signature in {stored}. It takes "
            f"{listed(found.columns.names)} ({trained}), which nobody who loads it is held to: what is missing is only "
            "found by a wrong answer.",
            subject=[found.artifact.id],
            locations=[stored, trained],
            path=witness(graph, (found.training, found.saving)),
            evidence=certainty(weakest((found.training.evidence, found.saving.evidence))),
            help=f"signature = infer_signature(X_train, {display(graph[found.training.target])}.predict(X_train)), and "
            "store the model with signature=signature and input_example=X_train.head().",
            effort_minutes=20,
        )
