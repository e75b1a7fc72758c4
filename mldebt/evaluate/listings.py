"""Names of files that a listing of a folder gave: they stay names however they are put together, drawn and divided."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.values import Hole, Seq, Text, Value, options_of

DEEPEST = 2
"""Names in tuples in a list: an image and its mask."""


def is_listing(value: Value | None, depth: int = DEEPEST) -> bool:
    """Whether a sequence holds nothing but names out of listings, alone or put together."""
    items = value.items if isinstance(value, Seq) else []
    options = [option for item in items for option in options_of(item)]
    return bool(options) and all(_is_name(one) or (depth > 1 and is_listing(one, depth - 1)) for one in options)


def _is_name(value: Value) -> bool:
    if not isinstance(value, Text) or value.literal is not None:
        return False
    return value.known or any(isinstance(part, Hole) and part.kind == "loop" for part in value.parts)


def drawn_as(names: Seq, node: str) -> Seq:
    """The names of a listing, as they are in something that was made of it: a part, or another order."""
    items = [join(_drawn(option, node) for option in options_of(item)) for item in names.items]
    return Seq(items, True, names.kind)


def _drawn(value: Value, node: str) -> Value:
    if isinstance(value, Text):
        return replace(value, sources=value.sources | {node})
    return drawn_as(value, node) if isinstance(value, Seq) else value
