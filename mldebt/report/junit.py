"""JUnit's XML, which every CI server shows: each finding a test that failed, each file a suite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.places import place
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result) -> str:
    places = FilePlaces(result)
    suites = [_file(file, list(group), places) for file, group in groupby(result.findings, _primary_file)]
    if result.problems:
        suites.append(_suite("rules that failed", [_problem(problem) for problem in result.problems]))
    if not suites:
        suites.append(_suite("mldebt", [ElementTree.Element("testcase", name="No findings", classname="mldebt")]))
    root = ElementTree.Element("testsuites", {"name": "mldebt", **_totals(suites)})
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _primary_file(finding: Finding) -> str:
    return finding.locations[0].file


def _file(file: str, findings: Iterable[Finding], places: FilePlaces) -> ElementTree.Element:
    return _suite(file, [_case(finding, places) for finding in findings])


def _suite(name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    counts = {f"{kind}s": str(sum(case.find(kind) is not None for case in cases)) for kind in ("failure", "error")}
    suite = ElementTree.Element("testsuite", {"name": _clean(name), "tests": str(len(cases)), **counts})
    suite.extend(cases)
    return suite


def _totals(suites: list[ElementTree.Element]) -> dict[str, str]:
    return {kind: str(sum(int(suite.get(kind, 0)) for suite in suites)) for kind in ("tests", "failures", "errors")}


def _case(finding: Finding, places: FilePlaces) -> ElementTree.Element:
    """Named without its line, so that a server that compares runs knows it again."""
    site = finding.locations[0]
    attributes = {
        "name": f"{finding.code} {finding.headline}",
        "classname": site.file,
        "file": places.file(site),
        "line": str(places.region(site).line),
    }
    case = ElementTree.Element("testcase", {name: _clean(value) for name, value in attributes.items()})
    failure = ElementTree.SubElement(case, "failure", message=_clean(finding.headline), type=finding.code)
    failure.text = _clean(f"{place(site)}: {finding.severity}, {finding.evidence}\n\n{full_text(finding)}")
    return case


def _problem(problem: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", name=_clean(problem.partition(" failed")[0]), classname="mldebt")
    ElementTree.SubElement(case, "error", message=_clean(problem), type="failure")
    return case


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
