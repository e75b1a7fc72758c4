"""The lines of statements and calls, found in the text: the tree of libcst's parser carries no positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import kwlist

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
TOKEN = re.compile(rf"""([rRbBuUfFtT]{{0,2}})({STRING})|\#[^\n]*|\\?\s+|\\.|([^\W\d]\w*)|(.)""", re.DOTALL)
NOT_CALLED = frozenset(kwlist) - {"True", "False", "None"}

Span = tuple[int, int, int, int]


def logical_lines(source: str) -> list[Span]:
    """The logical lines of the source: first line, last line, and their place in the text."""
    spans = []
    position, line, size = 0, 1, len(source)
    while position < size:
        blank = BLANK.match(source, position)
        if blank:
            line += source.count("\n", position, blank.end())
            position = blank.end()
            continue
        end = code_end(source, position)
        last = line + source.count("\n", position, end)
        if not source[position:end].isspace():
            spans.append((line, last, position, end))
        position, line = end + 1, last + 1
    return spans


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


def call_marks(text: str, line: int) -> tuple[list[int], list[int]]:
    """The lines of the parentheses that open calls, and of f-strings, in one statement's text that begins at `line`."""
    calls: list[int] = []
    formatted: list[int] = []
    callable_before = defining = False
    for prefix, string, name, mark, breaks in _tokens(text):
        if string:
            if "f" in prefix.lower() or "t" in prefix.lower():
                formatted.append(line)
            callable_before = True
        elif name:
            defining = defining or name in ("def", "class")
            callable_before = name not in NOT_CALLED
        elif mark:
            if mark == "(" and callable_before and not defining:
                calls.append(line)
            defining = defining and mark not in "(:"
            callable_before = mark in ")]}"
        line += breaks
    return calls, formatted


def _tokens(text: str) -> Iterator[tuple[str, str, str, str, int]]:
    for match in TOKEN.finditer(text):
        prefix, string, name, mark = match.groups("")
        yield prefix, string, name, mark, match[0].count("\n")
