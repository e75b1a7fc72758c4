"""Why code that the parser refuses is no Python 3, told by cheap signs on the line where it stopped."""

from __future__ import annotations

import re

from mldebt.read.python.unreadable import Unreadable

TEMPLATE = re.compile(r"\{%-?\s*\w+.*%\}|\{\{-?\s*cookiecutter\.|\{#.*#\}|\{\{[^{}]*\}\}")
TEMPLATE_BLOCK = re.compile(r"^\s*\{%-?\s*\w+[^\n]*%\}|\{\{-?\s*cookiecutter\.", re.MULTILINE)
PYTHON_2 = re.compile(
    r"""(?:^|[;:])\s*print(?:\s+["'\w>{\[%-]|\s*>>|["'])"""
    r"|(?:^|[;:])\s*print\s*\([^#]*\)\s*(?:%|,\s*$)"
    r"|^\s*except\s+[^:#]+,\s*\w+\s*:"
    r"|^\s*raise\s+[\w.]+\s*,"
    r"|(?:^|[;:])\s*exec\s+[\"'\w]"
    r"|`[^`]+`|<>|\b0[0-7]+\b|\b\d+[lL]\b|\b[uU][rR][\"']"
    r"|\bdef\s+\w+\s*\([^)]*\([^)]*\)[^)]*\)\s*:|\blambda\s*\("
)


def refusal(source: str, error: Unreadable) -> Unreadable:
    """The reason in the user's words."""
    if not error.line:
        return error
    lines = source.split("\n")
    near = lines[max(0, error.line - 2) : error.line + 1]
    if any(TEMPLATE.search(line) for line in near) or TEMPLATE_BLOCK.search(source):
        return Unreadable("template", error.line)
    if any(PYTHON_2.search(line) for line in near):
        return Unreadable("Python 2", error.line)
    return error
