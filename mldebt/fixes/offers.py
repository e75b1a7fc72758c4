"""Fixes that are offered: those of which it is known what they come to in the text."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from mldebt.fixes.made import Tools
from mldebt.fixes.remembered import Remembered
from mldebt.project.cache import Cache
from mldebt.rules.fix import Fix
from mldebt.rules.model import Finding


def offered(findings: Iterable[Finding], tools: Tools, cache: Cache | None = None) -> tuple[Finding, ...]:
    """The findings with the fixes that can be made; the others are left out. `cache` keeps what fixes come to."""
    remembered = Remembered(cache, tools) if cache is not None else None
    return tuple(
        replace(finding, fixes=_made(finding.fixes, tools, remembered)) if finding.fixes else finding
        for finding in findings
    )


def _made(fixes: Iterable[Fix], tools: Tools, remembered: Remembered | None) -> tuple[Fix, ...]:
    made = (_make(fix, tools) if remembered is None else remembered.made(fix, _make) for fix in fixes)
    return tuple(fix for fix in made if fix is not None)


def _make(fix: Fix, tools: Tools) -> Fix | None:
    from mldebt.fixes.making import make  # takes code apart, and that is slow to load

    return make(fix, tools)
