"""Which operations there are, which fields each may have, and what is wrong with an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mldebt.errors import UsageError, near_name_hint

SELECTOR, TEXT, FLAG, TABLE, LIST = "selector", "text", "true or false", "table", "list of texts"

# Where a method is looked for when its own kind of receiver has none.
FALLBACKS: Final[Mapping[str, str]] = {"series": "frame", "array": "frame"}


def check_file(path: str, tables: Mapping[str, object]) -> None:
    pass
