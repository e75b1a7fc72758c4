"""Files that say which packages an environment needs, and in which versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from posixpath import basename
from typing import Any

from msgspec import Struct

from mldebt.knowledge.distributions import normal

_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)$")
_BOUND = re.compile(r"==|~=|<|\^|^\s*=?\s*\d|^\s*~")
_ELSEWHERE = re.compile(r"^\s*(-e\b|--editable|\.{0,2}/|file:|git\+|https?:)|\s@\s")
_INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)")
_CONDA = re.compile(r"^\s*(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*)\s*(.*)$")
_INSTALLED = re.compile(r"(?:install_requires|REQUIRED_PACKAGES|requirements|REQUIRES)\s*=\s*\[(.*?)\]", re.DOTALL)
_QUOTED = re.compile(r"""(['"])([^'"\n]+)\1""")


class Requirement(Struct, frozen=True):
    """A package that is asked for; `open`: whatever version is the newest will do."""

    package: str
    wanted: str
    open: bool
    line: int


@lru_cache(1000)
def requirements(file: str, text: str) -> tuple[Requirement, ...]:
    """What a file asks for, by its name; nothing where it can't be read."""
    name = basename(file)
    try:
        if name == "pyproject.toml":
            return tuple(_of_pyproject(tomllib.loads(text), text))
        if name == "Pipfile":
            return tuple(_of_table(tomllib.loads(text).get("packages", {}), text))
        if name.endswith((".yml", ".yaml")):
            return tuple(_of_conda(text))
    except (ValueError, TypeError, AttributeError):
        return ()
    return tuple(_of_setup(text) if name == "setup.py" else _of_lines(text))


def included(text: str) -> Iterator[str]:
    """The files that a list of requirements brings in."""
    for line in text.splitlines():
        if match := _INCLUDED.match(line):
            yield match[1]


def _of_lines(text: str) -> Iterator[Requirement]:
    whole = text.replace("\\\n", " \n")
    for number, line in enumerate(whole.splitlines(), 1):
        words = line.split("#")[0] if "git+" not in line else line
        if words.strip() and not words.lstrip().startswith("-"):
            yield from _requirement(words, number)


def _requirement(text: str, line: int) -> Iterator[Requirement]:
    if _ELSEWHERE.search(text):
        return
    match = _NAME.match(text.partition(";")[0].partition(" --hash")[0])
    if match:
        wanted = match[2].strip()
        yield Requirement(normal(match[1]), wanted, not _BOUND.search(wanted), line)


def _of_setup(text: str) -> Iterator[Requirement]:
    for block in _INSTALLED.finditer(text):
        for item in _QUOTED.finditer(block[1]):
            line = text.count("\n", 0, block.start(1) + item.start()) + 1
            yield from _requirement(item[2], line)


def _of_pyproject(data: Mapping[str, Any], text: str) -> Iterator[Requirement]:
    project = data.get("project", {})
    groups = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    groups += data.get("dependency-groups", {}).values()
    for group in groups:
        for item in group:
            if isinstance(item, str):
                yield from _requirement(item, _line_of(item, text))
    poetry = data.get("tool", {}).get("poetry", {})
    tables = [poetry.get("dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for table in tables:
        yield from _of_table(table, text)


def _of_table(table: Mapping[str, Any], text: str) -> Iterator[Requirement]:
    """`scikit-learn = "^1.4"`."""
    for name, value in table.items():
        wanted = value if isinstance(value, str) else value.get("version", "") if isinstance(value, dict) else ""
        if normal(name) != "python" and wanted:
            yield Requirement(normal(name), wanted, not _BOUND.search(wanted), _line_of(name, text))


def _of_conda(text: str) -> Iterator[Requirement]:
    from mldebt.read.yaml_nodes import entries, first_document, get, items
    from mldebt.read.yaml_nodes import text as text_of

    for item in items(get(first_document(text), "dependencies")):
        for _, inner in entries(item):
            for one in items(inner):
                yield from _requirement(text_of(one), one.start_mark.line + 1)
        match = _CONDA.match(text_of(item))
        if match and normal(match[1]) not in ("python", "pip"):
            yield Requirement(normal(match[1]), match[2], not _BOUND.search(match[2]), item.start_mark.line + 1)


def _line_of(needle: str, text: str) -> int:
    at = text.find(needle)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
