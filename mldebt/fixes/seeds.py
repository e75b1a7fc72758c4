"""Where a seed comes from, and the seed of a whole library, set where a script begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from mldebt.fixes.code import Part, Program
from mldebt.fixes.lookup import entry_of
from mldebt.fixes.made import Made, Tools
from mldebt.rules.fix import Seeding

NUMBER = "0"
_SEED = re.compile(r"_*(?:[A-Z]+_)*(?:SEED|RANDOM_STATE)")


class Constant(NamedTuple):
    name: str
    statement: cst.BaseStatement | cst.BaseSmallStatement


def seed_constant(part: Part, before: int) -> Constant | None:
    """A number in capitals that the module has above a line, and that is called a seed."""
    for each in part.module.body:
        if part.ranges[each].start.line >= before:
            return None
        for statement in each.body if isinstance(each, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.Assign) and isinstance(statement.value, cst.Integer):
                target = statement.targets[0].target
                if isinstance(target, cst.Name) and _SEED.fullmatch(target.value):
                    return Constant(target.value, each)
    return None


def seed_library(change: Seeding, program: Program, part: Part, tools: Tools) -> Made | None:
    """The library's own seed, behind the imports of a script; a module that others import must not set it for them."""
    if tools.is_imported(change.site.file):
        return None
    library = change.package or _who_draws(program, part, change, tools)
    function = _seeder(program, library, tools) if library else ""
    head = program.parts[0]
    imports = list(_imports(head))
    if not function or not imports:
        return None
    constant = seed_constant(head, len(head.lines) + 1)
    behind = constant.statement if constant else imports[-1]
    place = head.ranges[behind].end
    if not _is_above(head, place.line, part, change) or not _is_known(head, place.line, function):
        return None
    lead = "\n" if constant else "\n\n"
    call = f"{function}({constant.name if constant else NUMBER})"
    return Made((head.insert(place.line, len(head.lines[place.line - 1]), f"{lead}{call}"),))


def _who_draws(program: Program, part: Part, change: Seeding, tools: Tools) -> str:
    """The library that the only call that draws at this place draws from."""
    found = {
        entry.text("scope", "numpy")
        for call in part.at(change.site, cst.Call)
        if (entry := entry_of(program, call, tools)) is not None and entry.op == "random"
    }
    return found.pop() if len(found) == 1 else ""


def _seeder(program: Program, library: str, tools: Tools) -> str:
    """The function that seeds the library, as this code would call it."""
    for dotted, entry in tools.knowledge.calls_of("seed"):
        if library == dotted.partition(".")[0] or entry.selector("scope") == (library,):
            for name, meant in program.imports.items():
                if dotted.startswith(f"{meant}."):
                    return f"{name}{dotted.removeprefix(meant)}"
    return ""


def _imports(part: Part) -> Iterator[cst.SimpleStatementLine]:
    """Those of the module itself, as far as nothing else is between them but texts and other assignments."""
    for each in part.module.body:
        if isinstance(each, cst.SimpleStatementLine):
            if isinstance(each.body[0], (cst.Import, cst.ImportFrom)):
                yield each
        else:
            return


def _is_above(head: Part, line: int, part: Part, change: Seeding) -> bool:
    return part is not head or line < change.site.line


def _is_known(head: Part, line: int, function: str) -> bool:
    """Whether the library has been imported up to this line."""
    name = function.partition(".")[0]
    return any(
        head.ranges[each].end.line <= line and re.search(rf"\b{name}\b", head.code(each)) for each in _imports(head)
    )
