"""A notebook that Databricks keeps as a Python file: `# MAGIC %sql` and `# MAGIC %run` are cells, not comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.read.python.magics import Magics

HEAD = "# Databricks notebook source"
_CELL_END = re.compile(r"^# COMMAND -{5,}[^\n]*\n?", re.MULTILINE)
_MAGIC = re.compile(r"^# MAGIC ?", re.MULTILINE)
_ABOVE = re.compile(r"^#(?! MAGIC)[^\n]*", re.MULTILINE)


def is_kept_as_python(source: str) -> bool:
    return source.lstrip("\ufeff").startswith(HEAD) and "\n# MAGIC %" in source


def without_magics(source: str, magics: Magics) -> str:
    """The code of such a file, as many lines as before."""
    return "".join(_cells(source, magics))


def _cells(source: str, magics: Magics) -> Iterator[str]:
    position = 0
    for end in _CELL_END.finditer(source):
        yield _code(source[position : end.start()], magics)
        yield end[0]
        position = end.end()
    yield _code(source[position:], magics)


def _code(cell: str, magics: Magics) -> str:
    if not _MAGIC.search(cell):
        return cell
    asked = _MAGIC.sub("", _ABOVE.sub("", cell))
    code = magics.take_out(asked)
    return code + "\n" * (cell.count("\n") - code.count("\n"))
