"""How loud a finding is in formats that know errors, warnings and notes."""

from __future__ import annotations

from mldebt.rules.model import Finding

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_MOST_BY_EVIDENCE = {"certain": "error", "likely": "warning", "heuristic": "note"}
_WEIGHT = ("note", "warning", "error")


def level(finding: Finding) -> str:
    """As severe as the debt is, but no more than the evidence allows."""
    return min(LEVELS[finding.severity], _MOST_BY_EVIDENCE[finding.evidence], key=_WEIGHT.index)
