"""The slow and sure way to the lines of statements, for text that the scan of logical lines can't follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libcst as cst

from mldebt.read.python.lines import Span


def statement_lines(module: cst.Module) -> list[Span]:
    """The lines of every statement in the order in which the lowering asks for them; compound ones have one line."""
    from libcst.metadata import MetadataWrapper, PositionProvider

    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return [_span(node, positions) for node in _logical(module.body)]


def _span(node: Any, positions: Mapping[Any, Any]) -> Span:
    place = positions[node]
    first = place.start.line
    return (first, place.end.line if isinstance(node, cst.SimpleStatementLine) else first, 0, 0)


def _logical(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield from getattr(node, "decorators", ())
        yield node
        for part in _parts(node):
            yield from _logical((part,))


def _parts(node: Any) -> Iterator[Any]:
    inner = getattr(node, "body", None)
    if isinstance(inner, cst.IndentedBlock):
        yield from inner.body
    for name in ("cases", "handlers"):
        yield from getattr(node, name, ())
    for name in ("orelse", "finalbody"):
        part = getattr(node, name, None)
        if part is not None:
            yield part
