"""An analysis and a baseline: what is new, what was known, and what the baseline knows for nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.cli.console import Console
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.cli.targets import Target
    from mldebt.rules.judge.baseline import Describing, Entry, Matched

NAMED = 3
"""So many stale entries are named."""


def add_baseline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", metavar="FILE", help="report only what this baseline doesn't know")
    parser.add_argument("--no-baseline", action="store_true", help="report all, whatever the configuration says")


def against_baseline(analysis: Analysis, options: argparse.Namespace) -> Analysis:
    """The same analysis without the findings that the baseline knows, if there is a baseline."""
    if options.baseline is not None and options.no_baseline:
        raise UsageError("--baseline and --no-baseline contradict each other")
    path = Path(options.baseline) if options.baseline is not None else analysis.target.config.baseline
    if path is None or options.no_baseline:
        return analysis
    from mldebt.rules.judge.baseline_file import read_baseline

    matched = matched_with(analysis, read_baseline(path))
    known = {id(finding) for finding, _ in matched.known}
    findings = analysis.result.findings
    result = replace(
        analysis.result,
        findings=tuple(finding for finding in findings if id(finding) not in known),
        baselined=tuple(finding for finding in findings if id(finding) in known),
    )
    inputs = analysis.inputs.and_also([path.absolute()])
    return replace(analysis, result=result, stale=matched.stale, inputs=inputs)


def matched_with(analysis: Analysis, entries: tuple[Entry, ...]) -> Matched:
    from mldebt.rules.judge.baseline import match

    return match(analysis.all_findings, entries, describing(analysis), analysis.answered)


def describing(analysis: Analysis) -> Describing:
    from mldebt.rules.judge.baseline import Describing

    return Describing(analysis.files, analysis.result.source())


def baseline_path(target: Target, given: str | None) -> Path:
    """The one that is named, else that of the configuration, else the usual one at the root."""
    from mldebt.rules.judge.baseline_file import DEFAULT

    return Path(given) if given is not None else target.config.baseline or target.root / DEFAULT


def tell_stale(analysis: Analysis, console: Console) -> None:
    if not analysis.stale:
        return
    count, first = len(analysis.stale), analysis.stale[:NAMED]
    what = "1 entry of the baseline is" if count == 1 else f"{count:,} entries of the baseline are"
    told = ", ".join(f"{entry.rule} in {entry.file}" for entry in first)
    more = f" and {count - NAMED:,} more" if count > NAMED else ""
    console.problem(f"{what} not found any more ({told}{more}); `mldebt baseline prune` takes what is repaid out")
