"""Test rows that had a say in the model: when to stop, which setting, from which value on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.jobs import is_aside, only_explores
from mldebt.graph.questions.tuning import (
    COMPARED,
    FOLDS,
    KEPT,
    SEARCHED,
    STOPPED,
    THRESHOLD,
    WINNER,
    Tuned,
    tuned_on_test,
)
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, step, witness
from mldebt.sites import Site
from mldebt_rules.causes import by_cause

VALIDATION = re.compile(r"(?<![a-z])(?:val|valid|validation|dev)(?![a-z])", re.IGNORECASE)
HELP = {
    STOPPED: "Cut a validation part out of the training rows and stop by that: `X_train, X_valid, … = "
    "train_test_split(X_train, …)`, `eval_set=[(X_valid, y_valid)]`; report the figure on rows that no fit was given.",
    FOLDS: "Score all folds with one number of rounds, such as the mean of what they found, or stop each by a part of "
    "its training rows. Where the folds only rank ideas against each other, it may stay.",
    SEARCHED: "Let the search see the training rows only: `search.fit(X_train, y_train)`, then judge on the test rows.",
    KEPT: "Choose by cross-validation on the training rows, or by a validation part of them; use the test rows once.",
    THRESHOLD: "Choose the threshold on validation rows (or by `cross_val_predict` on the training rows), and apply it "
    "to the test rows once.",
    COMPARED: "Try the settings out by cross-validation on the training rows (`GridSearchCV`), and use the test rows "
    "once.",
    WINNER: "Compare the models by cross-validation on the training rows (`cross_val_score`), or by a validation part "
    "of them, and judge the winner alone on the test rows.",
}


def _once(found: Iterable[Tuned]) -> list[Tuned]:
    """A function that is called for several parts of the data tunes at one place."""
    places: dict[tuple[object, ...], Tuned] = {}
    for one in found:
        places.setdefault((one.kind, one.choice, _judged(one), one.assessment.model.id), one)
    return list(places.values())


class TuningOnTestData(Rule):
    code = "MLD707"
    name = "tuning-on-test-data"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        found = [one for one in _once(tuned_on_test(graph)) if not is_aside(graph.unit_of(_judged(one)))]
        found = [one for one in found if not _is_said_to_validate(graph, one)]
        cut = {_asked(one) for one in found if one.kind == THRESHOLD}
        found = [
            one for one in found if one.kind != WINNER or _asked(one) not in cut
        ]  # a helper that finds the threshold
        found.sort(key=lambda one: (one.kind == WINNER, one.choice, _judged(one), one.assessment.model.id))
        for same in by_cause(found, _causes):
            yield self._finding(graph, same)

    def _finding(self, graph: Graph, same: list[Tuned]) -> Finding:
        found = same[0]
        one = found.assessment
        path = (one.training, one.evaluation) if one.training is not None else (one.evaluation,)
        evidence = certainty(weakest(edge.evidence for edge in path))
        return self.finding(
            f"The rows that give the figure for {display(one.model)} also choose {_chosen(found)}. "
            f"{_why(found)}{_also(same)} The figure is {_better(found)} than what new rows will show.",
            subject=[one.model.id, found.kind],
            locations=dict.fromkeys([found.choice, _judged(found), *_elsewhere(same)]),
            path=[*witness(graph, path[:-1]), _choosing(found), step(graph, one.evaluation)],
            evidence="likely" if found.kind == COMPARED else evidence,
            help=HELP[found.kind],
            effort_minutes=45,
            severity=_severity(graph, found),
        )


def _is_said_to_validate(graph: Graph, found: Tuned) -> bool:
    """Whether a notebook stops by rows that it calls validation rows, and shows a figure on them for what it is, or
    shows what the fit itself told of them."""
    names = (graph[found.assessment.frame].name, found.assessment.evaluated)
    called = any(VALIDATION.search(name.rpartition(":")[2]) for name in names)
    if found.assessment.evaluation.attributes.get("own"):
        return called or found.kind == FOLDS
    return found.kind == STOPPED and called and only_explores(graph.unit_of(_judged(found)))


def _severity(graph: Graph, found: Tuned) -> str | None:
    if found.kind in (FOLDS, WINNER):
        return "low"
    return "medium" if only_explores(graph.unit_of(_judged(found))) else None


def _causes(found: Tuned) -> Iterable[tuple[str, ...]]:
    """One place that chooses is one cause, whatever rows its callers bring, and so are the same rows of a file.

    To stop each fold by itself is a way to work: it is told once, with all places.
    """
    if found.kind == FOLDS:
        yield (FOLDS,)
        return
    yield (str(found.choice),)
    if found.kind not in (SEARCHED, THRESHOLD):
        yield (found.kind, found.choice.file, found.assessment.evaluated.partition("#")[0])


def _asked(found: Tuned) -> tuple[str, str]:
    return found.assessment.model.id, found.assessment.evaluated


def _judged(found: Tuned) -> Site:
    return min(found.assessment.evaluation.sites)


def _chosen(found: Tuned) -> str:
    return {
        STOPPED: "when training ends", FOLDS: "when training ends", SEARCHED: "the settings", KEPT: "the best try",
        THRESHOLD: "the threshold", COMPARED: "a setting", WINNER: "the winner",
    }[found.kind]  # fmt: skip


def _why(found: Tuned) -> str:
    choice, judged = found.choice, _judged(found)
    if found.kind == STOPPED:
        return f"{choice} stops the training by how well it does on them, and {judged} reports that."
    if found.kind == FOLDS:
        return f"{choice} stops each fold by how well it does on the rows left out, and {judged} scores it by them."
    if found.kind == SEARCHED:
        search = f"{display(found.by)} searches" if found.by is not None else "The search looks"
        return f"{search} at {choice} with rows among which those of the test are; {judged} judges its result by them."
    if found.kind == THRESHOLD:
        return f"{choice} compares with a value that does best on them, {judged} uses them again."
    if found.kind == COMPARED:
        return f"{choice} tries one setting after the other on them, {judged} judges the model by them again."
    taken = "the model that does best" if found.kind == WINNER else "the best of several scores"
    return f"{choice} takes {taken} on them, and no other rows judge the result."


def _better(found: Tuned) -> str:
    return "a little better" if found.kind in (FOLDS, WINNER) else "better"


def _elsewhere(same: list[Tuned]) -> list[Site]:
    return [found.choice for found in same[1:]] if same[0].kind == FOLDS else []


def _also(same: list[Tuned]) -> str:
    place = _judged if same[0].kind != FOLDS else (lambda found: found.choice)
    others = sorted({str(place(found)) for found in same[1:]} - {str(place(same[0]))})
    shown = others[:3] + (["others"] if len(others) > 3 else [])
    return f" So it is at {', '.join(shown)}." if others else ""


def _choosing(found: Tuned) -> Step:
    return Step(found.assessment.frame, f"chooses {_chosen(found)}", found.choice)
