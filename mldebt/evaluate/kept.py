"""What the evaluation of parts came to in earlier runs, found again by all that it depended on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from mldebt.evaluate.moved import Ranges, gone, layouts_of, moved
from mldebt.evaluate.outcome import Outcome, from_plain
from mldebt.evaluate.sharing import Part, Sharing
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache
from mldebt.project.written import code_digest
from mldebt.read.facts import Command

CODE = ("evaluate", "read", "knowledge", "project", "terms", "sites.py")
"""Where the evaluator is written."""
VARIANTS = 4
"""How many sets of questions are remembered for one thing: those of both states of a comparison, and some to spare."""
Questions = tuple[Question, ...]


class Kept:
    """Outcomes of earlier runs. One holds while its own code and all answers that it got are the same.

    Under what a part depends on stand the questions that were asked the last few times; under these and their answers,
    the outcome, as in a compiler's cache (ccache, "direct mode"). So two states of a repository are kept side by side.
    A part depends on its own files and on the states of the modules that it imports. A module's state is what its
    import asked, the answers, and the states of what it imports in turn (a Merkle tree); modules that import each other
    have one state.
    """

    def __init__(
        self,
        cache: Cache,
        workspace: Workspace,
        knowledge: Knowledge,
        sharing: Sharing,
        commands: Mapping[str, Sequence[Command]],
    ) -> None:
        self._cache = cache
        self._workspace = workspace
        self._base = evaluator_digest(knowledge, cache)
        self._sharing = sharing
        self._commands = commands
        self._asked: dict[str, Questions] = {}
        self._states: dict[str, bytes | None] = {}

    def outcome(self, part: Part) -> Outcome | None:
        """The outcome that a part must have today, if it was met before; `trace` has its trace."""
        key = self._key(part, [self._state(file) for file in self._sharing.needed(part)])
        for questions in (self._cache.get(key) or ()) if key is not None else ():
            answered = self._answered(key, questions)
            found = self._cache.get(answered)
            if found is not None:
                head, layouts = found
                trace = self._brought_up_to_date(_trace_key(answered), layouts)
                if trace is not None:
                    return from_plain((questions, {}, *head, trace))
        return None

    def _brought_up_to_date(self, key: bytes, layouts: Mapping[str, Ranges]) -> Any:
        """The trace with today's lines; where these are those of then, the key that it is found by."""
        if not gone(layouts, self._workspace):
            return key if self._cache.has(key) else None
        kept = self._cache.get(key)
        return None if kept is None else moved(kept, layouts, self._workspace)

    def keep(self, part: Part, outcome: Outcome) -> None:
        """Keep an outcome, and what the imports asked that were run for it."""
        questions = outcome.questions
        self._asked.update(outcome.imports)
        key = self._key(part, [self._learned(file) for file in self._sharing.needed(part)])
        if key is None:
            return
        others = [other for other in self._cache.get(key) or () if other != questions]
        self._cache.put(key, (questions, *others[: VARIANTS - 1]))
        answered = self._answered(key, questions)
        self._cache.put(answered, (outcome.head, layouts_of(outcome.trace, self._workspace)))
        self._cache.put(_trace_key(answered), outcome.trace)

    def _key(self, part: Part, states: Sequence[bytes | None]) -> bytes | None:
        """What stands for all that a part depends on before a question is asked."""
        return self._digest("part", part.files, [*map(self._workspace.code_of, part.files), *states])

    # -- the states of modules

    def _state(self, file: str) -> bytes | None:
        """What stands for a module as an import finds it; None where nothing is known of it as it is now."""
        leader, *others = self._sharing.circles.get(file, (file,))
        if leader not in self._states:
            self._states[leader] = None  # in case that it is met on the way
            key = self._module_key((leader, *others), self._state)
            for questions, seen in (self._cache.get(key) or ()) if key is not None else ():
                answered = self._answered(key, questions)
                if answered in seen:
                    self._states[leader] = answered
                    break
        return self._states[leader]

    def _learned(self, file: str) -> bytes | None:
        """The state of a module whose import has been run, which is remembered."""
        together = tuple(self._sharing.circles.get(file, (file,)))
        if self._states.get(together[0]) is None and all(one in self._asked for one in together):
            key = self._module_key(together, self._learned)
            questions = tuple(sorted({each for one in together for each in self._asked[one]}, key=repr))
            self._states[together[0]] = self._remembered(key, questions) if key is not None else None
        return self._states.get(together[0])

    def _module_key(self, together: tuple[str, ...], state: Callable[[str], bytes | None]) -> bytes | None:
        imports = sorted({other for file in together for other in self._sharing.imports_of(file)}.difference(together))
        return self._digest("module", (*together, "", *imports), [state(other) for other in imports])

    def _remembered(self, key: bytes, questions: Questions) -> bytes:
        before = dict(self._cache.get(key) or ())
        answered = self._answered(key, questions)
        seen = (answered, *[other for other in before.pop(questions, ()) if other != answered])[:VARIANTS]
        self._cache.put(key, ((questions, seen), *list(before.items())[: VARIANTS - 1]))
        return answered

    # -- digests

    def _digest(self, kind: str, files: Sequence[str], states: Iterable[bytes | None]) -> bytes | None:
        known = [state for state in states if state is not None]
        whole = list(states)
        if len(known) < len(whole):
            return None
        said = [(file, self._commands.get(file), self._sharing.circles.get(file)) for file in files]
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(repr((kind, said)).encode("utf-8", "surrogateescape"))
        hashed.update(b"\0".join(known))
        return hashed.digest()

    def _answered(self, key: bytes | None, questions: Questions) -> bytes:
        hashed = blake2b(key or b"", digest_size=20)
        hashed.update(repr(questions).encode("utf-8", "surrogateescape"))
        hashed.update(b"".join(self._workspace.answers(questions)))
        return hashed.digest()


def _trace_key(answered: bytes) -> bytes:
    return blake2b(answered, digest_size=20, person=b"trace").digest()


def evaluator_digest(knowledge: Knowledge, cache: Cache) -> bytes:
    """Stands for the evaluator and all that it knows of libraries."""
    hashed = blake2b(f"outcome 3 {knowledge.fingerprint}".encode(), digest_size=20)
    hashed.update(code_digest(CODE, cache))
    return hashed.digest()
