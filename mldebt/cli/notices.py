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


def tell_trouble(analysis: Analysis, console: Console) -> None:
    for failure in analysis.outcome.failures:
        console.problem(f"{failure}; set {DEBUG}=1 to see the traceback")
        show_traceback(failure.error)
    skipped = {file: reason for file, reason in analysis.result.graph.coverage.skipped.items() if reason not in WANTED}
    if skipped:
        console.problem(skipped_summary(skipped))


def skipped_summary(skipped: Mapping[str, str]) -> str:
    """One line: how many were not read, and why, the commonest reason first."""
    reasons = Counter(_DETAIL.sub("", reason) for reason in skipped.values())
    told = ", ".join(
        f"{reason} {count}" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    things = "file or folder was" if len(skipped) == 1 else "files or folders were"
    return f"{len(skipped)} {things} not read ({told}); --output-format json lists them"
