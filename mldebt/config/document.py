"""A TOML file that remembers where its keys stand, so that a mistake can be named with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from msgspec import Struct

from mldebt.errors import UsageError

KeyPath = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"^\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*=")
_TABLE = re.compile(rf"^\s*\[\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*\]\s*(?:#.*)?$")
_ARRAY = re.compile(rf"^\s*\[\[\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*\]\]\s*(?:#.*)?$")


class Document(Struct, frozen=True):
    """`table` is the part of the file that is ours, `prefix` the path to it (empty, or tool.mldebt)."""

    path: Path
    text: str
    table: Mapping[str, object]
    prefix: KeyPath = ()

    def error(self, sentence: str, *keys: str | int, word: str = "") -> UsageError:
        """The mistake `sentence` at the key; where a word is given, at its first mention from there on."""
        return UsageError(f"{self.place(*keys, word=word)}: {sentence}")

    def place(self, *keys: str | int, word: str = "") -> str:
        """`file:line` of the key or, where a word is given, of its first mention from the key on."""
        return f"{told(self.path)}:{self.line(*keys, word=word)}"

    def line(self, *keys: str | int, word: str = "") -> int:
        lines = self.text.splitlines()
        line = _line_of((*self.prefix, *keys), lines)
        if word:
            mentions = (number for number in range(line, len(lines) + 1) if word in lines[number - 1])
            line = next(mentions, line)
        return line


def read_document(path: Path, text: str | None = None) -> Document:
    """`text`: another content than the file has now."""
    text = _text(path) if text is None else text
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{told(path)}:{_line_told(error, text)}: this is not valid TOML: {error}") from None
    if path.name != "pyproject.toml":
        return Document(path, text, content)
    tool = content.get("tool")
    own = tool.get("mldebt") if isinstance(tool, dict) else None
    if not isinstance(own, dict):
        raise UsageError(f"{told(path)} has no table [tool.mldebt]")
    return Document(path, text, cast("Mapping[str, object]", own), ("tool", "mldebt"))


def told(path: Path) -> str:
    """The path as a user would write it from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _line_told(error: Exception, text: str) -> int:
    """Where the parser says; else the end of the text."""
    place = re.search(r"at line (\d+)", str(error))
    return int(place[1]) if place else max(1, len(text.splitlines()))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{told(path)}:{line}: this is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{told(path)} can't be read: {error.strerror}") from None


def _line_of(path: KeyPath, lines: list[str]) -> int:
    """The line of the longest beginning of the path that the file spells out as a key or table header."""
    places: dict[KeyPath, int] = {}
    for found, number in _keys(lines):
        places.setdefault(found, number)
    for length in range(len(path), 0, -1):
        beginning = path[:length]
        inside = (number for found, number in places.items() if found[:length] == beginning)
        if line := places.get(beginning) or min(inside, default=0):
            return line
    return 1


def _keys(lines: list[str]) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(lines, start=1):
        if header := _ARRAY.match(line):
            key = _parts(header["key"])
            counts[key] = counts.get(key, -1) + 1
            table = (*key, counts[key])
            yield table, number
        elif header := _TABLE.match(line):
            table = _parts(header["key"])
            yield table, number
        elif entry := _KEY.match(line):
            yield (*table, *_parts(entry["key"])), number


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
