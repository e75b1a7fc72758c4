"""One thing that the knowledge base says: what a call, a method or an attribute is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Selector = tuple[int | str, ...]


class Entry(Struct, frozen=True):
    """`key` is the pattern that it was written under, `op` what happens, `fields` which argument plays which part."""

    key: str
    op: str
    fields: Mapping[str, object]

    def selector(self, field: str) -> Selector:
        """Where an argument is found, the first present one counts: positions, keywords, "self" or "*"."""
        value = self.fields.get(field, ())
        return tuple(value) if isinstance(value, (list, tuple)) else (value,)  # type: ignore[return-value]

    def text(self, field: str, default: str = "") -> str:
        value = self.fields.get(field, default)
        return value if isinstance(value, str) else default

    def flag(self, field: str, default: bool = False) -> bool:
        value = self.fields.get(field, default)
        return value if isinstance(value, bool) else default
