"""Features that give the label away."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import is_aside, only_explores
from mldebt.graph.questions.rows import way_from_data
from mldebt.graph.questions.targets import COMPUTED, SAME, STATISTIC, Told, told_labels
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt.sites import Site

MOST_NAMES = 4


class TargetDerivedFeature(Rule):
    code = "MLD704"
    name = "target-derived-feature"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        causes: dict[tuple[str, str, str, tuple[str, ...]], list[Told]] = {}
        for told in told_labels(graph):
            if not is_aside(graph.unit_of(_place(told))):
                key = (_place(told).file, told.label, told.how, told.features)
                causes.setdefault(key, []).append(told)
        for same in causes.values():
            yield self._finding(graph, same)

    def _finding(self, graph: Graph, same: list[Told]) -> Finding:
        told = same[0]
        path = (*way_from_data(graph, told.labels.source), told.labels)
        return self.finding(
            f"{display(told.model)} is given what it is to foretell. {_why(told)}{_also(same)} {_then(told)}",
            subject=[told.model.id, told.label, told.how],
            locations=dict.fromkeys([_place(told) if told.how == SAME else told.made, _place(told)]),
            path=witness(graph, path),
            evidence=certainty(told.labels.evidence) if told.how in (SAME, COMPUTED) else "likely",
            help=_help(told),
            effort_minutes=45,
            severity="medium" if only_explores(graph.unit_of(_place(told))) else None,
        )


def _place(told: Told) -> Site:
    return min(told.labels.sites)


def _named(features: tuple[str, ...]) -> str:
    shown = [f"`{name}`" for name in features[:MOST_NAMES]]
    rest = len(features) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _why(told: Told) -> str:
    names, label = _named(told.features), f"`{told.label}`"
    many = len(told.features) > 1
    if told.how == SAME:
        both = f"{names} is both its label and one of its features."
        return both if told.features == (told.label,) else f"Its feature {names} is the label {label}."
    if told.how == COMPUTED:
        return f"Its feature{'s' * many} {names} {'are' if many else 'is'} computed from the label {label}."
    if told.how == STATISTIC:
        return (
            f"Its feature{'s' * many} {names} {'are statistics' if many else 'is a statistic'} of the label {label} "
            "over rows among which those of the test are."
        )
    return f"Its label {label} is computed from {names}, which {'are' if many else 'is'} among its features."


def _then(told: Told) -> str:
    if told.how == STATISTIC:
        return "The figure is better than what new rows will show, which bring no label."
    return "When it is asked in earnest the label is not there yet, so its figure says nothing."


def _help(told: Told) -> str:
    if told.how == STATISTIC:
        return (
            "Take the statistic from the training rows only, inside each fold: `TargetEncoder` in a pipeline does that."
        )
    drop = ", ".join(f'"{name}"' for name in told.features[:MOST_NAMES])
    return f"Leave them out of the features: `X = frame.drop(columns=[{drop}])`."


def _also(same: list[Told]) -> str:
    others = [display(told.model) for told in same[1:4]] + (["others"] if len(same) > 4 else [])
    return f" The same holds for {', '.join(others)}." if others else ""
