"""What was found several times for one and the same reason."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Found = TypeVar("Found")


def by_cause(found: Iterable[Found], causes: Callable[[Found], Iterable[Hashable]]) -> list[list[Found]]:
    """In order; what shares a cause with something before it belongs to that."""
    groups: list[list[Found]] = []
    known: dict[Hashable, list[Found]] = {}
    for one in found:
        labels = tuple(causes(one))
        group = next((known[label] for label in labels if label in known), None)
        if group is None:
            groups.append(group := [])
        group.append(one)
        known.update((label, group) for label in labels if label not in known)
    return groups
