"""`check --statistics`: how much of each debt there is, and what finding it took."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis


def statistics(analysis: Analysis) -> str:
    """A line for each rule that ran: findings, of them suppressed or known, minutes of work, and milliseconds."""
    from mldebt.report.summary import effort, found, lineage

    result = analysis.result
    reported = Counter(finding.code for finding in result.findings)
    beside = Counter([each.finding.code for each in result.suppressed] + [each.code for each in result.baselined])
    minutes: Counter[str] = Counter()
    for finding in result.findings:
        minutes[finding.code] += finding.effort_minutes
    rows = [("findings", "set aside", "work", "time", "rule")]
    for rule in sorted(analysis.rules, key=lambda rule: (-reported[rule.code], rule.code)):
        seconds = analysis.outcome.seconds.get(rule.code, 0.0)
        work = effort(minutes[rule.code]) if minutes[rule.code] else ""
        rows.append(
            (
                f"{reported[rule.code]:,}",
                f"{beside[rule.code]:,}",
                work,
                f"{seconds * 1000:,.0f} ms",
                f"{rule.code} {rule.name}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(cell.rjust(width) for cell, width in zip(row, widths)), row[4]]) for row in rows]
    return "\n".join([*lines, "", found(result), lineage(result.graph.coverage)]) + "\n"
