"""Fixes as SARIF has them: text that takes the place of regions. A notebook's cell is the range of its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mldebt.fixes.apply import edited_file
from mldebt.report.sarif_rules import Json
from mldebt.rules.fix import Edit, Fix
from mldebt.rules.result import SourceText, line_starts


def described_fixes(fixes: Iterable[Fix], source: SourceText, locate: Callable[[str], Json]) -> list[Json]:
    """`locate`: the artifact location of a file."""
    return [
        {
            "description": {"text": f"{fix.title} ({fix.safety})"},
            "artifactChanges": [
                {
                    "artifactLocation": locate(file),
                    "replacements": _replacements(file, [edit for edit in fix.edits if edit.file == file], source),
                }
                for file in dict.fromkeys(edit.file for edit in fix.edits)
            ],
        }
        for fix in fixes
    ]


def _replacements(file: str, edits: Sequence[Edit], source: SourceText) -> list[Json]:
    if all(edit.cell < 0 for edit in edits):
        return [_replacement((edit.line, edit.column), (edit.end_line, edit.end_column), edit.text) for edit in edits]
    before = source.text(file)
    after = edited_file(before, edits)
    start = _alike(before, after)
    same = _alike(before[start:][::-1], after[start:][::-1])
    end = len(before) - same
    return [_replacement(_place(before, start), _place(before, end), after[start : len(after) - same])]


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _replacement(start: tuple[int, int], end: tuple[int, int], text: str) -> Json:
    region = {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}
    return {"deletedRegion": region, "insertedContent": {"text": text}}


def _place(text: str, offset: int) -> tuple[int, int]:
    starts = line_starts(text)
    line = max(number for number, start in enumerate(starts, 1) if start <= offset)
    return line, offset - starts[line - 1] + 1
