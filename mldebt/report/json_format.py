"""Findings as JSON, as docs/findings.schema.json says."""

from __future__ import annotations

import json

from mldebt.graph.model import Coverage
from mldebt.rules.comparison import Change, Comparison
from mldebt.rules.judge import Suppressed
from mldebt.rules.model import Edit, Finding, Fix, Step
from mldebt.rules.result import Result, SourceText
from mldebt.sites import Site

SCHEMA = "mldebt-findings/1"


def render(result: Result) -> str:
    source = result.source()
    document = {
        "schema": SCHEMA,
        "version": result.version,
        "root": result.name,
        "coverage": coverage_data(result.graph.coverage),
        **({"comparison": _comparison(result.comparison)} if result.comparison else {}),
        "findings": [finding_data(finding, source, cause(result, finding)) for finding in result.findings],
        "suppressed": [_suppressed(each) for each in result.suppressed],
        "baselined": [_told(finding) for finding in result.baselined],
        "problems": list(result.problems),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def coverage_data(coverage: Coverage) -> dict[str, object]:
    return {
        "files": coverage.files,
        "lines": coverage.lines,
        "resolved": coverage.resolved,
        "transient": coverage.transient,
        "unresolved": coverage.unresolved,
        "share": coverage.share if coverage.share is None else round(coverage.share, 4),
        "reasons": dict(sorted(coverage.reasons.items())),
        "skipped": dict(sorted(coverage.skipped.items())),
    }


def cause(result: Result, finding: Finding) -> Change | None:
    return result.comparison.causes.get(finding.fingerprint) if result.comparison else None


def _comparison(compared: Comparison) -> dict[str, object]:
    """What is known of findings that are no more: their places are those of then."""
    return {
        "base": compared.base,
        "commit": compared.commit,
        "known": compared.known,
        "repaid": [_told(finding) for finding in compared.gone],
    }


def _told(finding: Finding) -> dict[str, object]:
    """Enough to know it again."""
    primary = finding.locations[0]
    return {
        "code": finding.code,
        "rule": finding.rule,
        "message": finding.message,
        "severity": finding.severity,
        "file": primary.file,
        "line": primary.line,
        "cell": _cell(primary),
        "fingerprint": finding.fingerprint,
    }


def finding_data(finding: Finding, source: SourceText, brought_by: Change | None = None) -> dict[str, object]:
    return {
        "code": finding.code,
        "rule": finding.rule,
        "message": finding.message,
        "severity": finding.severity,
        "evidence": finding.evidence,
        "subject": list(finding.subject),
        "locations": [_location(site, source) for site in finding.locations],
        "path": [_step(step, source) for step in finding.path],
        "help": finding.help,
        "effort_minutes": finding.effort_minutes,
        "fingerprint": finding.fingerprint,
        "fixes": [_fix(fix) for fix in finding.fixes],
        **({"brought_by": _change(brought_by)} if brought_by else {}),
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "file": change.file,
        "line": change.line,
        "cell": _cell(change.site),
        "text": change.text,
        "removed": change.removed,
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {"title": fix.title, "safety": fix.safety, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, object]:
    return {
        "file": edit.file,
        "line": edit.line,
        "column": edit.column,
        "end_line": edit.end_line,
        "end_column": edit.end_column,
        "cell": edit.cell if edit.cell >= 0 else None,
        "text": edit.text,
    }


def _suppressed(suppressed: Suppressed) -> dict[str, object]:
    """With who said why it stays out."""
    said = suppressed.site
    return {
        **_told(suppressed.finding),
        "by": suppressed.by,
        "reason": suppressed.reason,
        "said_at": str(said) if said else None,
    }


def _location(site: Site, source: SourceText) -> dict[str, object]:
    return {"file": site.file, **source.region(site)._asdict(), "cell": _cell(site)}


def _step(step: Step, source: SourceText) -> dict[str, object]:
    return {
        "node": step.node,
        "edge": step.edge or None,
        "note": step.note,
        "file": step.site.file if step.site else None,
        "line": step.site.line if step.site else None,
        "cell": _cell(step.site) if step.site else None,
        "code": source.code(step.site),
    }


def _cell(site: Site) -> int | None:
    return site.cell if site.cell >= 0 else None
