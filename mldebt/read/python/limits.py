"""Sizes beyond which the IR keeps less, and what stands for the rest; both lowerings keep to them."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.read.facts import Expr

LONGEST = 200
DEEPEST = 400
OPAQUE: Expr = ("opaque", ())


def display(tag: str, items: Sequence[Expr]) -> Expr:
    """A list, tuple or set; items beyond the longest are dropped."""
    return (tag, tuple(items) if len(items) <= LONGEST else (*items[:LONGEST], OPAQUE))
