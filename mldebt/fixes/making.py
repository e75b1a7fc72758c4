"""What a fix comes to in the text: the edits of all of its changes, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from mldebt.fixes.apply import edited_file
from mldebt.fixes.asking import keep_names, order_columns
from mldebt.fixes.declaring import declare, write_file
from mldebt.fixes.keywords import add_keyword
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.projecting import project
from mldebt.fixes.removing import remove
from mldebt.fixes.seeding import seed
from mldebt.fixes.sound import is_sound
from mldebt.fixes.splitting import split_first
from mldebt.fixes.yaml_lists import change_list
from mldebt.rules.fix import (
    SAFE,
    UNSAFE,
    Change,
    Columns,
    Declaration,
    Edit,
    Entries,
    Fix,
    Keyword,
    Names,
    NewFile,
    Projection,
    Removal,
    Seeding,
    SplitFirst,
)

_MAKERS: Mapping[type, Callable[[Any, Tools], Made | None]] = {
    Edit: lambda edit, tools: Made((edit,), True),
    Projection: project,
    Removal: remove,
    Seeding: seed,
    Keyword: add_keyword,
    SplitFirst: split_first,
    Names: keep_names,
    Columns: order_columns,
    Declaration: declare,
    Entries: change_list,
    NewFile: write_file,
}


def make(fix: Fix, tools: Tools) -> Fix | None:
    """The fix with its edits, as safe as they are; None where it can't be made."""
    made = [_made_of(change, tools) for change in fix.changes]
    known = [each for each in made if each is not None]
    if not known or len(known) < len(made):
        return None
    whole = Made.of(known)
    if _overlap(whole.edits) or not _is_sound(whole.edits, tools):
        return None
    safety = UNSAFE if fix.safety == SAFE and not whole.proven else fix.safety
    return replace(fix, safety=safety, edits=tuple(sorted(set(whole.edits))))


def _overlap(edits: Iterable[Edit]) -> bool:
    """Whether two different edits of one fix are about the same text: together, they mean neither."""
    listed = sorted(set(edits), key=lambda edit: (edit.file, edit.cell, edit.line, edit.column))
    return any(
        (one.file, one.cell) == (other.file, other.cell) and (other.line, other.column) < (one.end_line, one.end_column)
        for one, other in pairwise(listed)
    )


def _made_of(change: Change, tools: Tools) -> Made | None:
    return _MAKERS[type(change)](change, tools)


def _is_sound(edits: Iterable[Edit], tools: Tools) -> bool:
    """Whether every file that is changed can be read then as it could before."""
    listed = tuple(edits)
    for file in {edit.file for edit in listed}:
        before = tools.source.text(file)
        after = edited_file(before, [edit for edit in listed if edit.file == file])
        if after == before or not is_sound(file, before, after):
            return False
    return True
