"""Asking every rule; one that fails is a problem to report, never the end of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from msgspec import Struct, field

from mldebt.graph.model import Graph
from mldebt.project.meanwhile import meanwhile
from mldebt.rules.fix import SAFETIES
from mldebt.rules.model import CERTAINTIES, SEVERITIES, Finding, Fix, Rule, Settings
from mldebt.rules.registry import RegisteredRule
from mldebt.terms.memory import MEMORY


class Failure(Struct, frozen=True):
    """A rule that raised instead of answering; it contributes no findings."""

    rule: RegisteredRule
    error: Exception

    def __str__(self) -> str:
        reason = f"{type(self.error).__name__}: {self.error}".rstrip(": ")
        return f"rule {self.rule.name} of {self.rule.origin} failed: {reason}"


class Outcome(Struct, frozen=True):
    """What the rules said: findings by place and code, one for each fingerprint, and the rules that failed.

    `seconds`: how long each rule took, by its code.
    """

    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(str(failure) for failure in self.failures)


class _Answer(NamedTuple):
    findings: list[Finding]
    failure: Failure | None
    seconds: float


def run_rules(rules: Iterable[RegisteredRule], graph: Graph, settings: Settings, *, apart: bool = False) -> Outcome:
    """Ask all rules; `apart`: every other one in a second process."""
    chosen = list(rules)
    there = chosen[1::2] if apart else []
    with meanwhile(lambda: _told_there(there, graph, settings), apart=bool(there)) as told:
        answers = {rule.code: _asked(rule, graph, settings) for rule in chosen if rule not in there}
        for code, answer, compared in told:
            answers[code] = answer
            MEMORY.take_over(compared)
    answers.update((rule.code, _asked(rule, graph, settings)) for rule in there if rule.code not in answers)
    asked = [answers[rule.code] for rule in chosen]
    return Outcome(
        distinct(finding for answer in asked for finding in answer.findings),
        tuple(answer.failure for answer in asked if answer.failure is not None),
        {rule.code: answer.seconds for rule, answer in zip(chosen, asked, strict=True)},
    )


def _asked(registered: RegisteredRule, graph: Graph, settings: Settings) -> _Answer:
    started, findings, failure = perf_counter(), list[Finding](), None
    try:
        findings += [checked(finding, registered.rule) for finding in registered.rule().check(graph, settings)]
    except Exception as error:
        failure = Failure(registered, error)
    return _Answer(findings, failure, perf_counter() - started)


def _told_there(
    rules: Iterable[RegisteredRule], graph: Graph, settings: Settings
) -> Iterator[tuple[str, _Answer, Mapping[bytes, Any]]]:
    """What rules find, by their codes, and what they compared for it; one that fails is left to be asked where its
    error can be shown."""
    for rule in rules:
        seen = frozenset(MEMORY.asked)
        answer = _asked(rule, graph, settings)
        if answer.failure is None:
            yield rule.code, answer, MEMORY.asked_beside(seen)


def by_place(finding: Finding) -> tuple[object, ...]:
    """The order of findings in every output."""
    return (finding.locations, finding.code, finding.fingerprint, finding.message)


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In order, one for each fingerprint."""
    first: dict[str, Finding] = {}
    for finding in sorted(findings, key=by_place):
        first.setdefault(finding.fingerprint, finding)
    return tuple(first.values())


def checked(finding: object, rule: type[Rule]) -> Finding:
    """The finding as promised to every report, or an error that blames the rule."""
    if not isinstance(finding, Finding):
        raise TypeError(f"it made {finding!r}, which is not a Finding")
    if finding.code != rule.code:
        raise ValueError(f"it made a finding with the code {finding.code}; its own is {rule.code}")
    if not finding.locations:
        raise ValueError(f'its finding "{finding.message}" has no location')
    if finding.severity not in SEVERITIES or finding.evidence not in CERTAINTIES:
        raise ValueError(f"its finding has the severity {finding.severity!r} and the evidence {finding.evidence!r}")
    wrong = [fix for fix in finding.fixes if not isinstance(fix, Fix) or fix.safety not in SAFETIES]
    if wrong:
        raise TypeError(f"its finding has the fix {wrong[0]!r}; it must be a Fix that is {', '.join(SAFETIES)}")
    return finding
