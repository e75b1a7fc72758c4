"""What is computed of the values of pictures, each in the same way."""

from __future__ import annotations

from typing import Final

from mldebt.terms.term import Term, column

PIXEL: Final = column("pixel")
"""A value of a picture, wherever in it."""
SCALING: Final = frozenset({"add", "sub", "mul", "div", "neg", "cast", "const", "column"})


def is_of_pictures(term: Term | None) -> bool:
    """Whether each value of a picture is scaled and shifted by numbers that are told."""
    return term is not None and term.columns == PIXEL.columns and all(part.op in SCALING for part in term.walk())
