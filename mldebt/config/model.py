"""What a configuration can say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import asdict

from mldebt.config.document import Document

if TYPE_CHECKING:
    from mldebt.config.members import Together


class Settings(Struct, frozen=True):
    """What the user declared that rules may ask for, in `file`. `options` maps a rule's name to its own table."""

    consumers: tuple[Mapping[str, object], ...] = ()
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    file: str = ""


class Consumer(Struct, frozen=True):
    """Somebody who is known to use a data set of this repository, seen in its code or not.

    `columns` are those that the consumer relies on.
    """

    dataset: str
    consumer: str
    owner: str = ""
    reason: str = ""
    columns: tuple[str, ...] = ()
    line: int = 1

    def as_mapping(self) -> Mapping[str, object]:
        return asdict(self)


class Waiver(Struct, frozen=True):
    """Debt that is accepted: findings of a rule about a thing, named or by a pattern with * and ?, up to a day.

    `line` is where it stands in the configuration.
    """

    rule: str
    thing: str
    reason: str
    until: date | None = None
    line: int = 1


class Override(Struct, frozen=True):
    """What is different in the files that the patterns name."""

    paths: tuple[str, ...]
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    line: int = 1


class Call(Struct, frozen=True, eq=False):
    """What the calls of a function do, as an entry of a file of knowledge says it; `place` is where that is written."""

    call: str
    entry: Mapping[str, object]
    place: str


class Config(Struct, frozen=True):
    """One configuration, its keys as `mldebt.config.keys` has them; `path` is None where there is no file."""

    path: Path | None = None
    required_version: str = ""
    root: bool = False
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    fail_on: str = "low"
    budget: int = 0
    baseline: Path | None = None
    require_reason: bool = False
    waivers: tuple[Waiver, ...] = ()
    knowledge: tuple[Path | Call, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    workspace: Together | None = None
    document: Document | None = None

    def settings(self, file: str) -> Settings:
        """For the rules, which call it `file`."""
        return Settings(tuple(consumer.as_mapping() for consumer in self.consumers), self.rules, file)

    def name(self, root: Path) -> str:
        """The file as all places are told: relative to the root, where it lies below."""
        if self.path is None:
            return ""
        root, file = root.resolve(), self.path.resolve()
        return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()

    @property
    def files(self) -> tuple[Path, ...]:
        """All that was read for it, or with it."""
        return tuple(path for path in (self.path, self.baseline, *self.knowledge) if isinstance(path, Path))

    def place(self, *keys: str | int, word: str = "") -> str:
        """`file:line` of a key, for messages of those who judge what is behind it."""
        return self.document.place(*keys, word=word) if self.document else "the configuration"
