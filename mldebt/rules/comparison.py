"""What a change did to the debt of a repository, seen from an earlier commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mldebt.rules.model import Finding


@dataclass(frozen=True, slots=True)
class Change:
    """A changed line: as it is now, or as it was where it is `removed`."""

    file: str
    line: int
    text: str
    removed: bool = False


@dataclass(frozen=True)
class Comparison:
    """The state of `commit`, which `base` names, against the one that is reported: its findings are the new ones.

    `gone`: findings of then that are no more; `known`: how many of today's were there; `causes`: for fingerprints of
    new findings, the line whose change brought them, where that is known.
    """

    base: str
    commit: str
    gone: tuple[Finding, ...] = ()
    known: int = 0
    causes: Mapping[str, Change] = field(default_factory=dict)
