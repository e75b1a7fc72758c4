"""What is remembered of dictionaries that keep one value for each key between calls."""

from __future__ import annotations

from mldebt.evaluate.values import Const, Map, Value
from mldebt.terms import Term


class Slots:
    """What is known of such dictionaries in one run: where they are asked and filled, and by what now."""

    def __init__(self) -> None:
        self.terms: dict[str, Term | None] = {}
        self.read: dict[str, set[str]] = {}
        self.filled: dict[str, set[str]] = {}
        self.now: dict[str, Value] = {}
        self.after: dict[Term, str] = {}
        self.ended: set[str] = set()
        self.fields: dict[tuple[str, str], Const | None] = {}
        self.defaults: dict[int, tuple[Map, Value]] = {}
