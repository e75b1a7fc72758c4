"""`[workspace]`: repositories that are looked at together, and which names of theirs mean the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from mldebt.config.shapes import Field, Listed, Mapped, Place, Record, Text, unknown
from mldebt.errors import near_name_hint

WORDS = 'a list of folders, each a text or a table with "path" and "name"'


class Member(Struct, frozen=True):
    """A repository: where it is, and what its files are called after."""

    path: Path
    name: str
    given: str = ""


class Together(Struct, frozen=True):
    """`mounts`: the beginning of a name as code sees it → what it is; `shared`: patterns of names that mean the same
    in all repositories, or with ! before them do not."""

    repositories: tuple[Member, ...]
    mounts: Mapping[str, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    line: int = 1


class Folders(Struct, frozen=True):
    """The repositories, relative to the configuration; a pattern with * stands for all folders that it fits."""

    words: str = WORDS

    def read(self, place: Place, value: object) -> tuple[Member, ...]:
        if not isinstance(value, list) or not value:
            raise place.must_be(self.words)
        return tuple(member for item in value for member in self._members(place, item))

    def _members(self, place: Place, item: object) -> Iterator[Member]:
        table = item if isinstance(item, dict) else {"path": item}
        for key in table:
            if key not in ("path", "name"):
                raise place.error(unknown("key", key, ("path", "name")), word=key)
        given, name = table.get("path"), table.get("name", "")
        if not isinstance(given, str) or not given.strip() or not isinstance(name, str):
            raise place.must_be(self.words)
        if "/" in name or ":" in name:
            raise place.error(f'"{name}" can\'t be the name of a repository: it is put before the names of files', name)
        home = place.document.path.parent
        for path in self._folders(place, home, given):
            yield Member(path, name or path.name, given)

    def _folders(self, place: Place, home: Path, given: str) -> list[Path]:
        if "*" in given:
            found = sorted(path.resolve() for path in home.glob(given) if path.is_dir() and path.name[:1] != ".")
            if not found:
                raise place.error(f'"{given}" fits no folder below {home}', word=given)
            return found
        path = (home / given).resolve()
        if not path.exists():
            beside = (each.name for each in path.parent.iterdir()) if path.parent.is_dir() else ()
            raise place.error(f'there is no folder "{given}" beside it{near_name_hint(path.name, beside)}', word=given)
        if not path.is_dir():
            raise place.error(f'"{given}" is a file; a repository is a folder', word=given)
        return [path]

    def schema(self) -> dict[str, Any]:
        table = {
            "type": "object",
            "properties": {"path": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}},
            "required": ["path"],
            "additionalProperties": False,
        }
        return {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "string", "minLength": 1}, table]}}


WORKSPACE = Record(
    {
        "repositories": Field(
            Folders(), "Folders, relative to this file; * stands for all that fit; a table gives one a name.",
            required=True,
        ),
        "mounts": Field(
            Mapped(Text()),
            "Beginnings of names as code sees them, and what they are: another repository that is checked out inside, "
            "a folder of it, a bucket.",
        ),
        "shared": Field(
            Listed(Text(), "a list of texts"),
            "Patterns of names (tables, topics, paths) that mean the same in all of them; with ! before it, not.",
        ),
    },
    Together,
    'a table with "repositories"',
)  # fmt: skip
