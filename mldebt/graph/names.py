"""What the name of a stored thing is made of."""

from __future__ import annotations

import re

_STORE = re.compile(r"::|://")


def table_of(name: str) -> str:
    """A table without the file or server that holds it."""
    return _STORE.split(name)[-1]


def has_store(name: str) -> bool:
    """Whether a name says where the thing is stored."""
    return _STORE.search(name) is not None
