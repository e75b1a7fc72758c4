"""The shapes that values in a configuration have: each reads a value strictly, names itself, and has a JSON schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from mldebt.config.document import Document
from mldebt.errors import UsageError, near_name_hint
from mldebt.levels import SEVERITIES

Schema = dict[str, Any]


class Place(Struct, frozen=True):
    """A value's place in a document: its keys from the top, and what it is called in messages."""

    document: Document
    keys: tuple[str | int, ...]
    name: str

    def inner(self, key: str | int) -> Place:
        name = f"{self.name}[{key + 1}]" if isinstance(key, int) else f"{self.name}.{key}"
        return Place(self.document, (*self.keys, key), name)

    def error(self, sentence: str, word: str = "") -> UsageError:
        return self.document.error(sentence, *self.keys, word=word)

    def must_be(self, words: str) -> UsageError:
        last = self.keys[-1]
        return self.error(f'"{self.name}" must be {words}', word=last if isinstance(last, str) else "")


class Shape(Protocol):
    @property
    def words(self) -> str:
        """What a value is called: `a list of texts`."""

    def read(self, place: Place, value: object) -> Any: ...

    def schema(self) -> Schema: ...


class Flag(Struct, frozen=True):
    words: str = "true or false"

    def read(self, place: Place, value: object) -> bool:
        if not isinstance(value, bool):
            raise place.must_be(self.words)
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Text(Struct, frozen=True):
    words: str = "a text"
    check: Callable[[str], str] | None = None
    """Says what is wrong with a text, "" for nothing."""

    def read(self, place: Place, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise place.must_be(self.words)
        if self.check is not None and (problem := self.check(value)):
            raise place.error(f'"{place.name}": {problem}')
        return value

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


class Count(Struct, frozen=True):
    words: str = "a number, 0 or more"

    def read(self, place: Place, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise place.must_be(self.words)
        return value

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 0}


class Number(Struct, frozen=True):
    words: str = "a number"

    def read(self, place: Place, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise place.must_be(self.words)
        return value

    def schema(self) -> Schema:
        return {"type": "number"}


class Day(Struct, frozen=True):
    words: str = "a day such as 2027-03-31"

    def read(self, place: Place, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise place.must_be(self.words) from None

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


class OneOf(Struct, frozen=True):
    choices: Sequence[str]

    @property
    def words(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def read(self, place: Place, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            hint = near_name_hint(value, self.choices) if isinstance(value, str) else ""
            raise place.must_be(self.words + hint)
        return value

    def schema(self) -> Schema:
        return {"enum": list(self.choices)}


class File(Struct, frozen=True):
    """A path beside the configuration file; where it must be there, it is."""

    exists: bool = True
    words: str = "the name of a file"

    def read(self, place: Place, value: object) -> Path:
        home = place.document.path.parent
        if not isinstance(value, str) or not value.strip("/. ") or "\0" in value:
            raise place.must_be(self.words)
        if self.exists and not (home / value).is_file():
            hint = near_name_hint(value, (str(path.relative_to(home)) for path in home.glob("*.toml")))
            raise place.error(f'"{place.name}" names {value}, which is no file in {home}{hint}', word=value)
        return home / value

    def schema(self) -> Schema:
        return {"type": "string", "minLength": 1}


class Listed(Struct, frozen=True):
    item: Shape
    words: str = "a list"

    def read(self, place: Place, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise place.must_be(self.words)
        if not isinstance(self.item, Record) and not isinstance(self.item, File):
            return tuple(self._plain(place, item) for item in value)
        return tuple(self.item.read(_item(place, self.item, number), item) for number, item in enumerate(value))

    def _plain(self, place: Place, item: object) -> Any:
        try:
            return self.item.read(place, item)
        except UsageError:
            raise place.error(f'"{place.name}" must be {self.words}{self._hint(item)}') from None

    def _hint(self, item: object) -> str:
        if isinstance(item, str) and not item.strip():
            return ", none of them empty"
        return near_name_hint(item, self.item.choices) if isinstance(item, str) and isinstance(self.item, OneOf) else ""

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema()}


def _item(place: Place, shape: Shape, number: int) -> Place:
    return place.inner(number) if isinstance(shape, Record) else place


class Mapped(Struct, frozen=True):
    """A table whose keys are the user's own: patterns of files, names of rules."""

    item: Shape
    words: str = "a table"

    def read(self, place: Place, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise place.must_be(self.words)
        return {key: self.item.read(place.inner(key), item) for key, item in value.items()}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.item.schema()}


class Options(Struct, frozen=True):
    """The table of a rule, which the rule's own shapes judge."""

    words: str = "a table of options"

    def read(self, place: Place, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise place.must_be(self.words)
        return value

    def schema(self) -> Schema:
        return {"type": "object", "properties": {"severity": {"enum": list(SEVERITIES)}}}


class Field(Struct, frozen=True):
    shape: Shape
    help: str
    required: bool = False


class Record(Struct, frozen=True):
    """A table with known keys; `make` gets them as keywords, and `line`, where the table stands."""

    fields: Mapping[str, Field]
    make: Callable[..., Any]
    words: str = "a table"

    def read(self, place: Place, value: object) -> Any:
        if not isinstance(value, dict):
            raise place.must_be(self.words)
        for key in value:
            if key not in self.fields:
                raise place.inner(key).error(unknown("key", key, self.fields), word=key)
        for key, field in self.fields.items():
            if field.required and key not in value:
                raise place.error(f'"{place.name}" has no "{key}"')
        read = {_attribute(key): self.fields[key].shape.read(place.inner(key), item) for key, item in value.items()}
        return self.make(**read, line=place.document.line(*place.keys))

    def schema(self) -> Schema:
        properties = {key: {**field.shape.schema(), "description": field.help} for key, field in self.fields.items()}
        required = [key for key, field in self.fields.items() if field.required]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _attribute(key: str) -> str:
    return key.replace("-", "_")


def unknown(what: str, name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    return f'unknown {what} "{name}"' + (near_name_hint(name, known) or f" (known: {', '.join(known)})")
