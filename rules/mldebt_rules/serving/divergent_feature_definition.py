"""Features that are computed in one way where a model learns and in another where it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.answers import WAY_BACK
from mldebt.graph.questions.definitions import divergent_definitions
from mldebt.graph.questions.differing import Definition, Divergence
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import witness
from mldebt.terms import brief
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted, listed


class DivergentFeatureDefinition(Rule):
    code = "MLD601"
    name = "divergent-feature-definition"
    severity = "critical"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for same in by_cause(divergent_definitions(graph), _causes):
            yield self._finding(graph, same[0], same[1:])

    def _finding(self, graph: Graph, found: Divergence, others: Sequence[Divergence]) -> Finding:
        one, other = found.one, found.other
        return self.finding(
            f"`{found.feature}` in {one.site} and in {other.site} differ in {found.difference.kind}. "
            f"{one.site.file} computes `{brief(one.term)}`, {other.site.file} `{brief(other.term)}`."
            f"{_places(found)}{_example(found)}{_also(found, others)}",
            subject=[f"{one.node}#{found.feature}", f"{other.node}#{found.feature}"],
            locations=dict.fromkeys(site for each in (found, *others) for site in (each.other.site, each.one.site)),
            path=_path(graph, found),
            evidence=certainty(found.evidence),
            help=_help(found),
            effort_minutes=120,
            severity=None if one.side == "train" and other.side == "serve" else "high",
            properties={"difference": found.difference.kind, "expressions": [str(one.term), str(other.term)]},
        )


def _causes(found: Divergence) -> tuple[tuple[str, ...], ...]:
    """Two trainings that prepare a table differently differ in every feature, and so do versions of them; where the
    same two lines do the same to several features, that is one thing to put right."""
    one, other, kind = found.one, found.other, found.difference.kind
    if other.side != "train":
        return ((str(one.site), str(other.site), kind, _shape(one), _shape(other)),)
    return ("files", one.site.file, other.site.file, kind), ("feature", found.feature, kind)


def _shape(made: Definition) -> str:
    """What is computed, whichever feature it is of."""
    return str(made.term).replace(made.name, "…")


def _also(found: Divergence, others: Sequence[Divergence]) -> str:
    """What differs in the same way besides."""
    features = sorted({each.feature for each in others} - {found.feature})
    files = {site.file for each in others for site in (each.one.site, each.other.site)}
    files -= {found.one.site.file, found.other.site.file}
    so = f" So {'do' if len(features) > 1 else 'does'} {listed(features)}." if features else ""
    return so + (f" The same is in {counted(len(files), 'more file')}." if files else "")


def _places(found: Divergence) -> str:
    """The inputs that come at each other's place."""
    if not found.swapped:
        return ""
    *first, last = (f"`{name}`" for name in found.swapped)
    return f" {', '.join(first)} and {last} come at each other's place."


def _example(found: Divergence) -> str:
    example = found.difference.example
    if example is None:
        return ""
    given = ", ".join(f"{name} = {_shown(value)}" for name, value in example.given)
    return f" For {given} the one is {_shown(example.one)}, the other {_shown(example.other)}."


def _shown(value: object) -> str:
    if value is None:
        return "null"
    return f"{value:.6g}" if isinstance(value, float) else repr(value) if isinstance(value, str) else str(value)


def _path(graph: Graph, found: Divergence) -> list[Step]:
    steps = [_step(found.one)]
    if found.one.path and found.other.path:
        steps += witness(graph, (*found.one.path, *found.other.path))[1:]
    return [*steps, _step(found.other)]


def _step(made: Definition) -> Step:
    return Step(made.node, f"`{made.name}` is {brief(made.term)}", made.site)


def _help(found: Divergence) -> str:
    one, other = found.one.site.file, found.other.site.file
    if found.difference.kind == WAY_BACK:
        return f"Make {other} undo `{brief(found.one.term)}`: the model answers in what {one} has it learn."
    return (
        f"Write `{found.feature}` once, as a function in a module that both import, and call it in {one} and in "
        f"{other}; or make {other} compute {brief(found.one.term)}."
    )
