"""A file with lines that no Python takes, without these lines: what stands around them is still to be read."""

from __future__ import annotations

import ast
import re
import warnings

MOST = 12
"""How many lines are left out; a file with more of them is no program."""
HEADERS = {"def ": "def _():", "async def ": "async def _():", "class ": "class _:"}
CONFLICT = re.compile(r"<{7}|={7}$|>{7}")


def mended(source: str) -> str | None:
    """The source with every faulty line replaced by one that does nothing; None where that doesn't help."""
    lines = [_untabbed(line) for line in source.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    replaced: set[int] = set()
    for _ in range(MOST + 1):
        at = _fault("\n".join(lines) + "\n")
        if at is None:
            return "\n".join(lines) if replaced else None
        if at in replaced or at >= len(lines):
            return None
        replaced.add(at)
        lines[at] = _instead(lines[at])
    return None


def _untabbed(line: str) -> str:
    """Tabs before a statement count for eight columns, where they stand beside spaces as well."""
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(8) + body


def _fault(source: str) -> int | None:
    """The index of the line at fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return (error.lineno or 1) - 1
    except (ValueError, RecursionError, MemoryError):
        return len(source)
    return None


def _instead(line: str) -> str:
    body = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if CONFLICT.match(line):
        return ""
    if not body.partition(" #")[0].rstrip().endswith(":"):
        return f"{indent}pass"
    return indent + next((header for word, header in HEADERS.items() if body.startswith(word)), "if True:")
