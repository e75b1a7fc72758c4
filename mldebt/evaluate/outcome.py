"""What the evaluation of a part came to, for the next run and for other processes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mldebt.evaluate.moved import layouts_of, moved
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache

CODE = ("evaluate", "read", "knowledge", "project", "sites.py")
"""Where the evaluator is written."""
VARIANTS = 4
"""How many sets of questions are remembered for a part: those of both states of a comparison, and some to spare."""


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


@dataclass(frozen=True, slots=True)
class Dependence:
    """What the outcome of a part depends on before anything is evaluated: what its own files say, which others it
    imports, and what starts them.
    """

    files: tuple[str, ...]
    needed: tuple[str, ...]
    started: str


class Kept:
    """Outcomes of earlier runs. One holds while its own code and all answers that it got are the same.

    Under what a part depends on stand the questions that were asked the last few times; under these and their answers,
    the outcome, as in a compiler's cache (ccache, "direct mode"). So two states of a repository can be kept at a time.
    """

    def __init__(self, cache: Cache, workspace: Workspace, knowledge: Knowledge) -> None:
        self._cache = cache
        self._workspace = workspace
        self._base = evaluator_digest(knowledge)

    def outcome(self, dependence: Dependence) -> Outcome | None:
        key = self._key(dependence)
        for questions in self._cache.get(key) or ():
            found = self._cache.get(_answered(key, questions, self._workspace.answers(questions)))
            if found is not None:
                outcome, layouts = found
                places = moved(outcome[-1], layouts, self._workspace)
                if places is not None:
                    return from_plain((*outcome[:-1], places))
        return None

    def keep(self, dependence: Dependence, outcome: tuple[Any, ...]) -> None:
        key = self._key(dependence)
        questions, answers, *_ = outcome
        known = [other for other in self._cache.get(key) or () if other != questions]
        self._cache.put(key, (questions, *known[: VARIANTS - 1]))
        layouts = layouts_of(outcome[-1], dependence.files, self._workspace)
        self._cache.put(_answered(key, questions, answers), (outcome, layouts))

    def _key(self, dependence: Dependence) -> bytes:
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(repr((dependence.needed, dependence.started)).encode("utf-8", "surrogateescape"))
        for file in dependence.files:
            hashed.update(f"\0{file}\0".encode("utf-8", "surrogateescape"))
            hashed.update(self._workspace.facts[file].key)
        return hashed.digest()


def _answered(key: bytes, questions: tuple[Question, ...], answers: tuple[bytes, ...]) -> bytes:
    hashed = blake2b(key, digest_size=20)
    hashed.update(repr(questions).encode("utf-8", "surrogateescape"))
    hashed.update(b"".join(answers))
    return hashed.digest()


def evaluator_digest(knowledge: Knowledge) -> bytes:
    """Stands for the evaluator and all that it knows of libraries."""
    home = Path(__file__).parents[1]
    hashed = blake2b(f"outcome 2 {knowledge.fingerprint}".encode(), digest_size=20)
    for name in CODE:
        for path in sorted((home / name).rglob("*.py")) or [home / name]:
            hashed.update(path.read_bytes() if path.is_file() else b"")
    return hashed.digest()
