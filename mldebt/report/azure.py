"""Logging commands of Azure Pipelines: each finding an issue of the build."""

from __future__ import annotations

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.levels import level
from mldebt.report.places import visible
from mldebt.report.summary import urgency
from mldebt.rules.model import Finding
from mldebt.rules.result import Result


def render(result: Result) -> str:
    places = FilePlaces(result)
    return "".join(_command(finding, places) + "\n" for finding in sorted(result.findings, key=urgency))


def _command(finding: Finding, places: FilePlaces) -> str:
    site = finding.locations[0]
    region = places.region(site)
    properties = {
        "type": "error" if level(finding) == "error" else "warning",
        "sourcepath": places.file(site),
        "linenumber": str(region.line),
        "columnnumber": str(region.column),
        "code": finding.code,
    }
    told = "".join(f"{name}={_property(value)};" for name, value in properties.items())
    return f"##vso[task.logissue {told}]{_data(f'{finding.rule}: {visible(full_text(finding))}')}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
