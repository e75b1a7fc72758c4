"""A Code Quality report of GitLab, for the widget of merge requests."""

from __future__ import annotations

import json

from mldebt.report.file_places import FilePlaces
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

_SEVERITIES = {"critical": "critical", "high": "major", "medium": "minor", "low": "info"}


def render(result: Result) -> str:
    places = FilePlaces(result)
    return json.dumps([_issue(finding, places) for finding in result.findings], indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, places: FilePlaces) -> dict[str, object]:
    site = finding.locations[0]
    region = places.region(site)
    return {
        "description": f"{finding.code} {finding.rule}: {finding.headline}",
        "check_name": finding.code,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": places.file(site), "lines": {"begin": region.line, "end": region.end_line}},
    }
