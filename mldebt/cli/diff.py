"""New debt only: the findings of now against those of an earlier commit, which is analysed from git's objects."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mldebt import __version__
from mldebt.cli.analysis import Analysis, judged, scan_target
from mldebt.cli.console import Console
from mldebt.cli.diff_base import chosen_base
from mldebt.cli.policy import holds_until, today
from mldebt.cli.replay import now, own_files
from mldebt.cli.then import Then, as_text, from_text
from mldebt.errors import UsageError
from mldebt.project.changes import Changes, Comparing, Lines, comparing
from mldebt.project.earlier import laid_over
from mldebt.project.git import GitError
from mldebt.project.history import Base, files_of_tree, names_of_commits
from mldebt.project.inputs import Inputs
from mldebt.project.record import keep, question, recall, state
from mldebt.report.notebook_lines import line_in_file
from mldebt.rules.causes import Causes, ties_of
from mldebt.rules.comparison import Comparison, Renaming, difference
from mldebt.rules.judge import policy_of
from mldebt.rules.model import Finding
from mldebt.rules.registry import load_rules
from mldebt.rules.result import Result
from mldebt.sites import Site

FORMAT = 1


def against_base(analysis: Analysis, options: argparse.Namespace, console: Console) -> Analysis:
    """The same analysis with the findings that are new since the commit of `--diff-base`."""
    root = analysis.target.root
    console.progress("finding the commit to compare with")
    base = chosen_base(root, options.diff_base, os.environ)
    try:
        with comparing(root, base, untracked=analysis.target.untracked) as compared:
            changes = compared.changes()
            then = _then(analysis, base, changes, options, console)
            console.progress("comparing")
            for code in then.failed:
                console.problem(_incomparable(code, base))
            return _difference(analysis, base, changes, then, compared)
    except GitError as error:
        raise UsageError(f"--diff-base {options.diff_base}: {error}") from None


def _difference(analysis: Analysis, base: Base, changes: Changes, then: Then, compared: Comparing) -> Analysis:
    result = analysis.result
    reported = set(map(id, result.findings))
    all_findings = [*analysis.all_findings, *(each.finding for each in result.suppressed)]
    others = [finding for finding in all_findings if id(finding) not in reported]
    lines = compared.lines(changes)
    found = difference(then.findings, [*result.findings, *others], changes.renamed, lines)
    new = [finding for finding in found.new if id(finding) in reported and finding.code not in then.failed]
    causes = _causes(result, new, changes, then, lines)
    comparison = Comparison(
        base=base.name,
        commit=base.commit,
        gone=tuple(finding for finding in found.gone if _is_gone(finding, analysis)),
        known=len(result.findings) - len(new),
        causes={finding.fingerprint: cause for finding in new if (cause := causes.of(finding))},
    )
    placed = tuple(map(causes.placed, new))
    problems = tuple(_incomparable(code, base) for code in then.failed)
    return replace(
        analysis,
        inputs=_also(analysis.inputs, then),
        stale=(),
        result=replace(result, findings=placed, comparison=comparison, problems=(*result.problems, *problems)),
    )


def _incomparable(code: str, base: Base) -> str:
    return f"rule {code} failed for {base.name}; its findings are not compared"


def _is_gone(finding: Finding, analysis: Analysis) -> bool:
    """A rule that failed now can't say that something is gone; outside the given paths nobody asked."""
    failed = {failure.rule.code for failure in analysis.outcome.failures}
    return finding.code not in failed and analysis.target.includes(finding.locations[0])


def _causes(result: Result, new: Sequence[Finding], changes: Changes, then: Then, lines: Lines) -> Causes:
    source = result.source()
    name = Renaming(changes.renamed).name
    ties = [(name(source), name(target), sites) for source, target, sites in then.ties] if new else []

    def in_file(site: Site) -> Site:
        if site.cell < 0:
            return site
        line = line_in_file(source.text(site.file).removeprefix("\ufeff"), site) or 1
        return Site(site.file, line, line + site.end_line - site.line)

    return Causes(lines, result.graph, ties, source, in_file)


def _then(analysis: Analysis, base: Base, changes: Changes, options: argparse.Namespace, console: Console) -> Then:
    """What there was then, from the record of an earlier comparison where one holds."""
    root = analysis.target.root
    asked = "" if options.no_cache else _question(analysis, base)
    kept = recall(str(root), asked, now()) if asked else None
    if kept is not None:
        return from_text(kept[0][0][1])
    with laid_over(root, changes) as earlier:
        console.progress(f"reading the state of {base.name}")
        scanned = scan_target(analysis.target, options, console, earlier)
    target = analysis.target
    policy = policy_of(target.config, root, today())
    outcome, judgement = judged(scanned, analysis.selection, load_rules(), target, policy)
    failed = tuple(failure.rule.code for failure in outcome.failures)
    paths = _paths(scanned.inputs, base, changes)
    then = Then(judgement.findings, failed, ties_of(scanned.graph), paths)
    if asked and paths is not None and not failed:
        states = [state(path, scanned.inputs.started) for path in (*paths, *own_files(analysis.rules))]
        known = [each for each in states if each is not None]
        if len(known) == len(states):
            keep(str(root), asked, known, [(False, as_text(then))], 0, holds_until(policy))
    return then


def _question(analysis: Analysis, base: Base) -> str:
    """All that the state of then depends on, besides files that git doesn't have."""
    rules = [(rule.code, rule.origin) for rule in analysis.rules]
    everywhere = sorted(analysis.selection.everywhere)
    surroundings = (
        FORMAT,
        __version__,
        base.tree,
        rules,
        everywhere,
        analysis.target.config,
        analysis.target.untracked,
    )
    return question(["--diff-base"], surroundings)


def _paths(inputs: Inputs, base: Base, changes: Changes) -> tuple[str, ...] | None:
    """What the state of then depends on and is no file of its commit; None where it is too much to be told."""
    if inputs.boundless:
        return None
    known = files_of_tree(inputs.root, base) | changes.added
    return tuple(sorted(path for path in inputs.paths if _name(path, inputs.root) not in known))


def _name(path: str, root: Path) -> str:
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path


def _also(inputs: Inputs, then: Then) -> Inputs:
    """All that a comparison depends on: also the state of then, and where git's names for commits lead."""
    names = names_of_commits(inputs.root)
    if then.paths is None or names is None:
        return replace(inputs, boundless=True)
    event = os.environ.get("GITHUB_EVENT_PATH")
    return inputs.and_also([*map(Path, (*then.paths, *names)), *([Path(event)] if event else [])])
