"""Python code that is to be changed: the trees of a file, or of a notebook's cells, with the places of all nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider
from msgspec import Struct

from mldebt.read.notebook import code_cells
from mldebt.read.python.magics import Magics
from mldebt.rules.fix import Edit
from mldebt.rules.result import SourceText, cell_sources, split_lines
from mldebt.sites import Site

Kind = TypeVar("Kind", bound=cst.CSTNode)
MOST = 200_000
"""Characters of code up to which a file is taken apart; what is longer was written by no one."""


class Part(Struct, frozen=True, dict=True):
    """The code of a file or of one cell. In the tree, magics are names of their own; the text has them as written."""

    file: str
    cell: int
    text: str
    module: cst.Module
    ranges: Mapping[cst.CSTNode, CodeRange]
    parents: Mapping[cst.CSTNode, cst.CSTNode]

    @cached_property
    def nodes(self) -> tuple[cst.CSTNode, ...]:
        """All that stands somewhere, outer nodes before inner ones."""
        return tuple(_walk(self.module))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return split_lines(self.text)

    def at(self, site: Site, kind: type[Kind]) -> list[Kind]:
        """Nodes that share a line with the site, those first that begin on its first line."""
        found = [node for node in self.nodes if isinstance(node, kind) and self._meets(node, site)]
        return sorted(found, key=lambda node: self.ranges[node].start.line != site.line)

    def _meets(self, node: cst.CSTNode, site: Site) -> bool:
        place = self.ranges[node]
        return place.start.line <= site.end_line and site.line <= place.end.line

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, the nearest first."""
        at = self.parents.get(node)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    def replace(self, node: cst.CSTNode, text: str) -> Edit:
        place = self.ranges[node]
        return self.edit((place.start.line, place.start.column), (place.end.line, place.end.column), text)

    def insert(self, line: int, column: int, text: str) -> Edit:
        """Before the column of a line, counted from 0 as the tree counts."""
        return self.edit((line, column), (line, column), text)

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> Edit:
        return Edit(self.file, start[0], start[1] + 1, end[0], end[1] + 1, text, self.cell)

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one place to another."""
        (first, left), (last, right) = start, end
        if first == last:
            return self.lines[first - 1][left:right]
        return "\n".join([self.lines[first - 1][left:], *self.lines[first : last - 1], self.lines[last - 1][:right]])


class Binding(NamedTuple):
    """A name that gets a value as a whole: `name = value`."""

    part: Part
    statement: cst.Assign
    value: cst.BaseExpression


class Program(Struct, frozen=True, dict=True):
    """All code that runs together: a file, or the cells of a notebook."""

    parts: tuple[Part, ...]

    def part(self, site: Site) -> Part | None:
        return next((part for part in self.parts if part.cell == site.cell), None)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """What names stand for that are brought in from elsewhere."""
        return {name: dotted for part in self.parts for node in part.nodes for name, dotted in _imported(node)}

    def dotted(self, node: cst.CSTNode) -> str:
        """The full name of what is imported, "" for anything else."""
        if isinstance(node, cst.Name):
            return self.imports.get(node.value, "")
        if isinstance(node, cst.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr.value}" if base else ""
        return ""

    def mentions(self, name: str) -> list[tuple[Part, cst.Name]]:
        """Where a variable of this name is read or written; attributes and keywords are no variables."""
        return [
            (part, node)
            for part in self.parts
            for node in part.nodes
            if isinstance(node, cst.Name) and node.value == name and _is_variable(part, node)
        ]

    def bindings(self, name: str) -> list[Binding]:
        return [
            Binding(part, node, node.value)
            for part in self.parts
            for node in part.nodes
            if isinstance(node, cst.Assign)
            for target in node.targets
            if isinstance(target.target, cst.Name) and target.target.value == name
        ]


def read_program(source: SourceText, file: str) -> Program | None:
    """None where some of it can't be taken apart: what is not seen could contradict any change."""
    text = source.text(file).removeprefix("\ufeff")
    if len(text) > MOST and not file.endswith(".ipynb"):
        return None
    try:
        parts = [_part(file, -1, text, text)] if not file.endswith(".ipynb") else list(_cells(file, text))
    except (cst.ParserSyntaxError, ValueError, RecursionError, LookupError):
        return None
    return Program(tuple(parts)) if parts else None


def _cells(file: str, text: str) -> Iterator[Part]:
    magics, written = Magics(), cell_sources(text)
    for index, source in code_cells(json.loads(text)):
        yield _part(file, index, written[index], magics.take_out(source))


def _part(file: str, cell: int, text: str, code: str) -> Part:
    wrapper = MetadataWrapper(cst.parse_module(code), unsafe_skip_copy=True)
    found: Any = wrapper.resolve_many([PositionProvider, ParentNodeProvider])
    return Part(file, cell, text, wrapper.module, found[PositionProvider], found[ParentNodeProvider])


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(here.children))


def _imported(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    if isinstance(node, cst.Import):
        for alias in node.names:
            dotted = _path(alias.name)
            name = _alias(alias)
            yield (name, dotted) if name else (dotted.partition(".")[0], dotted.partition(".")[0])
    elif isinstance(node, cst.ImportFrom) and node.module is not None and not node.relative:
        for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
            yield _alias(alias) or _path(alias.name), f"{_path(node.module)}.{_path(alias.name)}"


def _alias(alias: cst.ImportAlias) -> str:
    given = alias.asname.name if alias.asname else None
    return given.value if isinstance(given, cst.Name) else ""


def _path(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_path(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _is_variable(part: Part, node: cst.Name) -> bool:
    parent = part.parents.get(node)
    if isinstance(parent, cst.Attribute):
        return parent.value is node
    if isinstance(parent, (cst.Arg, cst.Param)):
        return getattr(parent, "keyword", None) is not node
    return True
