"""Names of stored things that may mean the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mldebt.graph.globs import fits
from mldebt.graph.model import Node

_COMPRESSED = re.compile(r"\.(gz|bz2|xz|zip|zst)$")
_HOLE = re.compile(r"\{[^}]*\}")
_UNTOLD = re.compile(r"\{[^}]*\}|\.\w+$|[\W\d_]")
_MANY = 100_000


_IN_SCHEMA = re.compile(r"^(.*(?:/|::))?[^./:]+\.([^./:]+)$")
"""A table with its schema; a connection may have one, so that the name of the table is enough."""


def may_be_read_as(dataset: Node, other: Node) -> bool:
    """A read of `other` can be a read of `dataset`: a pattern that matches it, or a folder above it.

    Where a program runs is not always known, so that the same file or folder name elsewhere counts, too; and a file may
    be compressed by a command in between.
    """
    if other.id == dataset.id or namespace(other.name) != namespace(dataset.name) or are_apart(dataset, other):
        return False
    if _pattern_matches(other.name, dataset.name) or _pattern_matches(dataset.name, other.name):
        return True
    if telling_part(dataset.name) in _parts(other.name):
        return True
    folder = _folder(other.name)
    return bool(folder) and dataset.name.startswith(folder + "/")


class Alike:
    """Stored things, found by what other names have in common with theirs, so that not all have to be compared."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = tuple(nodes)
        self._patterns = [(_prefix(node.name), node) for node in self._nodes if "*" in _pattern(node.name)]
        self._tables = {node.name.lower() for node in self._nodes if node.attributes.get("store") == "table"}
        self._by_part: dict[str, list[Node]] = {}
        self._by_telling_part: dict[str, list[Node]] = {}
        self._by_folder: dict[str, list[Node]] = {}
        self._below: dict[str, list[Node]] = {}
        for node in self._nodes:
            for part in set(_parts(node.name)):
                self._by_part.setdefault(part, []).append(node)
            self._by_telling_part.setdefault(telling_part(node.name), []).append(node)
            self._by_folder.setdefault(_folder(node.name), []).append(node)
            for folder in _folders_above(node.name):
                self._below.setdefault(folder, []).append(node)

    def may_be_reads_of(self, dataset: Node) -> bool:
        """Whether a read of one of them can be a read of the data set."""
        if any(may_be_read_as(dataset, other) for other in self._read_by(dataset)):
            return True
        match = _IN_SCHEMA.match(dataset.name.lower()) if dataset.attributes.get("store") == "table" else None
        return match is not None and f"{match[1] or ''}{match[2]}" in self._tables

    def may_be(self, dataset: Node) -> bool:
        """Whether a read of one of them can be a read of the data set, or the other way round."""
        return self.may_be_reads_of(dataset) or any(may_be_read_as(other, dataset) for other in self._reading(dataset))

    def _read_by(self, dataset: Node) -> Iterator[Node]:
        example = _example(dataset.name)
        yield from (node for prefix, node in self._patterns if example.startswith(prefix))
        if "*" in _pattern(dataset.name):
            yield from self._nodes
        yield from self._by_part.get(telling_part(dataset.name), ())
        for folder in _folders_above(dataset.name):
            yield from self._by_folder.get(folder, ())

    def _reading(self, dataset: Node) -> Iterator[Node]:
        for part in _parts(dataset.name):
            yield from self._by_telling_part.get(part, ())
        yield from self._below.get(_folder(dataset.name), ())


def are_apart(one: Node, other: Node) -> bool:
    """Two names that mean something in one of several repositories only, each in another one."""
    homes = {str(each.attributes.get("repository", "")) for each in (one, other)}
    return len(homes - {""}) == 2


@lru_cache(_MANY)
def namespace(name: str) -> str:
    """What comes before the path: `s3://bucket`, `warehouse.sqlite`, `postgres:`, "" for a file of the repository."""
    if "::" in name:
        return name.partition("::")[0]
    parts = name.split("/") if "://" in name else [""]
    return "/".join(parts[:3]) if len(parts) > 3 else parts[0]


@lru_cache(_MANY)
def telling_part(name: str) -> str:
    """The last part of a path that is more than holes, dots and digits."""
    parts = name.split("/")
    return next((part for part in reversed(parts) if len(_UNTOLD.sub("", part)) > 2), name)


def _parts(name: str) -> list[str]:
    return _COMPRESSED.sub("", name).split("/")


def _folder(name: str) -> str:
    """What a name means as a folder."""
    return name.rstrip("/*")


def _folders_above(name: str) -> Iterator[str]:
    return (name[:at] for at, character in enumerate(name) if character == "/")


def _pattern_matches(pattern: str, name: str) -> bool:
    glob = _pattern(pattern)
    return "*" in glob and bool(glob.strip("*/")) and fits(_example(name), glob)


def _prefix(name: str) -> str:
    """What the names begin with that a pattern matches."""
    return re.split(r"[*?\[]", _pattern(name), maxsplit=1)[0]


@lru_cache(_MANY)
def _pattern(name: str) -> str:
    return _HOLE.sub("*", name)


@lru_cache(_MANY)
def _example(name: str) -> str:
    return _HOLE.sub("x", name)
