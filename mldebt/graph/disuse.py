"""What keeps the graph from saying that nobody uses a column, besides that somebody does."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from fnmatch import fnmatchcase
from posixpath import basename, splitext

from mldebt.graph.model import Column, Edge, Node

_LAST = re.compile(r"[^./:]*$")
"""The name of a table without its schema and its server."""
_HOLE = re.compile(r"\{[^}]*\}")
TELLING = 4
"""So many letters must the written-out name of a file have to be told from others by it alone."""


class Stored:
    """A stored thing and its columns."""

    def __init__(self, node: Node, columns: Iterable[Column]) -> None:
        found = tuple(columns)
        self._served = node.attributes.get("store") == "http"
        self._folds = node.attributes.get("store") in ("table", "memory") or "://" in node.name or "::" in node.name
        self._has_header = any(column.source == "header" for column in found)
        self._in_use = {column.name.lower() for column in found if column.used is not False}

    def leaves_open(self, column: Column) -> bool:
        """Whether a column may be used out of sight, or may not be one.

        What is sent to a server is its business; a name with unknown parts is no name; the header of a file knows
        better than what was meant to be written; databases take names in any case.
        """
        unnamed = any(letter in column.name for letter in "{}%")
        elsewhere = self._has_header and column.source != "header"
        return self._served or unnamed or elsewhere or (self._folds and column.name.lower() in self._in_use)

    def spellings(self, name: str) -> set[str]:
        return {name, name.lower(), name.upper()} if self._folds else {name}


def known_by_other_names(nodes: Iterable[Node], edges: Iterable[Edge]) -> set[str]:
    """Stored things that may be the same as others: what is read under another name is read, too."""
    found = {
        end for edge in edges if edge.attributes.get("operation") == "same name" for end in (edge.source, edge.target)
    }
    tables: dict[tuple[object, str], list[str]] = {}
    for node in nodes:
        if node.kind == "dataset" and node.attributes.get("store") == "table":
            last = _LAST.search(node.name)
            home = node.attributes.get("repository")
            tables.setdefault((home, last[0].lower() if last else ""), []).append(node.id)
    return found.union(*(group for group in tables.values() if len(group) > 1))


def perhaps_the_same(nodes: Iterable[Node], read: Container[str]) -> dict[str, list[str]]:
    """For files of one name, of which one lies in a folder that isn't known: what may be read as which.

    Where names agree in more than that, they are edges of the graph already.
    """
    files: dict[str, list[Node]] = {}
    for node in nodes:
        if node.kind == "dataset" and node.attributes.get("store") != "table" and _is_telling(basename(node.name)):
            files.setdefault(basename(node.name), []).append(node)
    found: dict[str, list[str]] = {}
    for group in files.values():
        templates = [node for node in group if "{" in node.name]
        for one in group if templates else ():
            found[one.id] = [
                other.id
                for other in (group if "{" in one.name else templates)
                if other.id in read and other is not one and _may_be_one(one.name, other.name)
            ]
    return {name: others for name, others in found.items() if others}


def _is_telling(name: str) -> bool:
    return "{" not in name and "*" not in name and len(splitext(name)[0]) >= TELLING


def _may_be_one(name: str, other: str) -> bool:
    return any("{" in template and _fits(template, plain) for template, plain in ((name, other), (other, name)))


def _fits(template: str, name: str) -> bool:
    """Whether a name can be what the template stands for; its first hole may be the folder of the repository."""
    pattern = _HOLE.sub("*", template)
    return fnmatchcase(name, pattern) or fnmatchcase(f"/{name}", pattern)
