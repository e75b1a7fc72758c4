"""A SQL script in single statements, each with its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

BOUNDARY = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|(?P<end>;)", re.DOTALL
)
COPIED_ROWS = re.compile(r"(?i)(\bcopy\b[^;]*\bfrom\s+stdin\b[^;]*;)(.*?)(?=^\\\.|\Z)", re.DOTALL | re.MULTILINE)
ROWS = re.compile(r"(?is)^(\s*(?:insert|replace)\b[^;']*?\bvalues\s*)\(")
LONG = 20_000


class Piece(Struct, frozen=True):
    """One statement's text, and its first and last line within the script, from 0."""

    text: str
    line: int
    end_line: int


def without_copied_rows(script: str) -> str:
    """The script without the rows that a dump carries behind COPY … FROM stdin."""
    if "stdin" not in script and "STDIN" not in script:
        return script
    return COPIED_ROWS.sub(lambda match: match[1] + "\n" * match[2].count("\n"), script)


def statements(script: str) -> Iterator[Piece]:
    """The non-empty statements of a script."""
    start, line = 0, 0
    for end in (*(match.start() for match in BOUNDARY.finditer(script) if match["end"]), len(script)):
        text = script[start:end]
        body = text.strip()
        if body:
            first = line + text[: text.index(body[0])].count("\n")
            yield Piece(_without_rows(body), first, first + body.count("\n"))
        line += text.count("\n")
        start = end + 1


def _without_rows(text: str) -> str:
    """A long INSERT … VALUES with one row for all: its rows say nothing about tables and columns."""
    if len(text) < LONG:
        return text
    match = ROWS.match(text)
    return f"{match[1]}(NULL)" if match else text
