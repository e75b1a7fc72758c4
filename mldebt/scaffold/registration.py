"""One more rule among those that a package offers; the rest of the module stays as it is."""

from __future__ import annotations

import ast
from pathlib import Path

from mldebt.errors import UsageError
from mldebt.scaffold.draft import Draft


def registered(module: Path, draft: Draft, family: str) -> str:
    """The module's text with the rule in the list that it returns, or in its table of modules and classes."""
    text = module.read_text("utf-8")
    tree = ast.parse(text)
    dotted = f"{family}.{draft.module}" if family else draft.module
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and node.elts and all(map(_is_pair, node.elts)):
            return _with_item(text, node.elts, f'("{dotted}", "{draft.class_name}")')
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.List) and node.value.elts:
            longer = _with_item(text, node.value.elts, draft.class_name)
            return _with_import(longer, tree, f"from {module.parent.name}.{dotted} import {draft.class_name}")
    raise UsageError(f"{module} has no list of rules that could take one more: {draft.class_name} of {dotted}")


def _is_pair(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Tuple)
        and len(node.elts) == 2
        and all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.elts)
    )


def _with_item(text: str, items: list[ast.expr], item: str) -> str:
    """Behind the last item, on a line of its own if that has one."""
    last, lines = items[-1], text.splitlines(keepends=True)
    line = lines[(last.end_lineno or 1) - 1]
    end = len(line.encode()[: last.end_col_offset].decode())
    alone = not line[: last.col_offset].strip()
    lead = f",\n{line[: last.col_offset]}" if alone else ", "
    lines[(last.end_lineno or 1) - 1] = line[:end] + lead + item + line[end:]
    return "".join(lines)


def _with_import(text: str, tree: ast.Module, statement: str) -> str:
    imports = [node.end_lineno or 1 for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    lines = text.splitlines(keepends=True)
    at = max(imports, default=0)
    return "".join([*lines[:at], f"{statement}\n", *lines[at:]])
