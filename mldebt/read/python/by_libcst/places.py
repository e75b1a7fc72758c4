"""Where the nodes of a libcst tree stand in the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from mldebt.read.python.code import Code


class Places(Code):
    """The text of a module with the places of all nodes of its tree."""

    __slots__ = ("_ranges",)

    def __init__(self, source: str, module: cst.Module) -> None:
        super().__init__(source)
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._ranges: Mapping[Any, CodeRange] = wrapper.resolve(PositionProvider)

    def lines_of(self, node: cst.CSTNode) -> tuple[int, int]:
        """The first and the last line of a node."""
        place = self._ranges[node]
        return place.start.line, place.end.line

    def header_of(self, node: Any) -> tuple[int, int]:
        """The first and the last line of what stands before the block of a compound statement."""
        first = self._ranges[node].start.line
        inside = node.cases[0].body if isinstance(node, cst.Match) else node.body
        start = self._ranges[inside.body[0]].start
        return first, self.header_end(first, start.line, start.column)

    def call_line(self, func: cst.CSTNode) -> int:
        """The line of the parenthesis that opens the call of `func`."""
        end = self._ranges[func].end
        return self.parenthesis(end.line, end.column)
