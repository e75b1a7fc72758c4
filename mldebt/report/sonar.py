"""SonarQube's generic issues, which count columns from 0 in UTF-16; one bad range and Sonar imports nothing."""

from __future__ import annotations

import json

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.places import place
from mldebt.report.sarif_limits import cut_text
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

Json = dict[str, object]

_IMPACTS = {"critical": "HIGH", "high": "HIGH", "medium": "MEDIUM", "low": "LOW"}
_SEVERITIES = {"critical": "CRITICAL", "high": "MAJOR", "medium": "MINOR", "low": "INFO"}
_MOST_SECONDARY = 20
_LONGEST_MESSAGE = 4_000


def render(result: Result) -> str:
    places = FilePlaces(result)
    named = {finding.code: finding for finding in reversed(result.findings)}
    document = {
        "rules": [_rule(named[code], result) for code in sorted(named)],
        "issues": [_issue(finding, places) for finding in result.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(finding: Finding, result: Result) -> Json:
    page = result.rules.get(finding.code)
    severity = page.severity if page else finding.severity
    return {
        "id": finding.code,
        "name": finding.rule,
        "description": page.summary if page else finding.rule,
        "engineId": "mldebt",
        "cleanCodeAttribute": "LOGICAL",
        "type": "CODE_SMELL",
        "severity": _SEVERITIES[severity],
        "impacts": [{"softwareQuality": "MAINTAINABILITY", "severity": _IMPACTS[severity]}],
    }


def _issue(finding: Finding, places: FilePlaces) -> Json:
    primary, *others = finding.locations
    return {
        "ruleId": finding.code,
        "effortMinutes": finding.effort_minutes,
        "primaryLocation": _location(primary, cut_text(full_text(finding), _LONGEST_MESSAGE), places),
        "secondaryLocations": [_location(site, place(site), places) for site in others[:_MOST_SECONDARY]],
    }


def _location(site: Site, message: str, places: FilePlaces) -> Json:
    region = places.region(site)
    text_range = {"startLine": region.line, "endLine": region.end_line}
    start = _units(places.line(site.file, region.line)[: region.column - 1])
    end = _units(places.line(site.file, region.end_line)[: region.end_column - 1])
    if end and (region.line < region.end_line or start < end):
        text_range |= {"startColumn": start, "endColumn": end}
    return {"message": message, "filePath": places.file(site), "textRange": text_range}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
