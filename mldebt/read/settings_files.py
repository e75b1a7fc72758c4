"""Settings as code sees them after loading: the value of a settings file and the line of each of its keys."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mldebt.read.settings_text import format_of, settings_text
from mldebt.read.yaml_nodes import yaml_settings

KeyPath = tuple[str, ...]
Loaded = tuple[object, Mapping[KeyPath, int]]

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:\n]|[^\s\[\]{},:"]+')
TOML_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
TOML_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
KEY_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
INI_SECTION = re.compile(r"\s*\[([^\]]+)\]")
INI_KEY = re.compile(r"([^\s#;\[=:][^=:]*?)\s*[=:]")
ENV_LINE = re.compile(r"""\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|(.*?))\s*(?:\s#.*)?$""")


def load_settings(path: Path) -> tuple[object, Mapping[tuple[str, ...], int]] | None:
    """The parsed value of a settings file and the line of each key path (positions in lists are numbers as text).

    Understands YAML (the first document), JSON, TOML, INI and .env files of at most 1 MB; None where it can't be read.
    """
    written = settings_text(path)
    try:
        return None if written is None else LOADERS[format_of(path.name)](_lines(written.decode("utf-8-sig")))
    except Exception:  # a settings file may be broken in any way that its format allows
        return None


def _lines(text: str) -> str:
    """A text whose lines end as Python's do."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _json(text: str) -> Loaded:
    return json.loads(text), dict(_json_lines(text))


def _json_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Key path and line of each member; the text is known to be valid."""
    line, previous = 1, ""
    path: list[str] = []
    for token in JSON_TOKEN.findall(text):
        if token == "\n":
            line += 1
            continue
        if token in ("]", "}"):
            if previous not in ("[", "{"):
                path.pop()
        elif previous == "[" or (previous == "," and path[-1].startswith("#")):
            path[-1:] = [f"#{int(path[-1][1:]) + 1}"] if previous == "," else [*path[-1:], "#0"]
            yield tuple(step.removeprefix("#").removeprefix(".") for step in path), line
        elif previous == "{" or (previous == "," and token.startswith('"')):
            path[-1:] = [*(path[-1:] if previous == "{" else ()), "." + json.loads(token)]
            yield tuple(step[1:] for step in path), line
        previous = token


def _toml(text: str) -> Loaded:
    return tomllib.loads(text), dict(_toml_lines(text))


def _toml_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    quote = ""
    for line, content in enumerate(text.splitlines(), 1):
        if quote:
            quote = "" if quote in content else quote
            continue
        if header := TOML_HEADER.match(content):
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            yield table, line
        elif key := TOML_KEY.match(content):
            yield (*table, *_parts(key[1])), line
        quote = next((mark for mark in ('"""', "'''") if content.count(mark) == 1), "")


def _parts(dotted: str) -> KeyPath:
    return tuple(a or b or c for a, b, c in KEY_PART.findall(dotted))


def _ini(text: str) -> Loaded:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(text)
    value = {section: dict(parser[section]) for section in parser if section != "DEFAULT" or parser.defaults()}
    return value, dict(_ini_lines(text))


def _ini_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    section = "DEFAULT"
    for line, content in enumerate(text.splitlines(), 1):
        if header := INI_SECTION.match(content):
            section = header[1]
            yield (section,), line
        elif key := INI_KEY.match(content):
            yield (section, key[1].lower()), line


def _env(text: str) -> Loaded:
    value: dict[str, str] = {}
    lines: dict[KeyPath, int] = {}
    for line, content in enumerate(text.splitlines(), 1):
        if match := ENV_LINE.match(content):
            name, *texts = match.groups()
            value[name] = next((text for text in texts if text is not None), "")
            lines[(name,)] = line
    return value, lines


LOADERS: Mapping[str, Callable[[str], Loaded | None]] = {
    ".yaml": yaml_settings,
    ".yml": yaml_settings,
    ".json": _json,
    ".toml": _toml,
    ".ini": _ini,
    ".cfg": _ini,
    ".env": _env,
}
