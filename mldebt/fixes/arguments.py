"""Arguments of calls, put in or written anew; how the others are laid out decides where a new one stands."""

from __future__ import annotations

import libcst as cst

from mldebt.fixes.code import Part
from mldebt.rules.fix import Edit


def keyword(call: cst.Call, name: str) -> cst.Arg | None:
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name), None)


def is_spread(call: cst.Call) -> bool:
    """Whether it takes arguments that can't be seen."""
    return any(arg.star for arg in call.args)


def with_keyword(part: Part, call: cst.Call, name: str, value: str) -> Edit | None:
    """The call with one more argument, as the last one; behind a comment there is no place for it."""
    if not call.args:
        end = part.ranges[call].end
        empty = part.lines[end.line - 1][: end.column - 1].endswith("(")
        return part.insert(end.line, end.column - 1, f"{name}={value}") if empty else None
    last = call.args[-1]
    start, end = part.ranges[last].start, part.ranges[last].end
    indent = part.lines[start.line - 1][: start.column]
    alone = not indent.strip() and start.line > part.ranges[call].start.line
    lead = f"\n{indent}" if alone else " "
    if isinstance(last.comma, cst.Comma):
        comma = part.ranges[last.comma].end
        return part.insert(comma.line, comma.column, f"{lead}{name}={value}{',' if alone else ''}")
    return part.insert(end.line, end.column, f",{lead}{name}={value}")
