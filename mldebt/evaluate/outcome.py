"""What the evaluation of a part came to, for the next run and for other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mldebt.evaluate.sharing import Part
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache
from mldebt.read.facts import Command

CODE = ("evaluate", "read", "knowledge", "project", "sites.py")
"""Where the evaluator is written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The trace of a part, with what it depends on and what others depend on.

    `called`: functions that its modules call; `outside`: functions of its own and of what it imports that others call,
    which are therefore not run alone; `called_alone`: what the functions that nobody calls call.
    """

    questions: tuple[Question, ...]
    answers: tuple[bytes, ...]
    called: frozenset[str]
    outside: frozenset[str]
    called_alone: frozenset[str]
    trace: Trace

    def plain(self) -> tuple[Any, ...]:
        values = (self.questions, self.answers, self.called, self.outside, self.called_alone)
        return (*values, encode_trace(self.trace))


def from_plain(data: tuple[Any, ...]) -> Outcome:
    """The outcome that `plain` was asked of."""
    questions, answers, called, outside, called_alone, trace = data
    return Outcome(questions, answers, called, outside, called_alone, decode_trace(trace))


class Kept:
    """Outcomes of earlier runs. One holds while the code that it comes from and all answers it got are the same."""

    def __init__(self, cache: Cache, workspace: Workspace, knowledge: Knowledge) -> None:
        self._cache = cache
        self._workspace = workspace
        self._base = evaluator_digest(knowledge)

    def outcome(self, part: Part, needed: tuple[str, ...], commands: Mapping[str, list[Command]]) -> Outcome | None:
        found = self._cache.get(self._key(part, needed, commands))
        if found is None or self._workspace.answers(found[0]) != found[1]:
            return None
        return from_plain(found)

    def keep(
        self, part: Part, needed: tuple[str, ...], commands: Mapping[str, list[Command]], outcome: tuple[Any, ...]
    ) -> None:
        self._cache.put(self._key(part, needed, commands), outcome)

    def _key(self, part: Part, needed: tuple[str, ...], commands: Mapping[str, list[Command]]) -> bytes:
        hashed = blake2b(self._base, digest_size=20)
        for file in (*part.files, "", *needed):
            hashed.update(f"\0{file}\0{commands.get(file, '')!r}\0".encode("utf-8", "surrogateescape"))
            hashed.update(self._workspace.facts[file].key if file else b"")
        return hashed.digest()


def evaluator_digest(knowledge: Knowledge) -> bytes:
    """Stands for the evaluator and all that it knows of libraries."""
    home = Path(__file__).parents[1]
    hashed = blake2b(f"outcome 2 {knowledge.fingerprint}".encode(), digest_size=20)
    for name in CODE:
        for path in sorted((home / name).rglob("*.py")) or [home / name]:
            hashed.update(path.read_bytes() if path.is_file() else b"")
    return hashed.digest()
