"""New debt only: the findings of now against those of an earlier commit, which is analysed from git's objects."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.cli.analysis import Analysis
from mldebt.cli.console import Console
from mldebt.cli.diff_base import chosen_base
from mldebt.cli.repositories import Several
from mldebt.cli.states import keep_state_of_now, state_before
from mldebt.cli.then import Then
from mldebt.errors import UsageError
from mldebt.project.changes import Changes, Comparing, Lines, comparing
from mldebt.project.git import GitError
from mldebt.project.history import Base, names_of_commits
from mldebt.project.inputs import Inputs
from mldebt.report.notebook_lines import line_in_file
from mldebt.rules.causes import Causes
from mldebt.rules.comparison import Comparison, Renaming, difference
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.cli.diff_several import Compared


def against_base(analysis: Analysis, options: argparse.Namespace, console: Console) -> Analysis:
    """The same analysis with the findings that are new since the commit of `--diff-base`."""
    console.progress("finding the commit to compare with")
    if analysis.target.several is not None:
        return _several_against_base(analysis, analysis.target.several, options, console)
    root = analysis.target.root
    base = chosen_base(root, options.diff_base, os.environ)
    try:
        with comparing(root, base, untracked=analysis.target.untracked) as compared:
            changes = compared.changes()
            then = state_before(analysis, base, changes, options, console)
            console.progress("comparing")
            for code in then.failed:
                console.problem(_incomparable(code, base))
            compared_analysis = _difference(analysis, base, changes, then, compared)
        if not options.no_cache and not analysis.result.given:
            keep_state_of_now(analysis, then)
        return compared_analysis
    except GitError as error:
        raise UsageError(f"--diff-base {options.diff_base}: {error}") from None


def _several_against_base(
    analysis: Analysis, several: Several, options: argparse.Namespace, console: Console
) -> Analysis:
    from mldebt.cli.diff_several import comparing_several, state_before_several

    try:
        with comparing_several(analysis.target, several, options.diff_base, console) as compared:
            then = state_before_several(analysis, compared, options, console)
            console.progress("comparing")
            for code in then.failed:
                console.problem(_incomparable(code, compared.base))
            return _difference(analysis, compared.base, compared.changes(), then, compared)
    except GitError as error:
        raise UsageError(f"--diff-base {options.diff_base}: {error}") from None


def _difference(
    analysis: Analysis, base: Base, changes: Changes, then: Then, compared: Comparing | Compared
) -> Analysis:
    result = analysis.result
    reported = set(map(id, result.findings))
    all_findings = [*analysis.all_findings, *(each.finding for each in result.suppressed)]
    others = [finding for finding in all_findings if id(finding) not in reported]
    lines = compared.lines(changes)
    found = difference(then.findings, [*result.findings, *others], changes.renamed, lines)
    new = [finding for finding in found.new if id(finding) in reported and finding.code not in then.failed]
    causes = _causes(result, new, changes, then, lines)
    lost = _lost(result, changes, then)
    new = [finding for finding in new if not causes.rests_on(finding, lost)]
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


def _lost(result: Result, changes: Changes, then: Then) -> set[str]:
    """The files of then that can't be read as they are now, in the middle of an edit: nobody knows what they do."""
    unread = result.graph.coverage.skipped
    files = {site.file for _, _, sites in then.ties for site in sites}
    return {file for file in files if changes.renamed.get(file, file) in unread}


def _incomparable(code: str, base: Base) -> str:
    return f"rule {code} failed for {base.name}; its findings are not compared"


def _is_gone(finding: Finding, analysis: Analysis) -> bool:
    """Neither a rule that failed nor a file that can't be read now tells that something is gone; outside the given
    paths nobody asked.
    """
    failed = {failure.rule.code for failure in analysis.outcome.failures}
    unread = analysis.result.graph.coverage.skipped
    known = finding.code not in failed and not any(site.file in unread for site in finding.locations)
    return known and analysis.target.includes(finding.locations[0])


def _causes(result: Result, new: Sequence[Finding], changes: Changes, then: Then, lines: Lines) -> Causes:
    source = result.source()
    name = Renaming(changes.renamed).name
    ties = [(name(source), name(target), sites) for source, target, sites in then.ties] if new else []

    def in_file(site: Site) -> Site:
        if site.cell < 0:
            return site
        line = line_in_file(source.text(site.file).removeprefix("\ufeff"), site) or 1
        return Site(site.file, line, line + site.end_line - site.line)

    whole = len({old.file for old in changes.old} | changes.added) == 1
    return Causes(lines, result.graph, ties, source, in_file, whole=whole)


def _also(inputs: Inputs, then: Then) -> Inputs:
    """All that a comparison depends on: also the state of then, and where git's names for commits lead."""
    if inputs.several:
        return replace(inputs, boundless=True)
    names = names_of_commits(inputs.root)
    if then.paths is None or names is None:
        return replace(inputs, boundless=True)
    event = os.environ.get("GITHUB_EVENT_PATH")
    return inputs.and_also([*map(Path, (*then.paths, *names)), *([Path(event)] if event else [])])
