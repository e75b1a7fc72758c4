"""`check --statistics`: how much of each debt there is, and what finding it took."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis

SCHEMA = "mldebt-statistics/1"


class Row(Struct, frozen=True):
    """Of one rule that ran: findings, those suppressed or known from the baseline, minutes of work, its own time."""

    code: str
    rule: str
    findings: int
    set_aside: int
    effort_minutes: int
    milliseconds: float


def statistics(analysis: Analysis) -> str:
    """A line for each rule that ran."""
    from mldebt.report.summary import effort, found, lineage

    result = analysis.result
    rows = [("findings", "set aside", "work", "time", "rule")]
    for row in _rows(analysis):
        work = effort(row.effort_minutes) if row.effort_minutes else ""
        rows.append(
            (f"{row.findings:,}", f"{row.set_aside:,}", work, f"{row.milliseconds:,.0f} ms", f"{row.code} {row.rule}")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(cell.rjust(width) for cell, width in zip(row, widths)), row[4]]) for row in rows]
    return "\n".join([*lines, "", found(result), lineage(result.graph.coverage)]) + "\n"


def statistics_as_json(analysis: Analysis) -> str:
    """The same for programs."""
    from mldebt.report.json_format import coverage_data

    rows = list(_rows(analysis))
    document = {
        "schema": SCHEMA,
        "findings": sum(row.findings for row in rows),
        "set_aside": sum(row.set_aside for row in rows),
        "effort_minutes": sum(row.effort_minutes for row in rows),
        "rules": [asdict(row) for row in rows],
        "coverage": coverage_data(analysis.result.graph.coverage),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rows(analysis: Analysis) -> Iterator[Row]:
    """The rules with most findings first."""
    result = analysis.result
    reported = Counter(finding.code for finding in result.findings)
    beside = Counter([each.finding.code for each in result.suppressed] + [each.code for each in result.baselined])
    minutes: Counter[str] = Counter()
    for finding in result.findings:
        minutes[finding.code] += finding.effort_minutes
    for rule in sorted(analysis.rules, key=lambda rule: (-reported[rule.code], rule.code)):
        seconds = round(analysis.outcome.seconds.get(rule.code, 0.0) * 1000, 3)
        yield Row(rule.code, rule.name, reported[rule.code], beside[rule.code], minutes[rule.code], seconds)
