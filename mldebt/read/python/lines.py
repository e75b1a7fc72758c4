"""Where logical lines end, found in the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

STRING = (
    r'"""(?>[^"\\]+|\\.|"(?!""))*+"""'
    r"|'''(?>[^'\\]+|\\.|'(?!''))*+'''"
    r'|"(?>[^"\\\n]+|\\.)*+"'
    r"|'(?>[^'\\\n]+|\\.)*+'"
)
INSIDE = rf"""[^"'#\\()\[\]{{}}]+|{STRING}|\#[^\n]*|\\."""
NESTED = rf"[(\[{{](?>{INSIDE})*+[)\]}}]"
for _level in range(4):
    NESTED = rf"[(\[{{](?>{INSIDE}|{NESTED})*+[)\]}}]"

BLANK = re.compile(r"(?:[ \t\f]*(?:\\\n[ \t\f]*)*(?:#[^\n]*)?\n)+")
CODE = re.compile(rf"""(?>[^"'#\\()\[\]{{}}\n]+|{STRING}|\#[^\n]*|\\.|{NESTED})*+""", re.DOTALL)
DEEP = re.compile(rf"""{STRING}|\#[^\n]*|\\.|[(\[{{]|[)\]}}]""", re.DOTALL)


def logical_lines(source: str) -> Iterator[str]:
    """The texts of the logical lines of the source."""
    position = 0
    while position < len(source):
        blank = BLANK.match(source, position)
        if blank:
            position = blank.end()
            continue
        end = code_end(source, position)
        yield source[position:end]
        position = end + 1


def code_end(source: str, position: int) -> int:
    """The end of the logical line that begins here, without its line break."""
    size = len(source)
    while position < size:
        code = CODE.match(source, position)
        position = code.end() if code else position
        if position >= size or source[position] == "\n":
            break
        position = _bracket_end(source, position)
    return min(position, size)


def _bracket_end(source: str, position: int) -> int:
    """The end of a bracket that is nested too deeply for the pattern, or of a character that fits nowhere."""
    depth = 0
    for match in DEEP.finditer(source, position):
        token = match[0]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        if depth <= 0:
            return max(match.end(), position + 1)
    return len(source)
