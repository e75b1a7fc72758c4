"""The whole way from paths to a result: configuration, scan, rules."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt import __version__
from mldebt.cli.console import Console
from mldebt.cli.gate import Gate
from mldebt.cli.guard import TROUBLE
from mldebt.cli.patterns import idle_patterns
from mldebt.cli.policy import holds_until, today
from mldebt.cli.replay import states_of
from mldebt.cli.selection import Selection, choose_rules, require_known_in_config
from mldebt.cli.standards import configurations, facts_for, members, path_rules_for, policy_for, settings_for
from mldebt.cli.targets import Target
from mldebt.graph.compared import kept_comparisons
from mldebt.levels import NEVER
from mldebt.project.cache import open_cache
from mldebt.project.meanwhile import pays
from mldebt.rules.judge import Judgement, Policy, facts_of_places, judge
from mldebt.rules.model import Finding
from mldebt.rules.page import RulePage, load_page
from mldebt.rules.registry import RegisteredRule, load_rules
from mldebt.rules.result import Result, SourceText
from mldebt.rules.run import Outcome, run_rules

if TYPE_CHECKING:
    from mldebt.cli.stdin import Given
    from mldebt.graph.scan import Scan
    from mldebt.project.inputs import Inputs
    from mldebt.project.record import State
    from mldebt.rules.judge.baseline import Entry
    from mldebt.rules.said import GraphKey


class Analysis(Struct, frozen=True):
    """What is to be reported, and whether every rule could do its work."""

    result: Result
    outcome: Outcome
    selection: Selection
    inputs: Inputs
    target: Target
    all_findings: Sequence[Finding]
    """Those that are not reported, too."""
    files: Collection[str]
    until: float
    """The moment from which on the same files may get another answer, in seconds since 1970."""
    idle: tuple[str, ...] = ()
    """What to say of patterns in the configuration that fit no file."""
    stale: tuple[Entry, ...] = ()
    """Entries of the baseline that nothing answers to any more."""
    seen: tuple[State, ...] = ()
    """How the inputs were, as far as that was found out meanwhile."""
    graph: GraphKey | None = None

    @property
    def rules(self) -> Sequence[RegisteredRule]:
        """Those that ran."""
        return self.selection.rules

    def exit_code(self, gate: Gate) -> int:
        if self.outcome.failures:
            return TROUBLE
        return int((gate.fail_on != NEVER and bool(self.stale)) or not gate.holds(self.result.findings))

    def answered(self, code: str) -> bool:
        """Whether it is known what a rule finds; of a rule that there is none, that it finds nothing."""
        failed = {failure.rule.code for failure in self.outcome.failures}
        asked = {rule.code for rule in self.rules} - failed
        return code in asked or code not in {rule.code for rule in load_rules()}


def concluded(
    scan: Callable[[], Scan],
    target: Target,
    options: argparse.Namespace,
    console: Console,
    *,
    pages: bool,
    given: Given | None,
    texts: Mapping[str, str],
) -> Analysis:
    """What is to be reported of a scan that has begun.

    `given`, `texts`: a file that lies over the repository meanwhile, and what it says.
    """
    source = SourceText(target.root, texts, target.several.roots if target.several else {})
    installed = load_rules()
    selection = _selection(installed, target, options)
    scanned = scan()
    console.progress("asking the rules")
    with states_of(scanned.inputs_of(), selection.rules, console, jobs=options.jobs) as states:
        outcome, graph = said_of(scanned, selection, target, options)
        policy = policy_for(target, today())
        judgement = judged(outcome, scanned, selection, installed, target, policy, source)
        seen = states()
    if given:
        scanned.linked()  # as long as what is given lies over the repository
    inputs = scanned.inputs.and_also(file for config in configurations(target) for file in config.files)
    rules = _pages(selection.rules) if pages else {}
    return Analysis(
        _result(target, scanned, judgement, outcome, rules, texts), outcome, selection, inputs, target,
        judgement.findings, scanned.facts.keys(), holds_until(policy), tuple(idle_patterns(target, scanned.listed)),
        seen=seen, graph=graph,
    )  # fmt: skip


def _result(
    target: Target,
    scanned: Scan,
    judgement: Judgement,
    outcome: Outcome,
    rules: Mapping[str, RulePage],
    texts: Mapping[str, str],
) -> Result:
    """What is reported."""
    return Result(
        findings=tuple(finding for finding in judgement.findings if target.includes(finding.locations[0])),
        suppressed=tuple(each for each in judgement.suppressed if target.includes(each.finding.locations[0])),
        graph=scanned.graph,
        root=target.root,
        name=target.name,
        rules=rules,
        problems=outcome.problems,
        version=__version__,
        folder=target.folder,
        given=texts,
        several=target.several.roots if target.several else {},
        folders=target.several.below(target.root) if target.several else {},
    )


def _selection(installed: Sequence[RegisteredRule], target: Target, options: argparse.Namespace) -> Selection:
    selection = choose_rules(installed, target.config, options)
    for each, _ in members(target):
        require_known_in_config(installed, each.config)
    return selection


def said_of(
    scanned: Scan, selection: Selection, target: Target, options: argparse.Namespace
) -> tuple[Outcome, GraphKey]:
    """What the rules say, or said of the same before, and what stands for the graph of which they say it.

    For statistics they are asked anew.
    """
    from mldebt.rules.said import GraphKey, Said

    keeping = not options.no_cache and target.several is None and not getattr(options, "statistics", False)
    with open_cache(target.kept_at, enabled=keeping) as cache:
        said = Said(cache, selection.rules, settings_for(target), scanned.found) if cache is not None else None
        before = said.before() if said is not None else None
        if said is not None and before is not None:
            return before, said.graph
        with kept_comparisons(target.kept_at, enabled=not options.no_cache):
            outcome = asked(scanned, selection, target, jobs=options.jobs)
        if said is not None:
            said.keep(outcome)
        return outcome, said.graph if said is not None else GraphKey()


def asked(scanned: Scan, selection: Selection, target: Target, *, jobs: int = 1) -> Outcome:
    """What the rules say now."""
    graph = scanned.graph.linked()
    return run_rules(selection.rules, graph, settings_for(target), apart=pays(graph.coverage.lines, jobs))


def judged(
    outcome: Outcome,
    scanned: Scan,
    selection: Selection,
    installed: Sequence[RegisteredRule],
    target: Target,
    policy: Policy,
    source: SourceText | None = None,
) -> Judgement:
    """What is to be reported of what the rules say; `source`: texts of files that hold no code."""
    facts = {**scanned.facts, **facts_for(target)}
    return judge(
        outcome,
        chosen=selection.rules,
        installed=installed,
        graph=scanned.graph,
        facts={**facts, **(facts_of_places(outcome.findings, facts, source) if source else {})},
        policy=policy,
        paths=path_rules_for(target, installed, selection.everywhere),
    )


def _pages(rules: Sequence[RegisteredRule]) -> Mapping[str, RulePage]:
    return {rule.code: load_page(rule.rule) for rule in rules}
