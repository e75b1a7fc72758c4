"""Lists in YAML files that get more items, or fewer; comments, quotes and blank lines stay as they are.

What comes out is read again: it has to be the old content with that one difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import yaml

from mldebt.fixes.apply import edited
from mldebt.fixes.made import Made, Tools
from mldebt.rules.fix import Edit, Entries
from mldebt.rules.result import split_lines

_PLAIN = re.compile(r"[\w./][\w./-]*")
_INSIDE = "do"
"""Below this key stands what a template of stages does."""


def change_list(change: Entries, tools: Tools) -> Made | None:
    text = tools.source.text(change.file).removeprefix("\ufeff")
    try:
        root, before = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    path = _path(before, change.path)
    holder = _at(root, path[:-1])
    if not path or not isinstance(holder, yaml.MappingNode) or holder.flow_style:
        return None
    lines = split_lines(text)
    listed = _at(holder, path[-1:])
    edits = (*_removals(change, listed, lines), *_additions(change, path, holder, listed, lines))
    if not edits or not _is_that(text, edits, before, path, change):
        return None
    return Made(edits, proven=True)


def _path(content: Any, path: Sequence[str]) -> tuple[str, ...]:
    """The path, through the template where there is one; () where nothing is there."""
    at = content
    for key in path[:-1]:
        if not isinstance(at, dict) or key not in at:
            return ()
        at = at[key]
    if isinstance(at, dict) and isinstance(at.get(_INSIDE), dict):
        return (*path[:-1], _INSIDE, path[-1])
    return tuple(path) if isinstance(at, dict) else ()


def _at(node: Any, path: Sequence[str]) -> Any:
    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    return node


def _removals(change: Entries, listed: Any, lines: Sequence[str]) -> list[Edit]:
    """Whole lines, of items that stand on lines of their own."""
    if not isinstance(listed, yaml.SequenceNode) or listed.flow_style:
        return []
    items = [item for item in listed.value if _name(item) in change.without]
    return [Edit(change.file, item.start_mark.line + 1, 1, _last_line(item, lines) + 2, 1, "") for item in items]


def _additions(
    change: Entries, path: Sequence[str], holder: yaml.MappingNode, listed: Any, lines: Sequence[str]
) -> list[Edit]:
    if not change.items:
        return []
    if listed is None:
        indent = " " * holder.value[0][0].start_mark.column
        text = "".join(f"\n{indent}  - {_written(item)}" for item in change.items)
        return [_behind(change, _last_line(holder, lines), f"\n{indent}{path[-1]}:{text}", lines)]
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        return []
    last = listed.value[-1]
    if listed.flow_style:
        mark = last.end_mark
        text = "".join(f", {_written(item)}" for item in change.items)
        return [Edit(change.file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 1, text)]
    dash = lines[last.start_mark.line][: last.start_mark.column].rfind("-")
    indent = lines[last.start_mark.line][:dash]
    text = "".join(f"\n{indent}- {_written(item)}" for item in change.items)
    return [_behind(change, _last_line(last, lines), text, lines)]


def _behind(change: Entries, line: int, text: str, lines: Sequence[str]) -> Edit:
    column = len(lines[line]) + 1
    return Edit(change.file, line + 1, column, line + 1, column, text)


def _last_line(node: Any, lines: Sequence[str]) -> int:
    """The number, from 0, of the last line that belongs to a node."""
    while isinstance(node, (yaml.MappingNode, yaml.SequenceNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    line = int(node.end_mark.line)
    line -= getattr(node, "style", None) in ("|", ">")
    line = min(line, len(lines) - 1)
    while line > node.start_mark.line and not lines[line].strip():
        line -= 1
    return line


def _name(item: Any) -> str:
    """`- path` and `- path: {cache: false}`"""
    if isinstance(item, yaml.MappingNode) and item.value:
        item = item.value[0][0]
    return str(item.value) if isinstance(item, yaml.ScalarNode) else ""


def _written(item: str) -> str:
    return item if _PLAIN.fullmatch(item) else json.dumps(item, ensure_ascii=False)


def _is_that(text: str, edits: Sequence[Edit], before: Any, path: Sequence[str], change: Entries) -> bool:
    wanted = deepcopy(before)
    holder = wanted
    for key in path[:-1]:
        holder = holder[key]
    there = holder.get(path[-1]) or []
    kept = [item for item in there if (next(iter(item)) if isinstance(item, dict) else item) not in change.without]
    holder[path[-1]] = [*kept, *change.items]
    if not holder[path[-1]]:
        return False
    try:
        return bool(yaml.safe_load(edited(text, edits)) == wanted)
    except yaml.YAMLError:
        return False
