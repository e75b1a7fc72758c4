"""Rows of the training among the rows that the model is judged on."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.jobs import is_aside, only_explores
from mldebt.graph.questions.overlap import AROUND, COPIES, SAME, SPLITS, WITHIN, Overlap, overlaps
from mldebt.graph.questions.rows import way_from_data
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, step, witness
from mldebt.sites import Site

HELP = {
    COPIES: "Split first, then repeat or make up rows in the training part only; in a cross-validation put the sampler "
    "into the pipeline (`imblearn.pipeline.make_pipeline(sampler, model)`). Report the figure again.",
    SPLITS: "Split once, keep the test part away, and balance or thin out the training part only.",
    WITHIN: "Fit on the training part only; fit on everything after the figure is taken, under another name.",
    AROUND: "Judge the model by the rows that were kept out of its training, not by all of them.",
    SAME: "Keep rows back (`train_test_split`) or cross-validate, and report the figure on those.",
}


class TrainTestOverlap(Rule):
    code = "MLD702"
    name = "train-test-overlap"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        causes: dict[tuple[str, ...], list[Overlap]] = {}
        for found in overlaps(graph):
            if not is_aside(graph.unit_of(_judged(found))):
                causes.setdefault(_cause(found), []).append(found)
        for same in causes.values():
            yield self._finding(graph, sorted(same, key=_judged))

    def _finding(self, graph: Graph, same: list[Overlap]) -> Finding:
        found = same[0]
        first = found.assessment
        training = first.training
        path = (*way_from_data(graph, training.source), training) if training is not None else ()
        evidence = certainty(weakest([*(edge.evidence for edge in path), first.evaluation.evidence]))
        return self.finding(
            f"{display(first.model)} is judged by rows that it has learned from. {_why(graph, found)}{_also(same)} "
            "The figure says little about rows that the model has not seen.",
            subject=[found.cause.id if found.cause is not None else first.model.id, found.kind],
            locations=dict.fromkeys(_locations(found)),
            path=[*witness(graph, path), *_repeating(found), step(graph, first.evaluation)],
            evidence=evidence if found.kind in (COPIES, WITHIN) else "likely",
            help=HELP[found.kind],
            effort_minutes=45,
            severity="medium" if found.kind == SAME or only_explores(graph.unit_of(_judged(found))) else None,
        )


def _cause(found: Overlap) -> tuple[str, ...]:
    """What repeats rows is one cause for all models; otherwise the rows of the training and of the test are."""
    if found.cause is not None:
        site = found.cause.site
        return (found.kind, str(site) if site else found.cause.id)
    if found.kind == SAME:
        return (found.kind, _judged(found).file)
    return (found.kind, str(_fitted(found)), str(_judged(found)))


def _judged(found: Overlap) -> Site:
    return min(found.assessment.evaluation.sites)


def _fitted(found: Overlap) -> Site:
    training = found.assessment.training
    return min(training.sites) if training is not None else _judged(found)


def _locations(found: Overlap) -> list[Site]:
    cause = [found.cause.site] if found.cause is not None and found.cause.site is not None else []
    return [*cause, *([_fitted(found), _judged(found)] if found.kind in (WITHIN, SPLITS) else [_judged(found)])]


def _why(graph: Graph, found: Overlap) -> str:
    judged, fitted = _judged(found), _fitted(found)
    first = found.assessment
    test = f"`{graph[first.frame].name}`"
    trained = f"`{graph[first.training.source].name}`" if first.training is not None else "its training"
    if found.kind == COPIES:
        where = found.cause.site if found.cause is not None else judged
        after = "the folds are cut after that" if first.how == "cross_validate" else "the rows are split after that"
        return f"{where} repeats rows or makes new ones of them, and {after}: copies are on both sides at {judged}."
    if found.kind == SPLITS:
        return (
            f"It is fitted on {trained} ({fitted}) and judged by {test} ({judged}); both are drawn from the same rows, "
            "each by a split of its own."
        )
    if found.kind == WITHIN:
        return f"It is fitted on {trained} ({fitted}), and {test} is a part of that ({judged})."
    if found.kind == AROUND:
        return f"It is fitted on {trained} ({fitted}), and {test} ({judged}) holds these rows besides others."
    return f"{judged} judges it by {test}, on which it is fitted ({fitted}); nothing here judges it by other rows."


def _also(same: list[Overlap]) -> str:
    others = sorted({str(_judged(found)) for found in same[1:]} - {str(_judged(same[0]))})
    shown = others[:3] + (["others"] if len(others) > 3 else [])
    return f" So it is at {', '.join(shown)}." if others else ""


def _repeating(found: Overlap) -> list[Step]:
    if found.cause is None or found.cause.site is None:
        return []
    return [Step(found.cause.id, "rows are repeated", found.cause.site)]
