"""What GitHub code scanning takes: what is over a limit is left out by stated rules, never by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from mldebt.report.summary import urgency
from mldebt.rules.model import Finding

RESULTS = 25_000
STEPS = 1_000
LOCATIONS = 100
TAGS = 10
TEXT = 1_024
PACKED = 10_000_000
"""Bytes of a log that is uploaded, which goes through gzip."""
NAME = 255

T = TypeVar("T")


def kept_findings(findings: Sequence[Finding], limit: int = RESULTS) -> list[Finding]:
    """As many as a run may have, the most urgent ones, in their order."""
    if len(findings) <= limit:
        return list(findings)
    ranked = sorted(range(len(findings)), key=lambda index: (urgency(findings[index]), index))
    return [findings[index] for index in sorted(ranked[:limit])]


def fits(text: str, limit: int = PACKED) -> bool:
    """Whether an upload takes the log."""
    if len(text) * 4 <= limit:
        return True
    import gzip

    return len(gzip.compress(text.encode("utf-8", "backslashreplace"), 6)) <= limit


def kept_steps(steps: Sequence[T], limit: int = STEPS) -> list[T]:
    """Both ends of a path that is too long: where it comes from and where it leads."""
    if len(steps) <= limit:
        return list(steps)
    head = (limit + 1) // 2
    return [*steps[:head], *steps[len(steps) - (limit - head) :]]


def kept_related(sites: Sequence[T]) -> list[T]:
    """Beside the primary one."""
    return list(sites[: LOCATIONS - 1])


def kept_tags(tags: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(tags))[:TAGS]


def cut_text(text: str, limit: int = TEXT) -> str:
    """Ended at a word where it is too long."""
    text = text.strip()
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rpartition(" ")[0] or head).rstrip() + "…"
