"""Workflow commands of GitHub Actions: each finding an annotation of its line.

GitHub shows ten annotations of each level for a step, so the most urgent ones come first.
"""

from __future__ import annotations

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.levels import level
from mldebt.report.places import visible
from mldebt.report.summary import urgency
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(result: Result) -> str:
    places = FilePlaces(result)
    return "".join(_command(finding, places) + "\n" for finding in sorted(result.findings, key=urgency))


def _command(finding: Finding, places: FilePlaces) -> str:
    site = finding.locations[0]
    region = places.region(site)
    properties = {"title": f"mldebt {finding.code} {finding.rule}", "file": places.file(site), "line": region.line}
    if region.end_line != region.line:
        properties["endLine"] = region.end_line
    elif region.end_column > region.column:
        # The runner drops columns of several lines.
        properties |= {"endLine": region.end_line, "col": region.column, "endColumn": region.end_column}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[level(finding)]} {told}::{_data(visible(full_text(finding)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
