"""What neither tree tells: where the parenthesis of a call stands and where the header of a block ends."""

from __future__ import annotations

import re
from itertools import accumulate

from mldebt.read.python.lines import code_end

BEFORE_PARENTHESIS = re.compile(r"(?:[\s)\\]|#[^\n]*)*\(")


class Code:
    """The text of one file, and how many calls were met in it so far. Lines count from 1, columns from 0.

    `names`: what each name is as an expression, the same one wherever it is written.
    """

    __slots__ = ("_starts", "_text", "lines", "names", "ordinal")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self.lines = text.split("\n")
        self.ordinal = 0
        self.names: dict[str, tuple[str, str]] = {}

    def parenthesis(self, line: int, column: int) -> int:
        """The line of the parenthesis that opens a call, behind the end of what is called."""
        if self.lines[line - 1][column : column + 1] == "(":
            return line
        start = self._offset(line) + column
        match = BEFORE_PARENTHESIS.match(self._text, start)
        return line if match is None else line + self._text.count("\n", start, match.end())

    def header_end(self, first: int, line: int, column: int) -> int:
        """The last line of the header that begins on line `first`; its block begins at `line` and `column`."""
        if line == first or (line == first + 1 and not self.lines[first][:column].strip()):
            return first
        start = self._offset(first)
        return min(line, first + self._text.count("\n", start, code_end(self._text, start)))

    def _offset(self, line: int) -> int:
        if not self._starts:
            self._starts = [0, *accumulate(len(each) + 1 for each in self.lines)]
        return self._starts[line - 1]
