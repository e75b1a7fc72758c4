"""What is kept of the analysis of an earlier state, as text and back."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from mldebt.rules.causes import Ties
from mldebt.rules.model import Finding
from mldebt.rules.said import GraphKey
from mldebt.sites import Site

FIELDS = ("code", "rule", "message", "severity", "evidence", "subject", "help", "effort_minutes")


class Then(Struct, frozen=True):
    """The findings, the codes of rules that failed, the edges of the graph, and the paths beside the commit's own files
    on which all this depends (None: more than can be told).
    """

    findings: tuple[Finding, ...]
    failed: tuple[str, ...]
    ties: Ties
    paths: tuple[str, ...] | None = None
    graph: GraphKey = GraphKey()


def as_text(then: Then) -> str:
    findings = [
        [{name: getattr(finding, name) for name in FIELDS}, list(map(_plain, finding.locations))]
        for finding in then.findings
    ]
    ties = [[source, target, list(map(_plain, sites))] for source, target, sites in then.ties]
    return json.dumps([findings, then.failed, ties, then.paths, then.graph], separators=(",", ":"))


def from_text(text: str) -> Then:
    findings, failed, ties, paths, graph = json.loads(text)
    return Then(
        tuple(_finding(fields, places) for fields, places in findings),
        tuple(failed),
        tuple((source, target, tuple(Site(*site) for site in sites)) for source, target, sites in ties),
        None if paths is None else tuple(paths),
        GraphKey(graph[0], {file: tuple(positions) for file, positions in graph[1].items()}),
    )


def _finding(fields: dict[str, Any], places: list[list[Any]]) -> Finding:
    subject = tuple(fields.pop("subject"))
    return Finding(subject=subject, locations=tuple(Site(*place) for place in places), **fields)


def _plain(site: Site) -> list[object]:
    return [site.file, site.line, site.end_line, site.cell]
