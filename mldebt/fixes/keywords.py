"""One more argument for a call that is told by what it does."""

from __future__ import annotations

import libcst as cst

from mldebt.fixes.arguments import is_spread, keyword, with_keyword
from mldebt.fixes.lookup import entry_of
from mldebt.fixes.made import Made, Tools
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Keyword


def add_keyword(change: Keyword, tools: Tools) -> Made | None:
    program = tools.program(change.site.file)
    part = program.part(change.site) if program else None
    if program is None or part is None:
        return None
    found = []
    for call in part.at(change.site, cst.Call):
        entry = entry_of(program, call, tools) or _method(call, change.operation, tools)
        if entry is not None and entry.op == change.operation and change.field in entry.fields:
            found.append((call, str(next(each for each in entry.selector(change.field) if isinstance(each, str)))))
    if len(found) != 1 or is_spread(found[0][0]) or keyword(*found[0]) is not None:
        return None
    edit = with_keyword(part, *found[0], change.value)
    return Made((edit,), change.proven) if edit else None


def _method(call: cst.Call, operation: str, tools: Tools) -> Entry | None:
    """A method of a table or a model, by its name."""
    owner = "model" if operation == "predict" else "frame"
    return tools.knowledge.method(owner, call.func.attr.value) if isinstance(call.func, cst.Attribute) else None
