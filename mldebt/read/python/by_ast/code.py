"""What the tree of `ast` doesn't tell: where a call's parenthesis stands and where the header of a block ends."""

from __future__ import annotations

import ast
import re
from itertools import accumulate

from mldebt.read.python.lines import code_end

BEFORE_PARENTHESIS = re.compile(r"(?:[\s)\\]|#[^\n]*)*\(")
CASE = re.compile(r"[ \t\f]*case\b")


class Code:
    """The text of one file with columns as `ast` counts them, in bytes; and how many calls were met so far."""

    __slots__ = ("_lines", "_starts", "_text", "ordinal")

    def __init__(self, source: str) -> None:
        self._text = source if source.isascii() else source.encode("utf-8").decode("latin-1")
        self._lines = self._text.split("\n")
        self._starts: list[int] = []
        self.ordinal = 0

    def parenthesis(self, func: ast.expr) -> int:
        """The line of the parenthesis that opens the call of `func`."""
        line, column = func.end_lineno or func.lineno, func.end_col_offset or 0
        if self._lines[line - 1][column : column + 1] == "(":
            return line
        start = self._offset(line) + column
        match = BEFORE_PARENTHESIS.match(self._text, start)
        return line if match is None else line + self._text.count("\n", start, match.end())

    def header_end(self, first: int, inside: ast.stmt) -> int:
        """The last line of the header that begins on line `first`; `inside` is the first statement of its block."""
        line = inside.lineno
        if line == first or (line == first + 1 and not self._lines[first][: inside.col_offset].strip()):
            return first
        offset = self._offset(first)
        return min(line, first + self._text.count("\n", offset, code_end(self._text, offset)))

    def case_line(self, after: int, before: int) -> int:
        """The line of the next `case` behind line `after`, at most `before`."""
        for line in range(after + 1, before):
            if CASE.match(self._lines[line - 1]):
                return line
        return before

    def _offset(self, line: int) -> int:
        if not self._starts:
            self._starts = [0, *accumulate(len(each) + 1 for each in self._lines)]
        return self._starts[line - 1]
