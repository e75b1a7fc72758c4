"""What SQL in code says: each text is parsed once for all who run it, and kept between runs."""

from __future__ import annotations

import re

from mldebt.project.cache import Cache
from mldebt.read.encode import decode_statements, encode_statements
from mldebt.read.facts import SqlStatement
from mldebt.read.identity import Identity

_ALIAS = re.compile(r"\s*(as\s+)?[a-z_]\w*\s*;?\s*", re.IGNORECASE)


class SqlTexts:
    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache
        self._identity = Identity()
        self._known: dict[str, tuple[SqlStatement, ...]] = {}

    def statements(self, text: str) -> tuple[SqlStatement, ...]:
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._kept(text) if self._cache is not None else _parsed(text)
        return known

    def alone(self) -> None:
        """Do without the cache from here on: this is another process now, and the cache is not its own."""
        self._cache = None

    def _kept(self, text: str) -> tuple[SqlStatement, ...]:
        assert self._cache is not None
        key = self._identity.key_of_query(text)
        kept = self._cache.get(key)
        if kept is not None:
            return decode_statements(kept)
        found = _parsed(text)
        self._cache.put(key, encode_statements(found))
        return found


def _parsed(text: str) -> tuple[SqlStatement, ...]:
    from mldebt.read.sql import read_sql  # its parser takes longest of all to load

    return read_sql(_inside(text))


def _inside(text: str) -> str:
    """The query that stands in the place of a table, `(SELECT … ) AS part`, as the readers of JDBC want it."""
    start, end = text.find("("), text.rfind(")")
    named = 0 <= start < end and not text[:start].strip() and _ALIAS.fullmatch(text[end + 1 :])
    return " " * (start + 1) + text[start + 1 : end] if named and _is_whole(text[start + 1 : end]) else text


def _is_whole(text: str) -> bool:
    """Whether no bracket is closed that was not opened: `(SELECT 1) UNION (SELECT 2)` is not in one pair of them."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return True
