"""The whole way from paths to a result: configuration, scan, rules."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from mldebt import __version__
from mldebt.cli.console import Console
from mldebt.cli.guard import TROUBLE
from mldebt.cli.policy import holds_until, today
from mldebt.cli.targets import Target, find_target
from mldebt.config import Config
from mldebt.errors import UsageError, near_name_hint
from mldebt.rules.judge import Judgement, Policy, judge, policy_of
from mldebt.rules.model import Finding
from mldebt.rules.page import RulePage, load_page
from mldebt.rules.registry import RegisteredRule, load_rules
from mldebt.rules.result import Result
from mldebt.rules.run import Outcome, run_rules
from mldebt.rules.select import find_rule, require_known, select_rules

if TYPE_CHECKING:
    from mldebt.graph.scan import Scan
    from mldebt.project.earlier import Earlier
    from mldebt.project.inputs import Inputs
    from mldebt.rules.judge.baseline import Entry


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is to be reported, and whether every rule could do its work."""

    result: Result
    outcome: Outcome
    rules: Sequence[RegisteredRule]
    inputs: Inputs
    target: Target
    all_findings: Sequence[Finding]
    """Those that are not reported, too."""
    files: Collection[str]
    until: float
    """The moment from which on the same files may get another answer, in seconds since 1970."""
    stale: tuple[Entry, ...] = ()
    """Entries of the baseline that nothing answers to any more."""

    def exit_code(self, *, findings_count: bool) -> int:
        if self.outcome.failures:
            return TROUBLE
        return int(findings_count and bool(self.result.findings or self.stale))

    def answered(self, code: str) -> bool:
        """Whether it is known what a rule finds; of a rule that there is none, that it finds nothing."""
        failed = {failure.rule.code for failure in self.outcome.failures}
        asked = {rule.code for rule in self.rules} - failed
        return code in asked or code not in {rule.code for rule in load_rules()}


def analyse(paths: Sequence[str], options: argparse.Namespace, console: Console, *, pages: bool) -> Analysis:
    """Analyse the whole repository; keep the findings whose place is in the paths.

    `pages`: whether the report explains its rules.
    """
    target = find_target(paths, options.config)
    installed = load_rules()
    rules = choose_rules(installed, target.config, options)
    scanned = scan_target(target, options, console)
    console.progress("asking the rules")
    policy = policy_of(target.config, target.root, today())
    outcome, judgement = judged(scanned, rules, installed, target, policy)
    result = Result(
        findings=tuple(finding for finding in judgement.findings if target.includes(finding.locations[0])),
        suppressed=tuple(each for each in judgement.suppressed if target.includes(each.finding.locations[0])),
        graph=scanned.graph,
        root=target.root,
        name=target.name,
        rules=_pages(rules) if pages else {},
        problems=outcome.problems,
        version=__version__,
        folder=target.folder,
    )
    inputs = scanned.inputs.and_also(target.config.files)
    until = holds_until(policy)
    return Analysis(result, outcome, rules, inputs, target, judgement.findings, scanned.facts.keys(), until)


def judged(
    scanned: Scan,
    rules: Sequence[RegisteredRule],
    installed: Sequence[RegisteredRule],
    target: Target,
    policy: Policy,
) -> tuple[Outcome, Judgement]:
    """What the rules say of a state, and what of it is to be reported."""
    graph = scanned.graph
    outcome = run_rules(rules, graph, target.config.settings)
    return outcome, judge(outcome, chosen=rules, installed=installed, graph=graph, facts=scanned.facts, policy=policy)


def scan_target(target: Target, options: argparse.Namespace, console: Console, earlier: Earlier | None = None) -> Scan:
    from mldebt.graph.scan import scan

    console.progress("listing files")
    return scan(
        target.root,
        exclude=target.config.exclude,
        jobs=options.jobs,
        use_cache=not options.no_cache,
        knowledge=target.config.knowledge,
        owners=target.config.owners,
        untracked=target.untracked,
        earlier=earlier,
        progress=console.progress,
    )


def choose_rules(
    rules: Sequence[RegisteredRule], config: Config, options: argparse.Namespace
) -> tuple[RegisteredRule, ...]:
    """--select takes the place of the configuration's select and ignore; --ignore alone adds to its ignore."""
    _require_known_in_config(rules, config)
    select, ignore = _flat(options.select), _flat(options.ignore)
    for option, selectors in (("--select", select), ("--ignore", ignore)):
        for selector in selectors:
            _require_known(selector, rules, option)
    if select:
        return select_rules(rules, select, ignore)
    return select_rules(rules, config.select, (*config.ignore, *ignore))


def _require_known_in_config(rules: Sequence[RegisteredRule], config: Config) -> None:
    for key, selectors in (("select", config.select), ("ignore", config.ignore)):
        for selector in selectors:
            _require_known(selector, rules, config.places[key, selector])
    for number, waiver in enumerate(config.waivers):
        _require_rule(waiver.rule, rules, config.places["waivers", str(number)])
    for name, options in config.rules.items():
        _require_options(rules, name, options, config.places["rules", name])


def _require_options(rules: Sequence[RegisteredRule], name: str, options: Mapping[str, object], place: str) -> None:
    known = {rule.name: rule.rule.options for rule in rules}
    names_of_codes = {rule.code: rule.name for rule in rules}
    if name not in known:
        hint = f'; did you mean "{names_of_codes[name]}"?' if name in names_of_codes else near_name_hint(name, known)
        raise UsageError(f'{place}: there is no rule "{name}" to set options for{hint}')
    for key in options:
        if key not in known[name]:
            has = near_name_hint(key, known[name]) if known[name] else "; it has none"
            raise UsageError(f'{place}: the rule "{name}" has no option "{key}"{has}')


def _require_rule(label: str, rules: Sequence[RegisteredRule], place: str) -> None:
    """One whole code or name: what is accepted is said exactly."""
    try:
        find_rule(label, rules)
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from None


def _require_known(selector: str, rules: Sequence[RegisteredRule], place: str) -> None:
    try:
        require_known(selector, rules)
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from None


def _flat(given: Iterable[Iterable[str]] | None) -> tuple[str, ...]:
    return tuple(chain.from_iterable(given or ()))


def _pages(rules: Sequence[RegisteredRule]) -> Mapping[str, RulePage]:
    return {rule.code: load_page(rule.rule) for rule in rules}
