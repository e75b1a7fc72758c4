"""Where the lowering is in the text: the line of the statement at hand and of the calls in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from mldebt.read.python.lines import Span, call_marks

Made = TypeVar("Made")


class Misaligned(Exception):  # noqa: N818
    """The logical lines of the text are not the statements of the tree."""


class Context:
    """The place in the text, carried along by the lowering of one file."""

    __slots__ = ("_at", "_calls", "_formatted", "_inside", "_source", "_spans", "end", "line", "ordinal", "single")

    def __init__(self, source: str, spans: Sequence[Span]) -> None:
        self._source = source
        self._spans = spans
        self._at = 0
        self.line = self.end = 1
        self.ordinal = 0
        self._calls: list[int] = []
        self._formatted: list[int] = []
        self._inside = 0
        self.single = True

    def next_line(self) -> None:
        """Go on to the next logical line."""
        if self._at >= len(self._spans):
            raise Misaligned
        self.line, self.end, start, stop = self._spans[self._at]
        self._at += 1
        self.single = self.line == self.end
        if not self.single:
            calls, formatted = call_marks(self._source[start:stop], self.line)
            self._calls, self._formatted, self._inside = calls[::-1], formatted[::-1], 0

    def finished(self) -> bool:
        """Whether every logical line has found its statement."""
        return self._at == len(self._spans)

    def exactly(self, make: Callable[[], Made]) -> Made:
        """What `make` lowers of this logical line; all calls get its first line where the text shows other ones."""
        if self.single:
            return make()
        ordinal, line, end = self.ordinal, self.line, self.end
        made = make()
        if self._calls or self._formatted or self._inside:
            self.forget_marks()
            self.ordinal, self.line, self.end = ordinal, line, end
            made = make()
        return made

    def call_line(self) -> int:
        """The line of the next call's parenthesis, in a statement of several lines."""
        if self._inside > 0:
            return self._inside
        if not self._calls:
            self._inside = -1
            return self.line
        return self._calls.pop()

    def formatted_line(self) -> int:
        """The line of the next f-string, in a statement of several lines."""
        if self._inside > 0:
            return self._inside
        if not self._formatted:
            self._inside = -1
            return self.line
        return self._formatted.pop()

    def within(self, line: int) -> int:
        """Calls get this line from now on (0: their own again); the former one is returned."""
        former, self._inside = self._inside, line if self._inside >= 0 else -1
        return former

    def forget_marks(self) -> None:
        """Calls of this logical line get the line of the statement from now on."""
        self.single = True
        self._calls, self._formatted, self._inside = [], [], 0
