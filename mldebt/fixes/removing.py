"""Columns that are no longer computed: the statement goes, or the argument that makes the column."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from mldebt.fixes.code import Part, Program
from mldebt.fixes.lookup import is_named
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.pure import is_pure
from mldebt.fixes.texts import own_lines, text_of
from mldebt.rules.fix import Edit, Removal


def remove(change: Removal, tools: Tools) -> Made | None:
    program = tools.program(change.site.file)
    part = program.part(change.site) if program else None
    if program is None or part is None:
        return None
    return _statement(change, program, part, tools) or _argument(change, program, part, tools)


def _statement(change: Removal, program: Program, part: Part, tools: Tools) -> Made | None:
    """`frame["column"] = …`"""
    found = [each for each in part.at(change.site, cst.Assign) if _column(each) == change.column]
    if len(found) != 1 or is_named(program, [change.column], [(part, found[0])]):
        return None
    line = part.parents.get(found[0])
    edit = _without_line(part, line) if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    return Made((edit,), is_pure(program, found[0].value, tools)) if edit else None


def _column(statement: cst.Assign) -> str | None:
    """The column that a statement stores, where that is all it stores."""
    target = statement.targets[0].target
    if len(statement.targets) != 1 or not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
        return None
    index = target.slice[0].slice
    return text_of(index.value) if len(target.slice) == 1 and isinstance(index, cst.Index) else None


def _without_line(part: Part, line: cst.SimpleStatementLine) -> Edit | None:
    """The statement with its line break; where its block would be empty, `pass` stands in its place."""
    place = part.ranges[line]
    block = part.parents.get(line)
    if isinstance(block, (cst.IndentedBlock, cst.Module)) and len(block.body) == 1:
        return part.replace(line, "pass")
    if part.lines[place.start.line - 1][: place.start.column].strip():
        return None
    if place.end.line < len(part.lines):
        return part.edit((place.start.line, 0), (place.end.line + 1, 0), "")
    before = part.lines[place.start.line - 2] if place.start.line > 1 else ""
    end = (place.end.line, len(part.lines[place.end.line - 1]))
    return part.edit((place.start.line - 1, len(before)), end, "") if place.start.line > 1 else None


def _argument(change: Removal, program: Program, part: Part, tools: Tools) -> Made | None:
    """`frame.assign(column=…, other=…)`, `groups.agg(column=(…), other=(…))`"""
    for call in part.at(change.site, cst.Call):
        func = call.func
        named = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value == change.column]
        if not _makes_columns(func, tools) or len(named) != 1 or len(call.args) < 2:
            continue
        if any(arg.star for arg in call.args) or is_named(program, [change.column], [(part, named[0])]):
            return None
        edit = _without_argument(part, call.args, call.args.index(named[0]))
        return Made((edit,), is_pure(program, named[0].value, tools)) if edit else None
    return None


def _makes_columns(func: cst.BaseExpression, tools: Tools) -> bool:
    if not isinstance(func, cst.Attribute):
        return False
    entries = (tools.knowledge.method(kind, func.attr.value) for kind in ("frame", "groupby"))
    return any(entry is not None and entry.op in ("assign", "aggregate") for entry in entries)


def _without_argument(part: Part, arguments: Iterable[cst.Arg], number: int) -> Edit | None:
    listed = list(arguments)
    if whole := own_lines(part, listed[number]):
        return whole
    places = [part.ranges[argument] for argument in listed]
    if number < len(places) - 1:
        start, end = places[number].start, places[number + 1].start
    else:
        start, end = places[number - 1].end, places[number].end
    cut = ((start.line, start.column), (end.line, end.column))
    return None if "#" in part.between(*cut) else part.edit(*cut, "")
