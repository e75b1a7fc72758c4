"""Random draws that take a seed: the constant that the file has for it, else a number."""

from __future__ import annotations

import libcst as cst

from mldebt.fixes.arguments import is_spread, keyword, with_keyword
from mldebt.fixes.code import Program
from mldebt.fixes.lookup import entry_of
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.seeds import NUMBER, seed_constant, seed_library
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Seeding


def seed(change: Seeding, tools: Tools) -> Made | None:
    program = tools.program(change.site.file)
    part = program.part(change.site) if program else None
    if program is None or part is None:
        return None
    drawing = [found for call in part.at(change.site, cst.Call) if (found := _draw(program, call, tools))]
    if len(drawing) > 1:
        return None
    if not drawing:
        return seed_library(change, program, part, tools)
    call, name = drawing[0]
    constant = seed_constant(part, part.ranges[call].start.line)
    edit = with_keyword(part, call, name, constant.name if constant else NUMBER)
    return Made((edit,)) if edit else None


def _draw(program: Program, call: cst.Call, tools: Tools) -> tuple[cst.Call, str] | None:
    """The call with the name of the argument that takes its seed, if it has none."""
    entry = entry_of(program, call, tools) or _method(call, tools)
    name = _argument(entry) if entry else ""
    if not entry or not name or is_spread(call) or any(keyword(call, str(each)) for each in entry.selector("seed")):
        return None
    places = [each for each in entry.selector("seed") if isinstance(each, int)]
    given = sum(arg.keyword is None for arg in call.args)
    return None if any(place < given for place in places) else (call, name)


def _argument(entry: Entry) -> str:
    """Its name; a generator is no number, so nothing is known to stand there."""
    names = [each for each in entry.selector("seed") if isinstance(each, str)]
    return names[0] if names and names[0] != "generator" else ""


def _method(call: cst.Call, tools: Tools) -> Entry | None:
    """`frame.sample(frac=…)`: a method whose name, or whose arguments, leave no doubt of the library that it is of."""
    if not isinstance(call.func, cst.Attribute):
        return None
    entry = tools.knowledge.method("frame", call.func.attr.value)
    if entry is None or "seed" not in entry.fields:
        return None
    given = {arg.keyword.value if arg.keyword is not None else "" for arg in call.args}
    known = bool(given) and given <= set(entry.selector("beside"))
    return entry if known or entry.flag("distinctive") else None
