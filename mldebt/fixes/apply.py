"""Edits → changed files. Nothing of a file changes but what the edits name; a notebook keeps its JSON as it was."""

from __future__ import annotations

import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from msgspec import Struct

from mldebt.errors import UsageError
from mldebt.fixes.notebook import with_cell
from mldebt.project.replacing import replace_file
from mldebt.rules.model import Edit
from mldebt.rules.result import cell_sources, line_starts

BOM = "\ufeff"


class Change(Struct, frozen=True):
    """A file before and after; `is_new`: it was not there before."""

    file: str
    path: Path
    before: bytes
    after: bytes
    encoding: str = "utf-8"
    is_new: bool = False


def planned(place: Callable[[str], Path], edits: Iterable[Edit]) -> list[Change]:
    """What the edits come to, by file; one that can't be read or written as text is left alone.

    `place`: where a file lies.
    """
    found = [_change(place(file), file, wanted) for file, wanted in _by_file(edits).items()]
    return [change for change in found if change is not None and change.after != change.before]


def write(changes: Iterable[Change]) -> None:
    for change in changes:
        try:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(change.path, change.after)
        except OSError as error:
            raise UsageError(f"can't write {change.file}: {error.strerror or error}") from None


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits, from the last to the first; of two that overlap, the later one counts.

    Lines that come in end as those that are there.
    """
    starts, ending = line_starts(text), "\r\n" if "\r\n" in text else "\n"
    limit = len(text) + 1
    for edit in sorted(edits, reverse=True):
        start, end = (
            _offset(text, starts, edit.line, edit.column),
            _offset(text, starts, edit.end_line, edit.end_column),
        )
        if start <= end <= limit:
            text = text[:start] + edit.text.replace("\n", ending) + text[end:]
            limit = start
    return text


def edited_file(text: str, edits: Sequence[Edit]) -> str:
    """The same for a whole file, which may be a notebook."""
    own = [edit for edit in edits if edit.cell < 0]
    mark = BOM if text.startswith(BOM) else ""
    text = mark + edited(text.removeprefix(BOM), own)
    for cell in sorted({edit.cell for edit in edits if edit.cell >= 0}):
        sources = cell_sources(text)
        if cell < len(sources):
            changed = edited(sources[cell], [edit for edit in edits if edit.cell == cell])
            text = with_cell(text, cell, changed)
    return text


def _by_file(edits: Iterable[Edit]) -> Mapping[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edit in sorted(set(edits)):
        found.setdefault(edit.file, []).append(edit)
    return found


def _change(path: Path, file: str, edits: Sequence[Edit]) -> Change | None:
    try:
        before = path.read_bytes() if path.exists() else b""
        encoding = _encoding(file, before)
        after = edited_file(before.decode(encoding), edits).encode(encoding)
    except (OSError, ValueError, SyntaxError, LookupError):
        return None
    return Change(file, path, before, after, encoding, not path.exists())


def _encoding(file: str, data: bytes) -> str:
    """A byte order mark stays in the text."""
    if not file.endswith((".py", ".pyw")):
        return "utf-8"
    encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _offset(text: str, starts: Sequence[int], line: int, column: int) -> int:
    if line > len(starts):
        return len(text)
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(text)
    return min(start + column - 1, end)
