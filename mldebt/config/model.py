"""What a configuration can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user declared that rules may ask for. `options` maps a rule's name to its own table."""

    consumers: tuple[Mapping[str, object], ...] = ()
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who is known to use a data set of this repository, seen in its code or not."""

    dataset: str
    consumer: str
    owner: str = ""
    reason: str = ""

    def as_mapping(self) -> Mapping[str, object]:
        return {"dataset": self.dataset, "consumer": self.consumer, "owner": self.owner, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Waiver:
    """Debt that is accepted: findings of a rule about a thing, named or by a pattern with * and ?, up to a day.

    `line` is where it stands in the configuration.
    """

    rule: str
    thing: str
    reason: str
    until: date | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration. `path` is the file that it was read from, None without one.

    `root` says that the file's folder is a repository of its own, although it lies inside a larger one.
    `exclude` are patterns as in .gitignore, `knowledge` are files with knowledge about libraries, `owners` maps
    patterns of files to teams, and `rules` maps the names of rules to their options. `places` says where each
    selector, ignore and rule table stands, for messages about it.
    """

    path: Path | None = None
    root: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    knowledge: tuple[Path, ...] = ()
    require_reason: bool = False
    waivers: tuple[Waiver, ...] = ()
    baseline: Path | None = None
    consumers: tuple[Consumer, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that was read for it, or with it."""
        own = (self.path, self.baseline)
        return (*(path for path in own if path is not None), *self.knowledge)

    @property
    def settings(self) -> Settings:
        return Settings(tuple(consumer.as_mapping() for consumer in self.consumers), self.rules)
