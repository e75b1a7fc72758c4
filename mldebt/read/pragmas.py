"""Comments that speak to mldebt (`# mldebt: ignore[MLD203] reason`, `# noqa: MLD203`), and the lines they speak of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec.structs import replace

from mldebt.read.comments import Comment, comments_in
from mldebt.read.facts import Pragma

MENTION = re.compile(r"mldebt\s*:|noqa\s*:[^\n]*\b[A-Z]{3}\d{3}\b", re.IGNORECASE)
"""What a file holds that may have any: asked of all files, so it is cheap."""

_OURS = re.compile(r"(?P<mark>#+|-{2,})\s*mldebt\s*:\s*(?P<word>[A-Za-z][\w-]*)\s*(?P<list>\[(?P<labels>[^\]]*)\])?")
_CODE = r"[A-Z]{1,8}\d+"
_NOQA = re.compile(
    rf"(?P<mark>#+|-{{2,}})\s*(?P<word>noqa)\s*:\s*(?P<labels>{_CODE}(?:(?:\s*,\s*|\s+){_CODE}\b)*)", re.IGNORECASE
)
_NEXT = re.compile(r"\s+(?=#|--)")
_MARKER = re.compile(r"[A-Z]{3}\d{3}")
_SQL_CELL = re.compile(r"\s*%%?(?:sql|bigquery|read_sql)\b")
_OTHER_CELL = re.compile(r"\s*%%?(?:bash|sh|script|system|!|writefile|yaml)\b")


def holds_comments(file: str) -> bool:
    """Whether a file that is no code can say in a comment that a finding in it is accepted."""
    return PurePosixPath(file).suffix.lower() in (".yaml", ".yml", ".toml", ".txt", ".cfg", ".ini")


def pragmas_in(text: str, language: str) -> tuple[Pragma, ...]:
    """Of a file: `language` is python, notebook, sql, or manifest, which stands for all whose comments begin with #."""
    if not MENTION.search(text):
        return ()
    if language == "notebook":
        return tuple(_in_cells(text))
    return tuple(_in_text(text, language))


def _in_cells(notebook: str) -> Iterator[Pragma]:
    from mldebt.read.notebook import code_cells

    for index, source in code_cells(json.loads(notebook)):
        if MENTION.search(source):
            yield from (replace(pragma, cell=index) for pragma in _in_text(source, language_of_cell(source)))


def language_of_cell(source: str) -> str:
    """python, sql, or manifest for what begins its comments with #."""
    return "sql" if _SQL_CELL.match(source) else "manifest" if _OTHER_CELL.match(source) else "python"


def _in_text(text: str, language: str) -> Iterator[Pragma]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for comment in comments_in(text, language):
        if MENTION.search(comment.text):
            yield from _in_comment(comment, lines[comment.line - 1])


def _in_comment(comment: Comment, line: str) -> Iterator[Pragma]:
    found = sorted([*_OURS.finditer(comment.text), *_NOQA.finditer(comment.text)], key=lambda match: match.start())
    for match in found:
        if match["word"].lower() != "noqa" and not match["list"] and _MARKER.fullmatch(match["word"]):
            continue  # `# mldebt: MLD203` marks an expected finding on the pages of rules
        ending = _NEXT.search(comment.text, match.end())
        end = ending.start() if ending else len(comment.text.rstrip())
        before = line[: comment.column - 1] + comment.text[: match.start()]
        yield Pragma(
            word=match["word"].lower(),
            labels=None if match["labels"] is None else tuple(_labels(match["labels"])),
            reason=comment.text[match.end() : end].strip(" \t:,;-–—"),
            line=comment.line,
            column=comment.column + match.start(),
            end_column=comment.column + end,
            first=comment.first,
            last=comment.last,
            blanks=len(before) - len(before.rstrip()),
            alone=not before.strip() and not comment.text[end:].strip(),
            mark=match["mark"],
        )


def _labels(given: str) -> Iterable[str]:
    return dict.fromkeys(label for label in re.split(r"[\s,]+", given) if label)
