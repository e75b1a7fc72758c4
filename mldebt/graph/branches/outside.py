"""Whether a name of a module may be set, or is spoken of as a switch, anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.unread import UnreadCode
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

TEXTS = ("**/*.md", "**/*.rst", "**/*.env", "**/*.j2", "**/*.tmpl", "**/*.R")
_WORD = re.compile(r"[A-Za-z_]\w*")
INTERACTIVE = re.compile(
    r"^#\s*(%%|In\s*\[|COMMAND -{5}|Databricks notebook source|<codecell>|\+$|\+ )|#\s*@param", re.MULTILINE
)
"""Code that is run in pieces by somebody who turns the switches in it."""


class Outside:
    """Each file is looked through once at most."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._facts = workspace.facts
        self._unread = UnreadCode(workspace.facts.values(), workspace.written)
        self._words: dict[str, frozenset[str]] = {}
        self._texts: list[str] | None = None

    def sets(self, name: str, file: str) -> bool:
        """Whether something beside the file of a name may set it, or people are told of it."""
        if self._unread.speaks_of(name):
            return True
        if any(_sets(name, facts) for facts in self._facts.values() if facts.packed):
            return True
        return any(name in self._in(text) for text in self._other_texts())

    def speaks_of(self, name: str, places: Iterable[Site], files: Iterable[str]) -> bool:
        """Whether a key of settings is spoken of beside the places that ask for it and the files that hold it."""
        if self._unread.speaks_of(name):
            return True
        word = re.compile(r"\b" + re.escape(name).replace("_", "[_-]") + r"\b", re.IGNORECASE)
        own = {(site.file, line) for site in places for line in range(site.line, site.end_line + 1)}
        others = dict.fromkeys([*self._facts, *self._other_texts()]).keys() - set(files)
        if any(name in words_of(self._workspace, self._facts[file]) for file in self._too_long if file in others):
            return True
        return any(
            word.search(line) and (file, number) not in own
            for file in sorted(others)
            for number, line in enumerate((self._workspace.text(file) or "").splitlines(), 1)
        )

    @cached_property
    def _too_long(self) -> list[str]:
        """Notebooks that hold so many pictures that their text is not looked through."""
        return [file for file, facts in self._facts.items() if facts.packed and self._workspace.text(file) is None]

    def is_interactive(self, file: str) -> bool:
        return INTERACTIVE.search(self._workspace.text(file) or "") is not None

    def _other_texts(self) -> list[str]:
        if self._texts is None:
            listed = [file for pattern in TEXTS for file in self._workspace.listing(".", pattern, 60)]
            self._texts = [*(file for file, facts in self._facts.items() if not facts.packed), *listed]
        return self._texts

    def _in(self, file: str) -> frozenset[str]:
        if file not in self._words:
            self._words[file] = frozenset(re.findall(r"\w+", self._workspace.text(file) or ""))
        return self._words[file]


def words_of(workspace: Workspace, facts: FileFacts) -> set[str]:
    """The words that a file of code is written with; those of its statements where the text is too long."""
    text = workspace.text(facts.file)
    if text is not None:
        return set(_WORD.findall(text))
    said = (said for part in parts(facts.body) for said in part if isinstance(said, str))
    return {word for each in said for word in _WORD.findall(each)}


def _sets(name: str, facts: FileFacts) -> bool:
    """`module.NAME = …`, `setattr(module, "NAME", …)`, `patch.multiple(module, NAME=…)`."""
    if name.encode("utf-8", "surrogatepass") not in facts.packed:
        return False
    word = re.compile(rf"\b{re.escape(name)}\b")
    for part in parts(facts.body):
        if part[0] == "const" and len(part) == 2 and isinstance(part[1], str) and word.search(part[1]):
            return True
        if part[0] == "call" and len(part) == 6 and any(key == name for key, _ in part[3]):
            return True
        if is_statement(part) and any(target[0] == "attr" and target[2] == name for target in _targets(part)):
            return True
        if is_statement(part) and part[0] == "magic" and name in str(part[4]):
            return True
    return False


def _targets(statement: Any) -> Iterable[Any]:
    if statement[0] == "assign":
        return statement[3]  # type: ignore[no-any-return]
    return (statement[3],) if statement[0] in ("aug", "for") else ()
