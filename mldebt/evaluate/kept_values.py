"""What is remembered of dictionaries that keep one value for each key between calls."""

from __future__ import annotations

from mldebt.evaluate.values import Const, Map, Seq, Value
from mldebt.terms import Term


class Slots:
    """What is known of such dictionaries in one run: where they are asked and filled, and by what now.

    `lost`: what can't be told any more; `parts`: the name of the record that a part
    belongs to; `views`: records that were looked up, with their names.
    """

    def __init__(self) -> None:
        self.terms: dict[str, Term | None] = {}
        self.read: dict[str, set[str]] = {}
        self.filled: dict[str, set[str]] = {}
        self.now: dict[str, Value] = {}
        self.after: dict[Term, str] = {}
        self.ended: set[str] = set()
        self.fields: dict[tuple[str, str], Const | None] = {}
        self.defaults: dict[int, tuple[Map, Value]] = {}
        self.lost: set[str] = set()
        self.parts: dict[str, str] = {}
        self.views: dict[int, tuple[Map | Seq, str]] = {}
