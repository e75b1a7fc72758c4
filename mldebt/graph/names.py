"""What the name of a stored thing is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STORE = re.compile(r"::|://")
_ABSOLUTE = re.compile(r"[/~]|[\w.+-]+:[:/]|memory of ")


def table_of(name: str) -> str:
    """A table without the file or server that holds it."""
    return _STORE.split(name)[-1]


def has_store(name: str) -> bool:
    """Whether a name says where the thing is stored."""
    return _STORE.search(name) is not None


def plain_name(node_id: str, attributes: Mapping[str, object]) -> str:
    """What code calls a stored thing, without the repository in which alone the name means it."""
    name, repository = node_id.partition(":")[2], attributes.get("repository")
    return name[len(str(repository)) + 1 :] if repository else name


def id_in(kind: str, repository: str, name: str) -> str:
    """The id of a stored thing whose name means it in one of several repositories only."""
    return f"{kind}:{repository}{':' if _ABSOLUTE.match(name) else '/'}{name}"
