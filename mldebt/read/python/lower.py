"""Python source → IR: one parse by libcst, one pass over its tree."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import libcst as cst

from mldebt.read.facts import Stmt
from mldebt.read.python.context import Context, Misaligned
from mldebt.read.python.guard import refuse_slow
from mldebt.read.python.lines import Span, logical_lines
from mldebt.read.python.positions import statement_lines
from mldebt.read.python.statements import body
from mldebt.read.python.unreadable import Unreadable

DEEPEST = 400


def lower(source: str) -> tuple[tuple[Stmt, ...], int]:
    """The IR of a module and its number of lines; raises `Unreadable` where it is not Python 3."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = source.count("\n") + (source[-1:] not in ("", "\n"))
    if not source.endswith("\n"):
        source += "\n"
    spans = logical_lines(source)
    refuse_slow(source, spans)
    module = _parse(source)
    try:
        with _bounded_depth():
            return _lower(module, source, spans), lines
    except Misaligned:
        return _by_positions(module, source), lines
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
        with _bounded_depth():
            return _lower(module, source, spans)
    except (Misaligned, RecursionError, KeyError):
        raise Unreadable("its lines could not be told") from None


@contextmanager
def _bounded_depth() -> Iterator[None]:
    """The same depth of recursion wherever this is called from, so that every process gives up on the same files."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    former = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(former)
