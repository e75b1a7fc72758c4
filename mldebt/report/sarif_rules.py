"""Rules as SARIF describes them to its viewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mldebt.report.levels import LEVELS
from mldebt.report.sarif_limits import NAME, cut_text, kept_tags
from mldebt.rules.model import Finding
from mldebt.rules.page import RulePage
from mldebt.rules.result import Result

Json = dict[str, object]

_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}
_FAMILIES = (
    "analysis-coverage", "boundaries-and-consumers", "data-dependencies", "feedback-loops", "architecture",
    "configuration", "training-serving-skew", "evaluation-validity", "reproducibility", "testing-and-monitoring",
)  # fmt: skip


def described_rules(result: Result, findings: Sequence[Finding]) -> list[Json]:
    """Every rule that ran, and every other that a finding names, by code."""
    named = {finding.code: finding for finding in reversed(findings)}
    return [_rule(code, result.rules, named) for code in sorted({*result.rules, *named})]


def _rule(code: str, pages: Mapping[str, RulePage], named: Mapping[str, Finding]) -> Json:
    page = pages.get(code)
    name = page.name if page else named[code].rule
    severity = page.severity if page else named[code].severity
    summary = (page.summary if page else "") or name
    return {
        "id": code,
        "name": _pascal_case(name)[:NAME],
        "shortDescription": {"text": cut_text(_first_sentence(summary))},
        "fullDescription": {"text": cut_text(summary)},
        "help": _help(page, summary),
        "defaultConfiguration": {"enabled": page.default if page else True, "level": LEVELS[severity]},
        "properties": {
            "tags": kept_tags(["machine-learning", "technical-debt", *_family(code)]),
            "precision": "high" if page is None or page.default else "medium",
            "problem.severity": _PROBLEM_SEVERITY[LEVELS[severity]],
        },
    }


def _help(page: RulePage | None, summary: str) -> Json:
    return {"text": page.plain or summary, "markdown": page.markdown or summary} if page else {"text": summary}


def _family(code: str) -> list[str]:
    digit = code.removeprefix("MLD")[:1]
    return [_FAMILIES[int(digit)]] if code.startswith("MLD") and digit.isdecimal() else []


def _pascal_case(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))


def _first_sentence(text: str) -> str:
    head, stop, _ = text.partition(". ")
    return head + "." if stop else head
