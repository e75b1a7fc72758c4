"""Diagnostics for reviewdog, which counts columns in bytes of UTF-8."""

from __future__ import annotations

import json

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.levels import level
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

Json = dict[str, object]

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(result: Result) -> str:
    places = FilePlaces(result)
    document = {
        "source": {"name": "mldebt"},
        "severity": "WARNING",
        "diagnostics": [_diagnostic(finding, places) for finding in result.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(finding: Finding, places: FilePlaces) -> Json:
    site = finding.locations[0]
    return {
        "message": full_text(finding),
        "location": {"path": places.file(site), "range": _range(site, places)},
        "severity": _SEVERITIES[level(finding)],
        "code": {"value": finding.code},
    }


def _range(site: Site, places: FilePlaces) -> Json:
    region = places.region(site)
    return {
        "start": _position(site.file, region.line, region.column, places),
        "end": _position(site.file, region.end_line, region.end_column, places),
    }


def _position(file: str, line: int, column: int, places: FilePlaces) -> Json:
    before = places.line(file, line)[: column - 1]
    return {"line": line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
