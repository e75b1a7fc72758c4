"""The text of a Python file → IR, with whatever IPython left in it."""

from __future__ import annotations

from mldebt.read.facts import Stmt
from mldebt.read.python.databricks import is_kept_as_python, without_magics
from mldebt.read.python.exported import MARK, unwrapped
from mldebt.read.python.lower import lower
from mldebt.read.python.magics import Magics
from mldebt.read.python.mending import mended
from mldebt.read.python.older import modernised
from mldebt.read.python.refusal import refusal
from mldebt.read.python.unreadable import Unreadable


def read_python(source: str) -> tuple[tuple[Stmt, ...], int]:
    """The IR of a Python file and its number of lines; scripts exported from notebooks may hold magics."""
    try:
        body, lines = _read_databricks(source) if is_kept_as_python(source) else lower(source, newer=False)
    except Unreadable:
        body, lines = _read_unusual(source)
    return (unwrapped(body, read_python) if MARK in source else body), lines


def read_python_in_part(source: str) -> tuple[tuple[Stmt, ...], int, str]:
    """The same, and the reason why lines with syntax errors are left out, where something else remains."""
    try:
        return *read_python(source), ""
    except Unreadable as refused:
        rest = _rest(source, refused.reason)
        body, lines = read_python(rest) if rest is not None else ((), 0)
        if not body:
            raise
        return body, lines, refused.reason


def _rest(source: str, reason: str) -> str | None:
    """What remains without the lines at fault, of a program of today or of Python 2."""
    if reason.startswith("syntax error"):
        return mended(source)
    return mended(modernised(source)) if reason == "Python 2" else None


def _read_databricks(source: str) -> tuple[tuple[Stmt, ...], int]:
    magics = Magics()
    body, lines = lower(without_magics(source.replace("\r\n", "\n"), magics), newer=False)
    return magics.put_back(body), lines


def _read_unusual(source: str) -> tuple[tuple[Stmt, ...], int]:
    """The same for code with magics, which no version of Python accepts, and for that of newer versions."""
    magics = Magics()
    code = magics.take_out(source)
    if not magics.found:
        code = source
    try:
        body, lines = lower(code)
    except Unreadable as error:
        body, lines = _read_older(code, refusal(code, error))
    return magics.put_back(body), lines


def _read_older(code: str, refused: Unreadable) -> tuple[tuple[Stmt, ...], int]:
    """Python 2, where all of it can be put into today's form."""
    if refused.reason != "Python 2":
        raise refused
    try:
        return lower(modernised(code))
    except Unreadable:
        raise refused from None
