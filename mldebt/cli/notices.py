"""What a user should know beside the results: rules that failed, files that were not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from mldebt.cli.analysis import Analysis
from mldebt.cli.console import Console
from mldebt.cli.guard import DEBUG, show_traceback

WANTED = ("empty", "excluded by the configuration")
"""Reasons that leave nobody wondering."""

_DETAIL = re.compile(r"( at line \d+.*| \(.*\)|:.*)$")
_CELL = re.compile(r"^cell \d+: .*")


def tell_trouble(analysis: Analysis, console: Console, *, listed_by: str) -> None:
    """Say what went wrong; `listed_by` is what shows every file that was not read."""
    for failure in analysis.outcome.failures:
        console.problem(f"{failure}; set {DEBUG}=1 to see the traceback")
        show_traceback(failure.error)
    skipped = {file: reason for file, reason in analysis.result.graph.coverage.skipped.items() if reason not in WANTED}
    if skipped:
        console.problem(f"{skipped_summary(skipped)}; {listed_by} lists them")


def skipped_summary(skipped: Mapping[str, str]) -> str:
    """One line: how many were not read, and why, the commonest reason first."""
    reasons = Counter(_DETAIL.sub("", _CELL.sub("a cell that can't be parsed", reason)) for reason in skipped.values())
    told = ", ".join(
        f"{reason}: {count}" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    things = "file or folder was" if len(skipped) == 1 else "files or folders were"
    return f"{len(skipped)} {things} not read ({told})"
