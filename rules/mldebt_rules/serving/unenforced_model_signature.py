"""Models that nobody holds to the names of their inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.signatures import (
    AskedByPosition,
    NamesThrownAway,
    NoSignature,
    asked_by_position,
    models_without_signature,
    names_thrown_away,
)
from mldebt.rules.fix import SAFE, UNSAFE, Keyword, Names
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt.sites import Site
from mldebt_rules.wording import listed, opening, snippet

Found = TypeVar("Found", NamesThrownAway, NoSignature)


class UnenforcedModelSignature(Rule):
    code = "MLD608"
    name = "unenforced-model-signature"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for thrown in _by_place(names_thrown_away(graph), lambda found: min(found.path[-1].sites)):
            yield self._thrown_away(graph, thrown)
        for asked in asked_by_position(graph):
            yield self._by_position(graph, asked)
        for missing in _by_place(models_without_signature(graph), lambda found: min(found.saving.sites)):
            yield self._unsigned(graph, missing)

    def _thrown_away(self, graph: Graph, together: list[NamesThrownAway]) -> Finding:
        found, (names, verb, it) = together[0], _told([one.artifact.name for one in together])
        trained, asked = min(found.path[0].sites), min(found.path[-1].sites)
        return self.finding(
            f"{names} learned from a table with names and {verb} asked with a bare array in {asked}. "
            f"{trained} trains {it} on {listed(found.columns.names)}; without the names nothing notices when a column "
            "is added, dropped or moved on one side.",
            subject=list(dict.fromkeys(node for one in together for node in (one.artifact.id, one.path[-1].target))),
            locations=[asked, trained],
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help="Pass the table itself, model.predict(frame[FEATURES]), with the list that training uses.",
            fixes=[Fix("Pass the table with its names", (Names(asked),))],
            effort_minutes=20,
        )

    def _by_position(self, graph: Graph, found: AskedByPosition) -> Finding:
        asked, trained = min(found.path[-1].sites), min(found.path[0].sites)
        evidence = certainty(weakest(edge.evidence for edge in found.path))
        why = "switches the comparison of names off" if found.off else "goes by position even where there are names"
        return self.finding(
            f"{opening(found.artifact.name)} is asked in {asked} with columns that are written out there, and {why}. "
            f"It learned {listed(found.columns.names)} in {trained}; once one side adds, drops or moves a column, "
            "every answer is made from the wrong ones, and nothing raises.",
            subject=[found.artifact.id, found.path[-1].target],
            locations=[asked, trained],
            path=witness(graph, found.path),
            evidence=evidence,
            help="Let the model compare the names: model.predict(frame, validate_features=True).",
            fixes=[] if found.off else [_comparing(found, asked, evidence)],
            effort_minutes=10,
            severity="medium",
        )

    def _unsigned(self, graph: Graph, together: list[NoSignature]) -> Finding:
        found, (names, verb, it) = together[0], _told([one.artifact.name for one in together])
        stored, trained = min(found.saving.sites), min(found.training.sites)
        takes = "It takes" if it == "it" else "The first takes"
        return self.finding(
            f"{names} {verb} stored without a signature in {stored}. {takes} {listed(found.columns.names)} "
            f"({trained}), which nobody who loads {it} is held to: what is missing is only found by a wrong answer.",
            subject=list(dict.fromkeys(one.artifact.id for one in together)),
            locations=[stored, trained],
            path=witness(graph, (found.training, found.saving)),
            evidence=certainty(weakest((found.training.evidence, found.saving.evidence))),
            help=f"Tell what {display(graph[found.training.target])} takes and gives, and store it with the model:"
            + snippet(
                "signature = infer_signature(X_train, model.predict(X_train))  # of Spark: model.transform(train)",
                "log_model(model, ..., signature=signature, input_example=X_train.head())",
            ),
            effort_minutes=20,
        )


def _by_place(found: Iterable[Found], place: Callable[[Found], Site]) -> list[list[Found]]:
    """What one line does to several models is one thing to put right."""
    together: dict[Site, list[Found]] = {}
    for one in sorted(found, key=lambda one: one.artifact.id):
        together.setdefault(place(one), []).append(one)
    return list(together.values())


def _told(names: Sequence[str]) -> tuple[str, str, str]:
    """The models, and the words for them: verb and pronoun."""
    different = list(dict.fromkeys(names))
    return (opening(different[0]), "is", "it") if len(different) == 1 else (listed(different, 3), "are", "them")


def _comparing(found: AskedByPosition, asked: Site, evidence: str) -> Fix:
    """LightGBM keeps other names than those of the table where they have blanks; comparing them would raise then."""
    kept = all(re.fullmatch(r"\w+", name, re.ASCII) for name in found.columns.names)
    change = Keyword(asked, "predict", "names_checked", "True", proven=kept and evidence == "certain")
    return Fix("Compare the names of columns", (change,), SAFE if change.proven else UNSAFE)
