"""Functions and modules with work on data that nothing in the repository speaks of: nobody calls them, by any way.

A name counts as spoken of wherever it is written a second time: in code, a comment, a test, a notebook, a document,
a file of settings. What remains is code that only somebody outside could call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, splitext

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.namings import Namings
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.branches.work import FEATURES, FIGURES, Work, variables_of
from mldebt.graph.records import DeadCode, DeadWork
from mldebt.knowledge.loader import Knowledge
from mldebt.read.facts import Stmt
from mldebt.sites import Site

_TELLING = frozenset({"trains", "predicts", "builds a model", "reads"})
_DATA = re.compile(r"/|\.[A-Za-z]\w{1,7}$|\b(select|from)\b|://", re.IGNORECASE)
"""How the names of data look, and queries."""
_COMPUTES = "computes"
"""What nobody calls makes no features of anything."""
_FEW_CALLS, _FEW_LINES = 3, 8
"""Up to so many, what only touches tables is a small help."""


class Unreached:
    def __init__(self, workspace: Workspace, trace: Trace, knowledge: Knowledge, names: Namings) -> None:
        self._workspace = workspace
        self._knowledge = knowledge
        self._variables = variables_of(trace)
        self._imports = trace.imports
        self._names = names

    def __iter__(self) -> Iterator[DeadCode]:
        modules, alone = set(self._names.modules) - self._imported, self._names.functions
        if (not alone and not modules) or self._names.take_all:
            return
        for file in sorted({*alone, *modules}):
            if file in modules and self._is_unnamed_module(file):
                yield from self._dead_module(file)
            else:
                left = {name for name in alone.get(file, ()) if not self._names.is_elsewhere(name)}
                yield from self._dead_functions(file, left)

    def _dead_functions(self, file: str, names: set[str]) -> Iterator[DeadCode]:
        body = self._workspace.facts[file].body if names else ()
        for function in (one for one in body if one[0] == "def" and one[3] in names):
            done, last = self._done(file, function[6]), _last_line(function)
            if _is_work(done, function[6], last - function[1]) and not self._only_draws(file, function[6], done):
                yield DeadCode(file, function[3], self._site(file, function[1], last), self._placed(file, done))

    def _dead_module(self, file: str) -> Iterator[DeadCode]:
        body = self._workspace.facts[file].body
        done, last = self._done(file, body), max(map(_last_line, body))
        if _is_work(done, body, last) and not self._only_draws(file, body, done):
            first = next(one for one in body if one[0] in ("def", "class"))
            yield DeadCode(file, "", self._site(file, first[1], last), self._placed(file, done))

    def _done(self, file: str, body: tuple[Stmt, ...]) -> list[tuple[str, str, int]]:
        return sorted(set(self._work(file).of(body)), key=lambda each: (each[2], each[0], each[1]))

    def _only_draws(self, file: str, body: tuple[Stmt, ...], done: list[tuple[str, str, int]]) -> bool:
        """Whether what is computed goes into a picture."""
        return not _TELLING.intersection(word for word, _, _ in done) and self._work(file).draws(body)

    def _work(self, file: str) -> Work:
        whole = self._workspace.facts[file].body
        return Work(self._knowledge, whole, self._variables.get(file, frozenset()))

    def _placed(self, file: str, done: list[tuple[str, str, int]]) -> tuple[DeadWork, ...]:
        named = ((_COMPUTES if word in (FEATURES, FIGURES) else word, call, line) for word, call, line in done)
        return tuple(DeadWork(word, call, self._site(file, line)) for word, call, line in named)

    def _site(self, file: str, line: int, last: int = 0) -> Site:
        return self._workspace.facts[file].site(line, last or line)

    @cached_property
    def _imported(self) -> set[str]:
        """The files that another one imports."""
        return {file for by, others in self._imports.items() for file in others if by != file}

    def _is_unnamed_module(self, file: str) -> bool:
        names = [one[3] for one in self._workspace.facts[file].body if one[0] in ("def", "class")]
        return not any(self._names.is_elsewhere(name) for name in (splitext(basename(file))[0], *names))


def _is_work(done: list[tuple[str, str, int]], body: tuple[Stmt, ...], lines: int) -> bool:
    words = [word for word, _, _ in done]
    computed = words.count(FEATURES) + words.count(FIGURES)
    makes = FEATURES in words and computed >= _FEW_CALLS and lines >= _FEW_LINES
    changed = any(word == FEATURES and not call.endswith("concat") for word, call, _ in done)
    telling = _TELLING.intersection(words) - (set() if changed or _names_data(body) else {"reads"})
    return makes or bool(telling)


def _names_data(body: tuple[Stmt, ...]) -> bool:
    """Whether code says what it reads; to read what it is given is a small help."""
    told = body[1:] if body and body[0][0] == "expr" and body[0][3][0] == "const" else body
    texts = [part[1] for part in parts(told) if part[0] == "const" and len(part) == 2]
    joined = [piece for part in parts(told) if part[0] == "fstr" and len(part) == 2 for piece in part[1]]
    return any(isinstance(text, str) and _DATA.search(text) for text in (*texts, *joined))


def _last_line(statement: Stmt) -> int:
    inside: Iterator[int] = (part[2] for part in parts(statement) if part is not statement and is_statement(part))
    return max(inside, default=int(statement[2]))
