"""Whether a frame's other columns mean the same when some are not loaded.

All that becomes of the frame is followed as far as it is written in the code around the read. What is known of a method
(`apart` in the knowledge base) is that neither the rows nor any column depend on columns that are not named. Anything
else that happens to the frame, and any way out of sight, leaves it unproven.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from msgspec import Struct

from mldebt.fixes.arguments import is_spread, keyword
from mldebt.fixes.code import Part, Program
from mldebt.fixes.made import Tools
from mldebt.fixes.texts import listed_texts, text_of
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Projection

Place = tuple[Part, cst.CSTNode]
Next = list[cst.CSTNode | str] | None
_MASKS = (cst.Comparison, cst.BinaryOperation, cst.UnaryOperation, cst.Call)
_MOST = 400
"""Uses that are followed before it is given up."""


class _Search(Struct, frozen=True, dict=True):
    """A read, and the columns that it is to bring and to leave out."""

    program: Program
    columns: frozenset[str]
    without: frozenset[str]
    tools: Tools

    def next(self, part: Part, frame: cst.CSTNode) -> Next:
        """Where the frame is found next: expressions that hold it, names that it is given; None if it isn't known."""
        parent = part.parents.get(frame)
        if isinstance(parent, cst.Expr):
            return []
        if isinstance(parent, cst.Assign):
            names = [target.target for target in parent.targets]
            return [name.value for name in names if isinstance(name, cst.Name)] if _are_names(names) else None
        if isinstance(parent, cst.Subscript) and parent.value is frame:
            return self._selected(part, parent)
        if isinstance(parent, cst.Attribute) and parent.value is frame:
            return self._asked(part, parent)
        if isinstance(parent, cst.Arg) and parent.keyword is None and not parent.star:
            call = part.parents.get(parent)
            if isinstance(call, cst.Call) and isinstance(call.func, cst.Name) and call.func.value == "len":
                return []
        return None

    def _selected(self, part: Part, node: cst.Subscript) -> Next:
        """`frame["a"]` and `frame[["a", "b"]]` are what they were; `frame[mask]` is a frame again."""
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return None
        index = node.slice[0].slice.value
        if self._names(index) is not None:
            return self._if_kept(index)
        is_read = not isinstance(part.parents.get(node), (cst.AssignTarget, cst.AugAssign, cst.Del))
        return [node] if is_read and isinstance(index, _MASKS) else None

    def _asked(self, part: Part, node: cst.Attribute) -> Next:
        name, call, knowledge = node.attr.value, part.parents.get(node), self.tools.knowledge
        if isinstance(call, cst.Call) and call.func is node:
            entry = knowledge.method("frame", name)
            if entry is None or not _is_kept_apart(entry, call):
                return None
            return self._grouped(part, call) if entry.op == "group" else [call]
        known = knowledge.attribute("frame", name)
        if known is None:
            return [] if name in self.columns and knowledge.method("frame", name) is None else None
        if not known.text("apart"):
            return None
        return self._located(part, node) if known.text("returns") == "indexer" else []

    def _located(self, part: Part, node: cst.Attribute) -> Next:
        """`frame.loc[rows, "a"]`, `frame.loc[rows]`"""
        at = part.parents.get(node)
        if not isinstance(at, cst.Subscript) or not all(isinstance(item.slice, cst.Index) for item in at.slice[1:]):
            return None
        if len(at.slice) == 1:
            return [at] if not isinstance(part.parents.get(at), cst.AssignTarget) else None
        column = at.slice[1].slice
        return self._if_kept(column.value) if isinstance(column, cst.Index) else None

    def _grouped(self, part: Part, call: cst.Call) -> Next:
        """`frame.groupby(keys)["a"]`: only what is asked of named columns stays what it was."""
        at = part.parents.get(call)
        if isinstance(at, cst.Subscript):
            return [] if self._selected(part, at) == [] else None
        return None

    def _if_kept(self, names: cst.BaseExpression) -> Next:
        found = self._names(names)
        return [] if found is not None and not self.without & set(found) else None

    def _names(self, node: cst.BaseExpression) -> list[str] | None:
        """The columns that an index names: written out, or in a list that has a name."""
        if isinstance(node, cst.Name):
            bound = [listed_texts(each.value) for each in self.program.bindings(node.value)]
            return [name for names in bound for name in names or ()] if bound and None not in bound else None
        text = text_of(node)
        return [text] if text is not None else listed_texts(node)

    def uses(self, part: Part, frame: cst.CSTNode, name: str) -> list[Place] | None:
        """All places where the variable is read; None where other code may read it, too."""
        scope = _scope(part, frame)
        if scope is None and self.tools.is_imported(part.file):
            return None
        mentions = self.program.mentions(name)
        if any(isinstance(where.parents.get(node), cst.NameItem) for where, node in mentions):
            return None  # global, nonlocal
        seen = [(where, node) for where, node in mentions if scope is None or scope in where.above(node)]
        return [(where, node) for where, node in seen if not _is_target(where, node)]


def is_apart(program: Program, part: Part, read: cst.Call, change: Projection, tools: Tools) -> bool:
    search = _Search(program, frozenset(change.columns), frozenset(change.without), tools)
    waiting: list[Place] = [(part, read)]
    followed: set[str] = set()
    for _ in range(_MOST):
        if not waiting:
            return True
        where, frame = waiting.pop()
        found = search.next(where, frame)
        if found is None:
            return False
        for each in found:
            if not isinstance(each, str):
                waiting.append((where, each))
            elif each not in followed:
                followed.add(each)
                uses = search.uses(where, frame, each)
                if uses is None:
                    return False
                waiting += uses
    return False


def _is_kept_apart(entry: Entry, call: cst.Call) -> bool:
    """Whether the method does to each column, and to the rows, what it would do without the others."""
    if is_spread(call) or keyword(call, "axis") is not None or not entry.text("apart"):
        return False
    if entry.text("apart") == "always":
        return True
    given = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    positions = range(sum(arg.keyword is None for arg in call.args))
    return any(each in given or each in positions for each in entry.selector("columns"))


def _are_names(targets: Sequence[cst.CSTNode]) -> bool:
    return all(isinstance(target, cst.Name) for target in targets)


def _scope(part: Part, node: cst.CSTNode) -> cst.CSTNode | None:
    """The function or class around a node, None in the module."""
    return next((each for each in part.above(node) if isinstance(each, (cst.FunctionDef, cst.ClassDef))), None)


def _is_target(part: Part, node: cst.CSTNode) -> bool:
    parent = part.parents.get(node)
    return isinstance(parent, cst.AssignTarget) and parent.target is node
