"""The comments of a text, each with the lines that it speaks of. Never fails, whatever the text is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

_STRINGS = r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_PYTHON = re.compile(
    rf"(?P<comment>\#[^\n]*)|(?P<string>{_STRINGS})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<end>\n)|(?P<joined>\\\n)",
    re.DOTALL,
)
_SQL = re.compile(r"""(?P<comment>--[^\n]*)|(?P<string>/\*.*?\*/|'(?:[^']|'')*'|"[^"\n]*"|`[^`\n]*`)""", re.DOTALL)
_HASH = re.compile(
    r"""(?:(?<=\s)|^)(?P<comment>\#[^\n]*)|(?:(?<=[\s=:,(\[{])|^)(?P<string>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')""",
    re.MULTILINE,
)
_SHELL_LINE = re.compile(r"[ \t]*[!%]")
_DECORATOR = re.compile(r"[ \t]*@")


class Comment(Struct, frozen=True):
    """`line` and `column` from 1, in code points; it speaks of the lines `first` to `last`, none where last is less.

    Behind code it speaks of the statement that ends there; inside of one, of its line; alone, of what comes below it.
    """

    text: str
    line: int
    column: int
    first: int
    last: int


def comments_in(text: str, language: str) -> list[Comment]:
    """`language`: python, sql, or anything else, where comments begin with #."""
    if language == "python":
        return _python_comments(text)
    pattern = _SQL if language == "sql" else _HASH
    lines = text.split("\n")
    found = [
        _placed(text, match.start("comment"), match["comment"]) for match in pattern.finditer(text) if match["comment"]
    ]
    alone = {comment.line for comment in found if _is_alone(comment, lines)}
    return [_below(comment, alone, lines) if comment.line in alone else comment for comment in found]


def statement_at(text: str, line: int) -> tuple[int, int]:
    """The first and last line of the Python statement on a line."""
    _, statements = _python_parts(text, text.split("\n"))
    return statements.get(line, (line, line))


def _placed(text: str, start: int, comment: str) -> Comment:
    line = text.count("\n", 0, start) + 1
    return Comment(comment, line, start - text.rfind("\n", 0, start), line, line)


def _is_alone(comment: Comment, lines: Sequence[str]) -> bool:
    return not lines[comment.line - 1][: comment.column - 1].strip()


def _below(comment: Comment, alone: set[int], lines: Sequence[str]) -> Comment:
    """The comment speaking of the next line that is none."""
    line = comment.line + 1
    while line in alone:
        line += 1
    return replace(comment, first=line, last=line if line <= len(lines) else 0)


def _python_comments(text: str) -> list[Comment]:
    lines = text.split("\n")
    comments, statements = _python_parts(text, lines)
    alone = {comment.line for comment, _ in comments if _is_alone(comment, lines)}
    return [_spoken_of(comment, inside, alone, statements, lines) for comment, inside in comments]


def _python_parts(text: str, lines: Sequence[str]) -> tuple[list[tuple[Comment, bool]], dict[int, tuple[int, int]]]:
    """Comments, each with whether it stands inside brackets, and (first, last) of the statement on each line."""
    comments: list[tuple[Comment, bool]] = []
    statements: dict[int, tuple[int, int]] = {}
    line, first, depth = 1, 1, 0
    line_start = 0
    for match in _PYTHON.finditer(text):
        kind, token = match.lastgroup, match[0]
        if kind == "comment":
            comments.append((Comment(token, line, match.start() - line_start + 1, line, line), depth > 0))
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "end" and (depth == 0 or _SHELL_LINE.match(lines[first - 1])):
            statements.update(dict.fromkeys(range(first, line + 1), (first, line)))
            first, depth = line + 1, 0
        if breaks := token.count("\n"):
            line += breaks
            line_start = match.start() + token.rfind("\n") + 1
    statements.update(dict.fromkeys(range(first, line + 1), (first, line)))
    return comments, statements


def _spoken_of(
    comment: Comment,
    inside: bool,
    alone: set[int],
    statements: dict[int, tuple[int, int]],
    lines: Sequence[str],
) -> Comment:
    if comment.line in alone:
        below = _below(comment, alone, lines)
        return below if inside else _whole(below, statements, lines)
    if inside:
        return comment
    first, _ = statements[comment.line]
    return replace(comment, first=first)


def _whole(comment: Comment, statements: dict[int, tuple[int, int]], lines: Sequence[str]) -> Comment:
    """The comment speaking of the whole statement below it, and of what that decorates."""
    if comment.last < comment.first:
        return comment
    first, last = statements[comment.first]
    while last < len(lines) and _DECORATOR.match(lines[first - 1]):
        first, last = statements[last + 1]
    return replace(comment, last=last)
