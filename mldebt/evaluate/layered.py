"""A dictionary that falls back to another one for what it doesn't hold itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
NOTHING: Mapping[Any, Any] = {}


class Layered(dict[Key, Value]):
    """Looking up sees both, iterating and changing only its own."""

    __slots__ = ("below",)

    def __init__(self, below: Mapping[Key, Value] = NOTHING) -> None:
        super().__init__()
        self.below = below

    def __missing__(self, key: Key) -> Value:
        return self.below[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.below

    def get(self, key: Key, default: Any = None) -> Any:
        found = super().get(key, MISSING)
        return self.below.get(key, default) if found is MISSING else found

    def own(self, key: Key) -> Value | None:
        """What it holds itself."""
        return super().get(key)


MISSING: Any = object()
