"""Preprocessing behind the split: fitted on what is learned from, applied to both sides.

Only the straight line is changed: in one block, a name takes what `fit_transform` gives, and the split is the one that
reads it. Whatever stands between the two speaks of other things, or makes other names, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from msgspec import Struct

from mldebt.fixes.code import Part, Program
from mldebt.fixes.lookup import entry_of
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.pure import is_pure
from mldebt.rules.fix import Edit, SplitFirst


class _Line(Struct, frozen=True, dict=True):
    """`name = transformer.fit_transform(rows)`"""

    statement: cst.SimpleStatementLine
    name: str
    transformer: cst.BaseExpression
    rows: cst.BaseExpression


class _Split(Struct, frozen=True, dict=True):
    """`train, test = split(…, name, …)`: the argument, and the names of both sides."""

    statement: cst.SimpleStatementLine
    argument: cst.Arg
    train: str
    test: str


def split_first(change: SplitFirst, tools: Tools) -> Made | None:
    program = tools.program(change.site.file)
    part = program.part(change.site) if program else None
    if program is None or part is None:
        return None
    fitted = [line for each in part.at(change.site, cst.SimpleStatementLine) if (line := _fitted(each))]
    if len(fitted) != 1:
        return None
    line = fitted[0]
    split = _split_of(program, part, line, tools)
    if split is None or not _is_straight(program, part, line, split, tools):
        return None
    return Made(tuple(_edits(program, part, line, split)))


def _fitted(statement: cst.SimpleStatementLine) -> _Line | None:
    assign = _only(statement)
    call = assign.value if assign else None
    if assign is None or not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return None
    target = assign.targets[0].target
    if call.func.attr.value != "fit_transform" or len(call.args) != 1 or call.args[0].star or call.args[0].keyword:
        return None
    rows, transformer = call.args[0].value, call.func.value
    if not isinstance(target, cst.Name) or len(assign.targets) != 1 or not _is_selection(rows):
        return None
    return _Line(statement, target.value, transformer, rows) if isinstance(transformer, (cst.Name, cst.Call)) else None


def _is_selection(rows: cst.BaseExpression) -> bool:
    """Names and subscripts: what can be asked for again and is the same."""
    if isinstance(rows, cst.Subscript):
        return _is_selection(rows.value)
    return isinstance(rows, cst.Name)


def _only(statement: cst.CSTNode) -> cst.Assign | None:
    body = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
    return body[0] if len(body) == 1 and isinstance(body[0], cst.Assign) else None


def _split_of(program: Program, part: Part, line: _Line, tools: Tools) -> _Split | None:
    for statement in _behind(part, line.statement):
        assign = _only(statement)
        call = assign.value if assign else None
        if assign is None or not isinstance(call, cst.Call) or not isinstance(statement, cst.SimpleStatementLine):
            continue
        entry = entry_of(program, call, tools)
        if entry is None or entry.op != "split" or entry.selector("arrays") != ("*",):
            continue
        return _sides(statement, assign, call, line.name)
    return None


def _sides(statement: cst.SimpleStatementLine, assign: cst.Assign, call: cst.Call, name: str) -> _Split | None:
    target = assign.targets[0].target
    arrays = [arg for arg in call.args if arg.keyword is None]
    found = [at for at, arg in enumerate(arrays) if isinstance(arg.value, cst.Name) and arg.value.value == name]
    if not isinstance(target, cst.Tuple) or len(found) != 1 or any(arg.star for arg in call.args):
        return None
    names = [element.value.value for element in target.elements if isinstance(element.value, cst.Name)]
    if len(names) != 2 * len(arrays) or len(names) != len(target.elements):
        return None
    return _Split(statement, arrays[found[0]], names[2 * found[0]], names[2 * found[0] + 1])


def _behind(part: Part, statement: cst.CSTNode) -> Sequence[cst.BaseStatement]:
    """The statements that follow in the same block."""
    block = part.parents.get(statement)
    if not isinstance(block, (cst.Module, cst.IndentedBlock)):
        return ()
    body = [each for each in block.body if isinstance(each, cst.BaseStatement)]
    return body[next(at for at, each in enumerate(body) if each is statement) + 1 :]


def _is_straight(program: Program, part: Part, line: _Line, split: _Split, tools: Tools) -> bool:
    """Whether the split is all that reads the name, and its rows are the same then."""
    own = _names(line.rows) | _names(line.transformer) | {line.name}
    for between in _behind(part, line.statement):
        if between is split.statement:
            break
        if not own & _names(between):
            continue
        assign = _only(between)
        targets = [each.target for each in assign.targets] if assign else []
        if assign is None or not all(isinstance(each, cst.Name) and each.value not in own for each in targets):
            return False
        if line.name in _names(assign.value) or not is_pure(program, assign.value, tools):
            return False
    return _reads(program, part, line, split) == 1


def _reads(program: Program, part: Part, line: _Line, split: _Split) -> int:
    """How often the name is read from the fit on, up to where it is bound again."""
    after = part.ranges[line.statement].end.line
    return sum(
        1
        for where, node in program.mentions(line.name)
        if (where.cell > part.cell or (where is part and where.ranges[node].start.line > after))
        and not isinstance(where.parents.get(node), (cst.AssignTarget, cst.Element))
    )


def _names(node: cst.CSTNode) -> set[str]:
    found = {node.value} if isinstance(node, cst.Name) else set()
    return found.union(*(_names(child) for child in node.children))


def _edits(program: Program, part: Part, line: _Line, split: _Split) -> list[Edit]:
    place, behind = part.ranges[line.statement], part.ranges[split.statement].end
    indent = part.lines[place.start.line - 1][: place.start.column]
    lines = []
    name = part.code(line.transformer)
    cut = part.edit((place.start.line, 0), (place.end.line + 1, 0), "")
    if isinstance(line.transformer, cst.Call):
        name = _free(program, line.transformer)
        lines.append(f"{name} = {part.code(line.transformer)}")
    lines += [f"{split.train} = {name}.fit_transform({split.train})", f"{split.test} = {name}.transform({split.test})"]
    text = "".join(f"\n{indent}{each}" for each in lines)
    column = len(part.lines[behind.line - 1])
    return [cut, part.replace(split.argument.value, part.code(line.rows)), part.insert(behind.line, column, text)]


def _free(program: Program, made: cst.Call) -> str:
    """A name for what had none: the last word of its class."""
    words = made.func.attr.value if isinstance(made.func, cst.Attribute) else getattr(made.func, "value", "")
    last = "".join(f" {letter}" if letter.isupper() else letter for letter in str(words)).split()[-1:]
    name = (last[0] if last else "transformer").lower()
    while program.mentions(name):
        name += "_"
    return name
