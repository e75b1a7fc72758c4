"""The report for people: one HTML file that needs nothing else, not even a script or a network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from mldebt.report.finding_view import FindingView, viewed
from mldebt.report.inventory import inventory
from mldebt.report.markdown import blocks, inline
from mldebt.report.summary import by_severity, counted, effort, percent, severity_words, sites, urgency
from mldebt.report.unresolved import gap_groups, skipped_files
from mldebt.rules.model import SEVERITIES, Finding
from mldebt.rules.result import Result

_TEMPLATES = Path(__file__).parent / "templates"
_FIX_FIRST = 5
_OPEN = 12
_WHAT = "What it finds"
_MORE = ("Why it is debt", "How to fix it")


class RuleCount(Struct, frozen=True):
    code: str
    name: str
    severity: str
    count: int
    effort: str
    has_page: bool


class AboutRule(Struct, frozen=True):
    code: str
    name: str
    what: Markup
    more: tuple[tuple[str, Markup], ...]


def render(result: Result, commit: str = "") -> str:
    """The whole page; `commit` is shown where it is given."""
    style, script = _text("style.css"), _text("script.js")
    page = _environment().get_template("report.html.jinja")
    return page.render(
        result=result,
        commit=commit,
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'",
        **_summary(result),
        groups=_groups(result),
        open_fingerprints={finding.fingerprint for finding in _by_severity(result.findings)[:_OPEN]},
        tables=inventory(result.graph),
        gaps=gap_groups(result.graph),
        skipped=skipped_files(result.graph.coverage),
        about=list(_about(result)),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["inline"] = inline
    environment.filters["counted"] = counted
    return environment


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(inlined: str) -> str:
    """The source expression that allows this very text between its tags, and no other."""
    return f"'sha256-{b64encode(sha256(inlined.encode()).digest()).decode()}'"


def _summary(result: Result) -> dict[str, object]:
    coverage = result.graph.coverage
    return {
        "severities": by_severity(result.findings),
        "severity_words": severity_words(result.findings),
        "total_effort": effort(sum(finding.effort_minutes for finding in result.findings)),
        "coverage": coverage,
        "percent": percent(coverage),
        "sites": sites(coverage),
        "rule_counts": list(_rule_counts(result)),
        "fix_first": sorted(result.findings, key=urgency)[:_FIX_FIRST],
    }


def _rule_counts(result: Result) -> Iterator[RuleCount]:
    """The rules that found something, the worst and most frequent first."""
    found: dict[str, list[Finding]] = {}
    for finding in result.findings:
        found.setdefault(finding.code, []).append(finding)
    ranked = sorted(found.items(), key=lambda item: (_worst(item[1]), -len(item[1]), item[0]))
    for code, findings in ranked:
        minutes = sum(finding.effort_minutes for finding in findings)
        severity = SEVERITIES[_worst(findings)]
        yield RuleCount(
            code, findings[0].rule, severity, len(findings), effort(minutes) if minutes else "", code in result.rules
        )


def _worst(findings: Sequence[Finding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in findings)


def _by_severity(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _groups(result: Result) -> dict[str, list[FindingView]]:
    """The findings of each severity that has any, the worst first."""
    source = result.source()
    groups: dict[str, list[FindingView]] = {}
    for finding in _by_severity(result.findings):
        groups.setdefault(finding.severity, []).append(viewed(finding, result.graph, source))
    return groups


def _about(result: Result) -> Iterator[AboutRule]:
    """The pages, without their examples, of the rules that found something."""
    for code in sorted({finding.code for finding in result.findings} & set(result.rules)):
        page = result.rules[code]
        more = tuple((heading, blocks(page.sections[heading], 5)) for heading in _MORE if page.sections.get(heading))
        yield AboutRule(code, page.name, blocks(page.sections.get(_WHAT, page.summary), 5), more)
