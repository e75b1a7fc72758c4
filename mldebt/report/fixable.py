"""What `--fix` would do: which findings it would put right, and how that looks in the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from mldebt.fixes.apply import edited_file
from mldebt.report.summary import counted
from mldebt.rules.fix import SAFE, Fix
from mldebt.rules.model import Finding
from mldebt.rules.result import SourceText, cell_sources, split_lines

FIXABLE = "[*]"
"""Stands behind the code of a finding that `--fix` puts right."""
_MOST_LINES = 12


def is_fixable(finding: Finding) -> bool:
    return any(fix.safety == SAFE for fix in finding.fixes)


def fixable(findings: Iterable[Finding]) -> Iterator[str]:
    """One sentence about how many, where there are any."""
    with_fixes = [finding for finding in findings if finding.fixes]
    safe = sum(map(is_fixable, with_fixes))
    others = len(with_fixes) - safe
    if safe:
        more = f" ({others:,} more with --unsafe-fixes)" if others else ""
        yield f"{FIXABLE} {counted(safe, 'finding')} can be fixed with --fix{more}."
    elif others:
        yield f"{counted(others, 'finding')} can be fixed with --fix --unsafe-fixes."


def option(fix: Fix) -> str:
    """How it is made."""
    return "--fix" if fix.safety == SAFE else "--fix --unsafe-fixes"


def changed_lines(fix: Fix, source: SourceText) -> list[str]:
    """Lines that go, with a minus, and lines that come, with a plus; a long change is cut."""
    lines: list[str] = []
    for file in dict.fromkeys(edit.file for edit in fix.edits):
        before = source.text(file)
        after = edited_file(before, [edit for edit in fix.edits if edit.file == file])
        old, new = (list(_code_lines(file, text)) for text in (before, after))
        lines += list(unified_diff(old, new, n=0, lineterm=""))[2:]
    lines = [line for line in lines if not line.startswith("@@ ")]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], "…"]


def _code_lines(file: str, text: str) -> Iterator[str]:
    """The lines of a file, in a notebook those of its cells."""
    for each in cell_sources(text) if file.endswith(".ipynb") else (text,):
        yield from split_lines(each)
