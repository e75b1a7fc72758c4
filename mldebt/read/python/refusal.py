"""Why code that both parsers refuse is no Python 3, by Python's own message and by cheap signs on the line at fault."""

from __future__ import annotations

import ast
import re
import warnings

from mldebt.read.python.unreadable import Unreadable

TEMPLATE = re.compile(r"\{%-?\s*\w+.*%\}|\{#.*#\}|\{\{[^{}]*\}\}")
TEMPLATE_ANYWHERE = re.compile(r"^\s*\{%-?\s*\w+[^\n]*%\}|\{\{-?\s*cookiecutter\.", re.MULTILINE)
PYTHON_2_ONLY = re.compile(r"Missing parentheses in call to '(?:print|exec)'|leading zeros in decimal integer literals")
PYTHON_2_MESSAGE = re.compile(rf"{PYTHON_2_ONLY.pattern}|multiple exception types must be parenthesized")
PYTHON_2 = re.compile(
    r"""(?:^|[;:])\s*print(?:\s+["'\w>{\[%-]|["'])"""
    r"|^\s*except\s+[^:#]+,\s*\w+\s*:"
    r"|^\s*raise\s+[\w.]+\s*,"
    r"|(?:^|[;:])\s*exec\s+[\"'\w]"
    r"|`[^`]+`|<>|\b0[0-7]+\b|\b\d+[lL]\b|\b[uU][rR][\"']"
    r"|\bdef\s+\w+\s*\([^)]*\([^)]*\)[^)]*\)\s*:|\blambda\s*\("
)


def refusal(source: str, error: Unreadable) -> Unreadable:
    """The reason in the user's words, with the line that Python itself would name."""
    if not error.line:
        return error
    line, message = _python_error(source) or (error.line, "")
    near = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")[max(0, line - 2) : line + 1]
    if any(TEMPLATE.search(text) for text in near) or TEMPLATE_ANYWHERE.search(source):
        return Unreadable("template", line)
    if PYTHON_2_MESSAGE.search(message) or any(PYTHON_2.search(text) for text in near[:2]):
        return Unreadable("Python 2", line)
    return Unreadable(f"syntax error at line {line}", line)


def is_refused_by_all(message: str) -> bool:
    """Whether Python's message about a syntax error says that no version of Python 3 takes the code."""
    return bool(PYTHON_2_ONLY.search(message))


def _python_error(source: str) -> tuple[int, str] | None:
    """The line and message of Python's own syntax error; libcst's line may be that of a neighbour."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
