"""Which fixes are made together: as many as don't get in each other's way. The others wait for the next round."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.fixes.apply import edited_file
from mldebt.fixes.sound import is_sound
from mldebt.rules.fix import SAFE, Edit, Fix
from mldebt.rules.model import Finding
from mldebt.rules.result import SourceText


def wanted(finding: Finding, unsafe: bool) -> Fix | None:
    """The first fix of a finding that may be made."""
    return next((fix for fix in finding.fixes if unsafe or fix.safety == SAFE), None)


def together(fixes: Iterable[Fix], source: SourceText) -> list[Fix]:
    """Fixes in their order; what overlaps one before, or can't be read together with it, is left for later."""
    chosen: list[Fix] = []
    edits: dict[str, list[Edit]] = {}
    for fix in fixes:
        new = [edit for edit in fix.edits if edit not in edits.get(edit.file, ())]
        if any(_meet(edit, other) for edit in new for other in edits.get(edit.file, ())):
            continue
        tried = {file: [*edits.get(file, ()), *(edit for edit in new if edit.file == file)] for file in _files(new)}
        if all(_reads(file, some, source) for file, some in tried.items()):
            edits |= tried
            chosen.append(fix)
    return chosen


def _files(edits: Iterable[Edit]) -> set[str]:
    return {edit.file for edit in edits}


def _reads(file: str, edits: list[Edit], source: SourceText) -> bool:
    before = source.text(file)
    return is_sound(file, before, edited_file(before, edits))


def _meet(one: Edit, other: Edit) -> bool:
    """Whether both are about the same text, or touch."""
    if one.cell != other.cell:
        return False
    return (one.line, one.column) <= (other.end_line, other.end_column) and (other.line, other.column) <= (
        one.end_line,
        one.end_column,
    )
