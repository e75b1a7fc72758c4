"""Judging: selection by path, suppression and what is wrong with suppressions, in one place, after all rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from mldebt.graph.model import Graph
from mldebt.read.facts import FileFacts
from mldebt.rules.judge.comments import Comments
from mldebt.rules.judge.labels import Labels
from mldebt.rules.judge.paths import PathRules, PathRulesOfSeveral
from mldebt.rules.judge.policy import Policy, Suppressed
from mldebt.rules.judge.waivers import Waivers
from mldebt.rules.model import Fault, Finding
from mldebt.rules.registry import RegisteredRule
from mldebt.rules.run import Outcome, checked, distinct


class Judgement(Struct, frozen=True):
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()


def judge(
    outcome: Outcome,
    *,
    chosen: Sequence[RegisteredRule],
    installed: Iterable[RegisteredRule],
    graph: Graph,
    facts: Mapping[str, FileFacts],
    policy: Policy,
    paths: PathRules | PathRulesOfSeveral,
) -> Judgement:
    """`chosen` are the rules that ran, `installed` all that a suppression may name."""
    failed = {failure.rule.code for failure in outcome.failures}
    answered = {rule.code for rule in chosen if not rule.rule.reviews()} - failed
    labels = Labels(installed, answered)
    comments = Comments(facts, labels)
    waivers = Waivers(policy, graph, labels)

    def verdict(finding: Finding) -> Finding | Suppressed | None:
        """All are asked, so that all are known to be needed."""
        by_path = paths.judged(finding)
        graded = by_path if isinstance(by_path, Finding) else finding
        said = (comments.suppression(graded), waivers.suppression(graded))
        return by_path and next((each for each in said if each is not None), by_path)

    verdicts = [verdict(finding) for finding in outcome.findings]
    faults = [*comments.faults(policy.require_reason), *waivers.faults()]
    verdicts += [verdict(finding) for finding in _reviewed(chosen, faults)]
    return Judgement(
        tuple(each for each in verdicts if isinstance(each, Finding)),
        tuple(each for each in verdicts if isinstance(each, Suppressed)),
    )


def _reviewed(chosen: Iterable[RegisteredRule], faults: Sequence[Fault]) -> Iterator[Finding]:
    for registered in chosen:
        made = [checked(finding, registered.rule) for finding in registered.rule().review(faults)]
        yield from distinct(made)
