"""Console scripts that a package installs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from posixpath import dirname
from typing import Any

from mldebt.read.facts import Command

TABLES = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))
HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
ENTRY = re.compile(r"\s*([\w.-]+)\s*=\s*([\w.]+(?::[\w.]+)?)")


def read_pyproject(file: str, content: str) -> Iterator[Command]:
    document = tomllib.loads(content)
    for table in TABLES:
        for name, value in _under(document, table).items():
            target = value.get("reference", value.get("callable", "")) if isinstance(value, Mapping) else value
            if isinstance(target, str) and target:
                yield _script(file, _line(content, ".".join(table), name), name, target)


def _under(document: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    value: Any = document
    for step in path:
        value = value.get(step, {}) if isinstance(value, Mapping) else {}
    return value if isinstance(value, Mapping) else {}


def _line(content: str, table: str, name: str) -> int:
    """The line of a key, else that of its table."""
    key = re.compile(rf"""\s*(?:["']?)(?:[\w-]+\.)*{re.escape(name)}["']?\s*=""")
    inside, found = False, 1
    for line, text in enumerate(content.splitlines(), 1):
        if header := HEADER.fullmatch(text):
            inside = table == header[1] or table.startswith(header[1] + ".")
            found = line if inside else found
        elif inside and key.match(text):
            return line
    return found


def read_setup(file: str, content: str) -> Iterator[Command]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(content)
    scripts = parser.get("options.entry_points", "console_scripts", fallback="")
    lines = content.splitlines()
    for text in scripts.splitlines():
        if match := ENTRY.match(text):
            line = next((n for n, other in enumerate(lines, 1) if other.strip() == text.strip()), 1)
            yield _script(file, line, match[1], match[2])


def _script(file: str, line: int, name: str, target: str) -> Command:
    return Command(line, "python", target, job=name, trigger="deploy", directory=dirname(file))
