"""Models that are asked with a table: its names are kept, its columns stand in the order that the model knows."""

from __future__ import annotations

import libcst as cst

from mldebt.fixes.code import Part, Program
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.texts import listed_texts, written_list
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Columns, Names
from mldebt.sites import Site


def keep_names(change: Names, tools: Tools) -> Made | None:
    """`model.predict(frame.to_numpy())` → `model.predict(frame)`"""
    found = _asked(change.site, tools)
    if found is None:
        return None
    part, given = found
    node = given.func if isinstance(given, cst.Call) and not given.args else given
    if not isinstance(node, cst.Attribute):
        return None
    entry = _of_frame(node, isinstance(given, cst.Call), tools)
    if entry is None or entry.op != "array":
        return None
    start, end = part.ranges[node.value].end, part.ranges[given].end
    return Made((part.edit((start.line, start.column), (end.line, end.column), ""),))


def order_columns(change: Columns, tools: Tools) -> Made | None:
    """`model.predict(frame)` → `model.predict(frame[["a", "b"]])`"""
    found = _asked(change.site, tools)
    if found is None:
        return None
    part, given = found
    node = given.func if isinstance(given, cst.Call) and not given.args else given
    if isinstance(node, cst.Attribute) and (entry := _of_frame(node, node is not given, tools)):
        given = node.value if entry.op == "array" else given
    if isinstance(given, cst.Name):
        end = part.ranges[given].end
        return Made((part.insert(end.line, end.column, f"[{written_list(change.columns)}]"),))
    if isinstance(given, cst.Subscript) and len(given.slice) == 1 and isinstance(given.slice[0].slice, cst.Index):
        index = given.slice[0].slice.value
        plain = isinstance(index, cst.Name) or listed_texts(index)
        return Made((part.replace(index, written_list(change.columns)),)) if plain else None
    return None


def _asked(site: Site, tools: Tools) -> tuple[Part, cst.BaseExpression] | None:
    """What the only call that predicts at a place is given first."""
    program: Program | None = tools.program(site.file)
    part = program.part(site) if program else None
    if part is None:
        return None
    calls = [call for call in part.at(site, cst.Call) if _predicts(call, tools)]
    first = calls[0].args[:1] if len(calls) == 1 else ()
    given = [arg.value for arg in first if not arg.star and arg.keyword is None]
    return (part, given[0]) if given else None


def _predicts(call: cst.Call, tools: Tools) -> bool:
    if not isinstance(call.func, cst.Attribute):
        return False
    entry = tools.knowledge.method("model", call.func.attr.value)
    return entry is not None and entry.op == "predict"


def _of_frame(node: cst.Attribute, called: bool, tools: Tools) -> Entry | None:
    ask = tools.knowledge.method if called else tools.knowledge.attribute
    return ask("frame", node.attr.value)
