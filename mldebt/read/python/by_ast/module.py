"""A module → IR by Python's own parser, which is ten times as fast as libcst's and keeps exact positions."""

from __future__ import annotations

import ast
import warnings

from mldebt.read.facts import Stmt
from mldebt.read.python.by_ast.statements import body
from mldebt.read.python.code import Code
from mldebt.read.python.depth import bounded_depth
from mldebt.read.python.unreadable import Unreadable


def lower(source: str) -> tuple[Stmt, ...]:
    """The IR of a module. Raises what `ast.parse` raises, and `Unreadable` where the code is nested too deeply."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    try:
        with bounded_depth():
            return body(tree.body, Code(_with_columns_of_bytes(source)))
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _with_columns_of_bytes(source: str) -> str:
    """A text in which every byte of UTF-8 is a character: `ast` counts columns in bytes."""
    return source if source.isascii() else source.encode("utf-8").decode("latin-1")
