"""Finding what a change is about: calls by what the knowledge base says of them, columns by their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import libcst as cst

from mldebt.fixes.code import Part, Program
from mldebt.fixes.made import Tools
from mldebt.knowledge.entry import Entry
from mldebt.sites import Site

_SHORT = 3
"""Names up to this length are only found as a whole: they stand in too many other words."""


def calls_that(
    program: Program, part: Part, site: Site, operation: str, tools: Tools
) -> Iterator[tuple[cst.Call, Entry]]:
    """The calls of library functions at a place that do this."""
    for call in part.at(site, cst.Call):
        entry = entry_of(program, call, tools)
        if entry is not None and entry.op == operation:
            yield call, entry


def entry_of(program: Program, call: cst.Call, tools: Tools) -> Entry | None:
    dotted = program.dotted(call.func)
    return tools.knowledge.call(dotted) if dotted else None


def is_named(program: Program, columns: Collection[str], outside: Sequence[tuple[Part, cst.CSTNode]]) -> bool:
    """Whether the code speaks of one of the columns anywhere else than within these nodes, be it to drop it."""
    return any(
        _names(node, columns) and not any(part is where and _lies_in(part, node, within) for where, within in outside)
        for part in program.parts
        for node in part.nodes
    )


def _names(node: cst.CSTNode, columns: Collection[str]) -> bool:
    if isinstance(node, cst.Attribute):
        return node.attr.value in columns
    if isinstance(node, cst.SimpleString):
        text = str(node.evaluated_value)
    elif isinstance(node, cst.FormattedStringText):
        text = node.value
    else:
        return False
    return text in columns or any(_stands_in(column, text) for column in columns if len(column) > _SHORT)


def _stands_in(column: str, text: str) -> bool:
    """As a word of its own, in an expression that is written as a text, say."""
    return column in text and re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None


def _lies_in(part: Part, node: cst.CSTNode, within: cst.CSTNode) -> bool:
    return node is within or within in part.above(node)
