"""The text of a Python file → IR, with whatever IPython left in it."""

from __future__ import annotations

from mldebt.read.facts import Stmt
from mldebt.read.python.lower import lower
from mldebt.read.python.magics import Magics
from mldebt.read.python.refusal import refusal
from mldebt.read.python.unreadable import Unreadable


def read_python(source: str) -> tuple[tuple[Stmt, ...], int]:
    """The IR of a Python file and its number of lines; scripts exported from notebooks may hold magics."""
    try:
        return lower(source)
    except Unreadable as error:
        magics = Magics()
        code = magics.take_out(source)
        if not magics.found:
            raise refusal(source, error) from None
        try:
            body, lines = lower(code)
        except Unreadable:
            raise refusal(source, error) from None
        return magics.put_back(body), lines
