"""The evaluation of a whole repository: part by part, what is known from earlier runs first."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from mldebt.evaluate.entries import run_functions, run_modules
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.modules import Modules
from mldebt.evaluate.sharing import Part, Sharing
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache

DEEPEST = 9_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the evaluation of a part came to.

    `called`: functions that the modules themselves call; `outside`: those of its own functions that other parts call,
    which are therefore not run alone; `called_alone`: what the functions that nobody calls call.
    """

    questions: tuple[Question, ...]
    answers: tuple[bytes, ...]
    called: frozenset[str]
    outside: frozenset[str]
    called_alone: frozenset[str]
    trace: Trace


def evaluate(
    workspace: Workspace,
    knowledge: Knowledge,
    progress: Progress | None = None,
    *,
    cache: Cache | None = None,
    base: bytes = b"",
    keys: Mapping[str, bytes] | None = None,
    strict: bool = False,
) -> Trace:
    """Evaluate every Python file and notebook of a repository.

    `cache` keeps outcomes of parts between runs, told apart by the `keys` of the files' contents and by `base`, which
    stands for the evaluator itself and what it knows. `strict` lets errors of the machine itself through.
    """
    with _room_to_recurse():
        program = Program(workspace, knowledge, strict=strict)
        kept = Kept(cache, program, base, keys) if cache is not None and keys is not None else None
        return program.run(kept, progress)


class Program:
    """The parts of a repository, and their evaluation."""

    def __init__(self, workspace: Workspace, knowledge: Knowledge, *, strict: bool = False) -> None:
        self.workspace = workspace
        files = sorted(file for file, facts in workspace.facts.items() if facts.packed and _is_code(facts.kind))
        self.sharing = Sharing(workspace, knowledge, files)
        self.parts = self.sharing.parts()
        self.modules = Modules(workspace, knowledge, strict=strict)

    def run(self, kept: Kept | None, progress: Progress | None) -> Trace:
        known = {part: kept.outcome(part) if kept else None for part in self.parts}
        fresh: dict[Part, Machine] = {}
        called: set[str] = set()
        for part in self.parts:
            outcome = known[part]
            called |= self._first(part, fresh) if outcome is None else outcome.called
        trace = Trace()
        for number, part in enumerate(self.parts):
            outcome = known[part]
            outside = self._outside(part, called)
            if outcome is None or outcome.outside != outside:
                outcome = self._second(part, fresh, outside)
                if kept is not None:
                    kept.keep(part, outcome)
            called |= outcome.called_alone
            trace.add(outcome.trace)
            if progress is not None:
                progress(number + 1, len(self.parts))
        return trace

    def _first(self, part: Part, fresh: dict[Part, Machine]) -> set[str]:
        """Evaluate the modules of a part; what they call is returned."""
        for file in self.sharing.needed(part):
            self.modules.machine(file)
        machine = self.modules.machine(part.files[0]) if len(part.files) == 1 else self.modules.apart(part.files)
        with self.modules.asking(machine):
            run_modules(machine)
        self.modules.restore()
        fresh[part] = machine
        return set(machine.called)

    def _second(self, part: Part, fresh: dict[Part, Machine], outside: frozenset[str]) -> Outcome:
        """Run the functions of a part that nobody calls."""
        if part not in fresh:
            self._first(part, fresh)
        machine = fresh.pop(part)
        called = frozenset(machine.called)
        machine.called |= outside
        with self.modules.asking(machine):
            run_functions(machine)
        self.modules.restore()
        questions = tuple(sorted(self._asked(part, machine), key=repr))
        alone = frozenset(machine.called) - called - outside
        return Outcome(questions, self.workspace.answers(questions), called, outside, alone, machine.trace)

    def _asked(self, part: Part, machine: Machine) -> set[Question]:
        """What the evaluation of a part asked, also that of the modules which it brings in."""
        asked = set(machine.asked)
        needed = self.sharing.needed(part)
        for file in {*needed, *machine.brought_in}:
            asked |= self.modules.machine(file).asked
        return asked | {("content", (file,)) for file in machine.brought_in.difference(needed)}

    def _outside(self, part: Part, called: set[str]) -> frozenset[str]:
        starts = tuple(f"{file}::" for file in part.files)
        return frozenset(key for key in called if key.startswith(starts))


class Kept:
    """Outcomes of parts from earlier runs."""

    def __init__(self, cache: Cache, program: Program, base: bytes, keys: Mapping[str, bytes]) -> None:
        self._cache = cache
        self._program = program
        self._base = base
        self._keys = keys

    def outcome(self, part: Part) -> Outcome | None:
        """The outcome of a part, if all that it depends on is as it was."""
        found = self._cache.get(self._key(part))
        if found is None:
            return None
        questions, answers, called, outside, alone, trace = found
        if self._program.workspace.answers(questions) != answers:
            return None
        return Outcome(questions, answers, called, outside, alone, decode_trace(trace))

    def keep(self, part: Part, outcome: Outcome) -> None:
        values = (outcome.questions, outcome.answers, outcome.called, outcome.outside, outcome.called_alone)
        self._cache.put(self._key(part), (*values, encode_trace(outcome.trace)))

    def _key(self, part: Part) -> bytes:
        hashed = blake2b(self._base, digest_size=20)
        commands = self._program.modules.commands
        for file in (*part.files, "", *self._program.sharing.needed(part)):
            hashed.update(f"\0{file}\0{commands.get(file, '')!r}\0".encode("utf-8", "surrogateescape"))
            hashed.update(self._keys.get(file, b""))
        return hashed.digest()


def _is_code(kind: str) -> bool:
    return kind in ("python", "notebook")


@contextmanager
def _room_to_recurse() -> Iterator[None]:
    """Deep programs need a deep stack; the values of an evaluation live on, so collecting them often is in vain."""
    former, thresholds = sys.getrecursionlimit(), gc.get_threshold()
    sys.setrecursionlimit(max(former, DEEPEST))
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setrecursionlimit(former)
