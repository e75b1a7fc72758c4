"""SARIF 2.1.0 for code scanning and for editors.

Suppressed findings are written only where that is asked for, since in code scanning they would come up as open alerts;
time stamps never, since two scans of the same code would differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mldebt.report.file_places import FilePlaces, full_text
from mldebt.report.json_format import coverage_data
from mldebt.report.levels import level
from mldebt.report.places import place
from mldebt.report.sarif_limits import RESULTS, fits, kept_findings, kept_related, kept_steps
from mldebt.report.sarif_places import ROOT, Places
from mldebt.report.sarif_rules import Json, described_rules
from mldebt.report.summary import counted
from mldebt.rules.model import Finding
from mldebt.rules.result import Result, by_position
from mldebt.sites import Site

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(result: Result) -> str:
    """The log, of so many results as an upload may have, and as fit into it."""
    findings = kept_findings(_all(result), RESULTS)
    text = _log(result, findings)
    while findings and not fits(text):
        findings = kept_findings(findings, len(findings) * 3 // 4)
        text = _log(result, findings)
    return text


def _all(result: Result) -> list[Finding]:
    aside = [*(each.finding for each in result.suppressed), *result.baselined] if result.shows_all else []
    return sorted([*result.findings, *aside], key=by_position)


def _log(result: Result, findings: Sequence[Finding]) -> str:
    places = Places(FilePlaces(result))
    rules = described_rules(result, findings)
    run: Json = {
        "tool": {"driver": _driver(result.version, rules)},
        "automationDetails": {"id": "mldebt/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository that was scanned."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(result, findings)}],
        "results": _results(findings, [str(rule["id"]) for rule in rules], places, _marks(result)),
        "properties": {"coverage": coverage_data(result.graph.coverage)},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _driver(version: str, rules: Sequence[Json]) -> Json:
    home = homepage()
    return {
        "name": "mldebt",
        "version": version,
        "semanticVersion": version,
        **({"informationUri": home} if home else {}),
        "rules": list(rules),
    }


def homepage() -> str:
    """Where the installed package says that it is at home; "" where it doesn't."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        declared = metadata("mldebt").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    addresses = dict(str(each).split(", ", 1) for each in declared)
    return addresses.get("Homepage", "")


def _notifications(result: Result, kept: Sequence[Finding]) -> list[Json]:
    notes = [("error", problem) for problem in result.problems]
    if left_out := len(_all(result)) - len(kept):
        verb = "is" if left_out == 1 else "are"
        notes.append(
            (
                "warning",
                f"{counted(left_out, 'finding')} {verb} left out: code scanning takes at most {RESULTS:,} in a run "
                "and 10 MB packed. The worst are here.",
            )
        )
    return [{"level": grade, "message": {"text": text}} for grade, text in notes]


def _marks(result: Result) -> Mapping[str, Json]:
    """What is to be said of findings by what became of them, for each fingerprint."""
    compared = result.comparison is not None or result.baselined
    marks: dict[str, Json] = {}
    if compared:
        marks |= {finding.fingerprint: {"baselineState": "new"} for finding in result.findings}
    marks |= {finding.fingerprint: {"baselineState": "unchanged"} for finding in result.baselined}
    for each in result.suppressed:
        suppression: Json = {"kind": each.kind, "status": "accepted"}
        if each.reason:
            suppression["justification"] = each.reason
        marks[each.finding.fingerprint] = {"suppressions": [suppression]}
    return marks


def _results(
    findings: Sequence[Finding], codes: Sequence[str], places: Places, marks: Mapping[str, Json]
) -> list[Json]:
    hashes = _distinct_hashes(findings, places)
    index = {code: number for number, code in enumerate(codes)}
    return [
        _result(finding, index[finding.code], line_hash, places) | marks.get(finding.fingerprint, {})
        for finding, line_hash in zip(findings, hashes)
    ]


def _distinct_hashes(findings: Sequence[Finding], places: Places) -> list[str]:
    """Line hashes with which no two findings of one rule in one file are the same alert.

    Of several on one line, the one with the smallest fingerprint keeps the plain hash, so that most alerts stay what
    they are when one of them goes.
    """
    keys = [(finding.code, finding.locations[0].file, places.line_hash(finding)) for finding in findings]
    first: dict[tuple[str, str, str], str] = {}
    for finding, key in zip(findings, keys):
        first[key] = min(finding.fingerprint, first.get(key, finding.fingerprint))
    return [
        key[2] if first[key] == finding.fingerprint else f"{key[2]}:{finding.fingerprint}"
        for finding, key in zip(findings, keys)
    ]


def _result(finding: Finding, rule_index: int, line_hash: str, places: Places) -> Json:
    related = kept_related(finding.locations[1:])
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": level(finding),
        "message": {"text": _message(finding, related)},
        "locations": [{"physicalLocation": places.primary(finding.locations[0])}],
        "partialFingerprints": {"primaryLocationLineHash": line_hash, "mldebtFinding/v1": finding.fingerprint},
        "properties": _properties(finding),
    }
    if steps := kept_steps(_placed_steps(finding)):
        flow = [_flow_location(number, site, text, places) for number, (site, text) in enumerate(steps, 1)]
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.fixes:
        result["fixes"] = places.fixes(finding)
    if related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": places.physical(site), "message": {"text": place(site)}}
            for number, site in enumerate(related, 1)
        ]
    return result


def _message(finding: Finding, related: Sequence[Site]) -> str:
    """What is wrong, what to do, and where else to look; links need the brackets of everything else escaped."""
    text = _without_links(full_text(finding))
    if related:
        links = ", ".join(f"[{_without_links(place(site))}]({number})" for number, site in enumerate(related, 1))
        text += f"\n\nSee also: {links}."
    return text


def _without_links(text: str) -> str:
    return text.replace("](", "\\](")


def _properties(finding: Finding) -> Json:
    properties: Json = {
        "severity": finding.severity,
        "evidence": finding.evidence,
        "subject": list(finding.subject),
        "effortMinutes": finding.effort_minutes,
    }
    primary = finding.locations[0]
    if primary.cell >= 0:
        properties["notebook"] = {"cell": primary.cell, "line": primary.line}
    return properties


def _placed_steps(finding: Finding) -> list[tuple[Site, str]]:
    """The steps that have a place; one that has none goes into the words of its neighbour."""
    placed: list[tuple[Site, str]] = []
    waiting = ""
    for step in finding.path:
        if step.site is not None:
            placed.append((step.site, f"{waiting}; {step.note}" if waiting else step.note))
            waiting = ""
        elif placed:
            site, text = placed.pop()
            placed.append((site, f"{text}; {step.note}"))
        else:
            waiting = f"{waiting}; {step.note}" if waiting else step.note
    return placed


def _flow_location(number: int, site: Site, text: str, places: Places) -> Json:
    location = {"physicalLocation": places.physical(site), "message": {"text": text}}
    return {"location": location, "importance": "essential", "executionOrder": number}
