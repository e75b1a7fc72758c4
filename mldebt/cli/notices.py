"""What a user should know beside the results: rules that failed, files that were not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from mldebt.cli.analysis import Analysis
from mldebt.cli.console import Console
from mldebt.cli.guard import DEBUG, show_traceback

WANTED = ("empty", "excluded by the configuration", "cache", "virtual environment", "version control")
"""Reasons that leave nobody wondering."""

NAMED = 3
"""So few files are named."""

_DETAIL = re.compile(r"( at line \d+.*| \(.*\)|:.*)$")
_CELL = re.compile(r"^cell \d+: .*")


def tell_trouble(analysis: Analysis, console: Console, *, listed_by: str) -> None:
    """Say what went wrong or is in vain; `listed_by` is what shows every file that was not read."""
    for failure in analysis.outcome.failures:
        console.problem(f"{failure}; set {DEBUG}=1 to see the traceback")
        show_traceback(failure.error)
    if not analysis.files:
        console.problem("there is nothing to check here: no code, notebook, SQL or pipeline file was found")
    for told in analysis.idle:
        console.problem(told)
    skipped = {file: reason for file, reason in analysis.result.graph.coverage.skipped.items() if reason not in WANTED}
    if skipped:
        console.problem(f"{skipped_summary(skipped)}; {listed_by} lists them")


def skipped_summary(skipped: Mapping[str, str]) -> str:
    """One line: how many were not read, and why, the commonest reason first."""
    if len(skipped) <= NAMED:
        told = ", ".join(f"{file} ({_reason(reason)})" for file, reason in sorted(skipped.items()))
        return f"not read or only in part: {told}"
    reasons = Counter(map(_reason, skipped.values()))
    told = ", ".join(
        f"{reason}: {count}" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    return f"{len(skipped)} files or folders were not read or only in part ({told})"


def _reason(reason: str) -> str:
    return _DETAIL.sub("", _CELL.sub("a cell that can't be parsed", reason))
