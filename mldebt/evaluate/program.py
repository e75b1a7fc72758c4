"""The evaluation of a whole repository, part by part.

First the modules of all parts run, then their functions that nobody calls, importers before what they import: a
function is not run alone where some other part calls it with arguments. Parts that are as they were in an earlier run
are taken from there; the others may be evaluated in several processes.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from mldebt.evaluate.entries import run_functions, run_modules
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.modules import Modules
from mldebt.evaluate.outcome import Kept, Outcome, from_plain
from mldebt.evaluate.sharing import Part, Sharing
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache

DEEPEST = 9_000
WORTH_PROCESSES = 15_000
"""Lines of code."""

Progress = Callable[[int, int], None]


def evaluate(
    workspace: Workspace,
    knowledge: Knowledge,
    progress: Progress | None = None,
    *,
    cache: Cache | None = None,
    jobs: int = 1,
    strict: bool = False,
) -> Trace:
    """Evaluate every Python file and notebook of a repository.

    `cache` keeps outcomes between runs; `strict` lets errors of the machine itself through.
    """
    kept = Kept(cache, workspace, knowledge) if cache is not None else None
    with _room_to_recurse():
        return Program(workspace, knowledge, kept, strict=strict).run(jobs, progress)


class Evaluator(Protocol):
    """Who evaluates parts, here or in other processes."""

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        """Run the modules of parts; give the functions that each calls."""

    def second(self, parts: Iterable[tuple[Part, frozenset[str]]]) -> Iterator[tuple[Part, tuple[Any, ...]]]:
        """Run the functions of parts that nobody calls, given those that others call; give plain outcomes."""


class Program:
    """The parts of a repository, and what is known of them."""

    def __init__(self, workspace: Workspace, knowledge: Knowledge, kept: Kept | None, *, strict: bool) -> None:
        self._workspace = workspace
        self._kept = kept
        files = sorted(file for file, facts in workspace.facts.items() if facts.packed)
        self._sharing = Sharing(workspace, knowledge, files)
        self._here = PartsHere(workspace, self._sharing, Modules(workspace, knowledge, strict=strict))

    def run(self, jobs: int, progress: Progress | None) -> Trace:
        """The trace of the whole."""
        waves = self._sharing.waves()
        known = {part: self._known(part) for wave in waves for part in wave}
        missing = [part for part, outcome in known.items() if outcome is None]
        with self._evaluator(missing, jobs) as evaluator:
            called = Called()
            for part, found in zip(missing, evaluator.first(missing), strict=True):
                called.add(part, found)
            for part, outcome in known.items():
                called.add(part, outcome.called if outcome is not None else frozenset())
            trace = Trace()
            for number, wave in enumerate(waves):
                for part, outcome in self._wave(wave, known, called, evaluator).items():
                    called.add(part, outcome.called_alone)
                    trace.add(outcome.trace)
                if progress is not None:
                    progress(number + 1, len(waves))
        return trace

    def _wave(
        self, wave: list[Part], known: Mapping[Part, Outcome | None], called: Called, evaluator: Evaluator
    ) -> dict[Part, Outcome]:
        """The outcomes of parts none of which imports another one, in their order."""
        found: dict[Part, Outcome] = {}
        wanted: list[tuple[Part, frozenset[str]]] = []
        for part in wave:
            outside, outcome = called.of(part), known[part]
            if outcome is not None and outcome.outside == outside:
                found[part] = outcome
            else:
                wanted.append((part, outside))
        for part, plain in evaluator.second(wanted):
            if self._kept is not None:
                self._kept.keep(part, self._sharing.needed(part), self._here.modules.commands, plain)
            found[part] = from_plain(plain)
        return {part: found[part] for part in wave}

    def _known(self, part: Part) -> Outcome | None:
        if self._kept is None:
            return None
        return self._kept.outcome(part, self._sharing.needed(part), self._here.modules.commands)

    @contextmanager
    def _evaluator(self, missing: list[Part], jobs: int) -> Iterator[Evaluator]:
        lines = sum(self._workspace.facts[file].lines for part in missing for file in part.files)
        if jobs > 1 and len(missing) > 1 and lines > WORTH_PROCESSES:
            from mldebt.evaluate.processes import in_processes

            with in_processes(self._here, self._workspace, missing, jobs) as evaluator:
                yield evaluator
        else:
            yield self._here


class PartsHere:
    """Evaluates parts in this process."""

    def __init__(self, workspace: Workspace, sharing: Sharing, modules: Modules) -> None:
        self.modules = modules
        self._workspace = workspace
        self._sharing = sharing
        self._machines: dict[Part, Machine] = {}

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        for part in parts:
            yield frozenset(self._started(part).called)

    def second(self, parts: Iterable[tuple[Part, frozenset[str]]]) -> Iterator[tuple[Part, tuple[Any, ...]]]:
        for part, outside in parts:
            yield part, self._finished(part, outside).plain()

    def _started(self, part: Part) -> Machine:
        for file in self._sharing.needed(part):
            self.modules.machine(file)
        machine = self.modules.machine(part.files[0]) if len(part.files) == 1 else self.modules.apart(part.files)
        with self.modules.asking(machine):
            run_modules(machine)
        self.modules.restore()
        self._machines[part] = machine
        return machine

    def _finished(self, part: Part, outside: frozenset[str]) -> Outcome:
        machine = self._machines.pop(part, None) or self._started(part)
        self._machines.pop(part, None)
        called = frozenset(machine.called)
        machine.called |= outside
        with self.modules.asking(machine):
            run_functions(machine)
        self.modules.restore()
        questions = tuple(sorted(self._asked(part, machine), key=repr))
        alone = frozenset(machine.called) - called - outside
        return Outcome(questions, self._workspace.answers(questions), called, outside, alone, machine.trace)

    def _asked(self, part: Part, machine: Machine) -> set[Question]:
        """What the evaluation of a part asked, also that of the modules which it brings in."""
        asked = set(machine.asked)
        needed = self._sharing.needed(part)
        for file in {*needed, *machine.brought_in}:
            asked |= self.modules.machine(file).asked
        return asked | {("content", (file,)) for file in machine.brought_in.difference(needed)}


class Called:
    """Functions that something calls, by their files; that a test calls one doesn't count."""

    def __init__(self) -> None:
        self._by_file: dict[str, set[str]] = {}

    def add(self, part: Part, functions: Iterable[str]) -> None:
        for function in functions if not part.is_test else ():
            self._by_file.setdefault(function.partition("::")[0], set()).add(function)

    def of(self, part: Part) -> frozenset[str]:
        """Those of a part, and of what it imports."""
        return frozenset().union(*(self._by_file.get(file, ()) for file in part.imports.union(part.files)))


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
