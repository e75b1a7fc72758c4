"""Python source → IR: one parse by libcst, one pass over its tree."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from mldebt.read.facts import Stmt
from mldebt.read.python.by_libcst.context import Context, Misaligned
from mldebt.read.python.by_libcst.guard import refuse_slow
from mldebt.read.python.by_libcst.positions import statement_lines
from mldebt.read.python.by_libcst.statements import body
from mldebt.read.python.depth import bounded_depth
from mldebt.read.python.lines import Span, logical_lines
from mldebt.read.python.unreadable import Unreadable


def lower(source: str) -> tuple[Stmt, ...]:
    """The IR of a module whose text ends with a line break; raises `Unreadable` where it is not Python 3."""
    spans = logical_lines(source)
    refuse_slow(source, spans)
    module = _parse(source)
    try:
        with bounded_depth():
            return _lower(module, source, spans)
    except Misaligned:
        return _by_positions(module, source)
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _parse(source: str) -> cst.Module:
    try:
        return cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise Unreadable(f"syntax error at line {max(1, error.raw_line)}", error.raw_line) from None
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except Exception as error:  # libcst's own limits: it must not cost more than this file
        raise Unreadable(f"not parsed: {type(error).__name__}") from None


def _lower(module: cst.Module, source: str, spans: Sequence[Span]) -> tuple[Stmt, ...]:
    context = Context(source, spans)
    lowered = body(module.body, context)
    if not context.finished():
        raise Misaligned
    return lowered


def _by_positions(module: cst.Module, source: str) -> tuple[Stmt, ...]:
    try:
        spans = statement_lines(module)
        with bounded_depth():
            return _lower(module, source, spans)
    except (Misaligned, RecursionError, KeyError):
        raise Unreadable("its lines could not be told") from None
