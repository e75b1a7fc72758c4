"""A module → IR by libcst, whose parser knows the syntax of all versions of Python 3."""

from __future__ import annotations

import libcst as cst

from mldebt.read.facts import Stmt
from mldebt.read.python.by_libcst.guard import refuse_slow
from mldebt.read.python.by_libcst.places import Places
from mldebt.read.python.by_libcst.statements import body
from mldebt.read.python.depth import bounded_depth
from mldebt.read.python.limits import DEEPEST
from mldebt.read.python.unreadable import Unreadable

DEEPEST_PLACE = 10 * DEEPEST


def lower(source: str) -> tuple[Stmt, ...]:
    """The IR of a module whose text ends with a line break; raises `Unreadable` where it is not Python 3."""
    refuse_slow(source)
    try:
        module = _parsed(source)
        with bounded_depth(DEEPEST_PLACE):
            places = Places(source, module)
        with bounded_depth():
            return body(module.body, places)
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _parsed(source: str) -> cst.Module:
    try:
        return cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise Unreadable(f"syntax error at line {max(1, error.raw_line)}", error.raw_line) from None
    except RecursionError:
        raise
    except Exception as error:  # libcst's own limits: it must not cost more than this file
        raise Unreadable(f"not parsed: {type(error).__name__}") from None
