"""The evaluation of a whole repository, part by part.

First the modules of all parts run, then their functions that nobody calls, importers before what they import
(`schedule`): a function is not run alone where some other part calls it with arguments. Parts that are as they were in
an earlier run are taken from there; the others may be evaluated in several processes.
"""

from __future__ import annotations

import marshal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import chain
from typing import Any, NamedTuple, Protocol

from mldebt.evaluate import streams
from mldebt.evaluate.entries import run_functions, run_modules
from mldebt.evaluate.kept import Kept
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.modules import Modules, Suspended
from mldebt.evaluate.of_tests import is_unit_test, without_made_up_names
from mldebt.evaluate.outcome import Outcome
from mldebt.evaluate.schedule import Schedule
from mldebt.evaluate.sharing import Part, Sharing
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache
from mldebt.project.patience import patient_collector

DEEPEST = 9_000
WORTH_PROCESSES = 5_000
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
    with room_to_recurse(), patient_collector():
        return Program(workspace, knowledge, cache, strict=strict).run(jobs, progress)


class Waiting(NamedTuple):
    """A trace that comes before its turn: as bytes it takes a fraction of the memory."""

    packed: bytes


class Evaluator(Protocol):
    """Who evaluates parts, here or in other processes."""

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        """Run the modules of parts; give the functions that each calls."""

    def begin(self, part: Part, outside: frozenset[str], rank: Any) -> None:
        """Run the functions of a part that nobody calls, given those that others call; the lowest rank comes first."""

    def finished(self) -> tuple[Part, Outcome] | None:
        """Some part that was begun, and its outcome; None where there is none left."""


class Program:
    """The parts of a repository, and what is known of them."""

    def __init__(self, workspace: Workspace, knowledge: Knowledge, cache: Cache | None, *, strict: bool) -> None:
        self._workspace = workspace
        files = sorted(file for file, facts in workspace.facts.items() if facts.packed)
        self._sharing = Sharing(workspace, knowledge, files)
        circles, needed = self._sharing.circles, self._sharing.imported_by
        modules = Modules(workspace, knowledge, circles, needed, strict=strict, cache=cache)
        self._here = PartsHere(workspace, self._sharing, modules)
        commands = self._here.modules.commands
        self._cache = cache
        self._kept = Kept(cache, workspace, knowledge, self._sharing, commands) if cache is not None else None
        sizes = {file: facts.lines for file, facts in workspace.facts.items()}
        self._schedule = Schedule(self._sharing.parts(), sizes)
        self._outside: dict[int, frozenset[str]] = {}

    def run(self, jobs: int, progress: Progress | None) -> Trace:
        """The trace of the whole: those of its parts, always in the same order, whatever is done first."""
        trace, done, following = Trace(), dict[int, Any](), 0
        for number, found in self.traces(jobs, progress):
            done[number] = found if number == following or isinstance(found, bytes) else Waiting(marshal.dumps(found))
            while following in done:
                trace.add(decode_trace(self._encoded(following, done.pop(following))))
                following += 1
        return trace

    def traces(self, jobs: int, progress: Progress | None = None, *, early: bool = False) -> Iterator[tuple[int, Any]]:
        """The number of each part, and its trace: encoded, or the key by which the cache has it.

        `early`: also those that are likely, before it is known whether something else in the program changes them; the
        last one that is told of a part holds.
        """
        schedule, total = self._schedule, len(self._schedule.parts)
        numbers = {part: number for number, part in enumerate(schedule.parts)}
        known: dict[Part, Outcome | None] = {}
        for part in schedule.parts:
            outcome = known[part] = self._known(part)
            if early and outcome is not None:
                yield numbers[part], outcome.trace
        missing = [part for part, outcome in known.items() if outcome is None]
        with self._evaluator(schedule.parts, missing, jobs) as evaluator:
            called = Called(self._sharing, schedule)
            for part, found in zip(missing, evaluator.first(missing), strict=True):
                called.add(part, found)
            for part, outcome in known.items():
                called.add(part, outcome.called if outcome is not None else frozenset())
            for count, (part, outcome) in enumerate(self._outcomes(schedule, known, called, evaluator), 1):
                self._outside[numbers[part]] = outcome.outside
                if not early or outcome is not known[part]:
                    yield numbers[part], outcome.trace
                if progress is not None:
                    progress(count, total)

    def _encoded(self, number: int, trace: Any) -> Any:
        """A trace that only its key is told of is found in the cache; what can't be read there is made anew."""
        if isinstance(trace, Waiting):
            return marshal.loads(trace.packed)
        if not isinstance(trace, bytes):
            return trace
        kept = self._cache.get(trace) if self._cache is not None else None
        return self._anew(number) if kept is None else kept

    def _anew(self, number: int) -> Any:
        return self._here.outcome(self._schedule.parts[number], self._outside[number]).trace

    def _outcomes(
        self, schedule: Schedule, known: Mapping[Part, Outcome | None], called: Called, evaluator: Evaluator
    ) -> Iterator[tuple[Part, Outcome]]:
        """The outcomes of all parts, as they get done."""
        ready = schedule.begin()
        while True:
            while ready:
                part = ready.pop()
                outside, outcome = called.of(part), known[part]
                if outcome is None or outcome.outside != outside:
                    evaluator.begin(part, outside, schedule.rank(part))
                    continue
                called.add_alone(part, outcome.called_alone)
                ready += schedule.done(part)
                yield part, outcome
            finished = evaluator.finished()
            if finished is None:
                return
            part, outcome = finished
            if self._kept is not None:
                self._kept.keep(part, outcome)
            called.add_alone(part, outcome.called_alone)
            ready += schedule.done(part)
            yield part, outcome

    def _known(self, part: Part) -> Outcome | None:
        if self._kept is None:
            return None
        return self._kept.outcome(part)

    @contextmanager
    def _evaluator(self, parts: Sequence[Part], missing: list[Part], jobs: int) -> Iterator[Evaluator]:
        lines = sum(self._workspace.facts[file].lines for part in missing for file in part.files)
        if jobs > 1 and len(missing) > 1 and lines > WORTH_PROCESSES:
            from mldebt.evaluate.processes import in_processes

            with in_processes(self._here, self._workspace, parts, missing, jobs) as evaluator:
                yield evaluator
        else:
            yield self._here


class PartsHere:
    """Evaluates parts in this process."""

    def __init__(self, workspace: Workspace, sharing: Sharing, modules: Modules) -> None:
        self.modules = modules
        self._workspace = workspace
        self._sharing = sharing
        self._machines: dict[Part, tuple[Machine, Suspended]] = {}
        self._begun: list[tuple[Any, tuple[str, ...], Part, frozenset[str]]] = []
        self._told: set[str] = set()
        self._holders: Counter[str] = Counter()
        self._beside: dict[Part, frozenset[str]] = {}

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        for part in parts:
            yield frozenset(self._started(part).called)

    def begin(self, part: Part, outside: frozenset[str], rank: Any) -> None:
        heappush(self._begun, (rank, part.files, part, outside))

    def finished(self) -> tuple[Part, Outcome] | None:
        if not self._begun:
            return None
        _, _, part, outside = heappop(self._begun)
        return part, self.outcome(part, outside)

    def _started(self, part: Part) -> Machine:
        for file in self._sharing.needed(part):
            self.modules.machine(file)
        alone = len(part.files) == 1
        machine = self.modules.machine(part.files[0]) if alone else self.modules.apart(part.files)
        with self.modules.asking(machine):
            run_modules(machine)
        self.modules.restore({*self._sharing.needed(part), *machine.brought_in, *(() if alone else part.files)})
        self._machines[part] = machine, self.modules.suspend(part.files if alone else ())
        self._beside[part] = self.modules.behind(machine).difference(part.files, self._sharing.needed(part))
        self._holders.update(self._held(part))
        self._release_unheld()
        return machine

    def outcome(self, part: Part, outside: frozenset[str]) -> Outcome:
        """The outcome of a part, given the functions that others call."""
        if part not in self._machines:
            self._started(part)
        machine, suspended = self._machines.pop(part)
        self.modules.resume(suspended)
        called = frozenset(machine.called)
        machine.called |= outside
        with self.modules.asking(machine):
            run_functions(machine)
        streams.settle(machine)
        if part.is_test and all(is_unit_test(self._workspace.facts[file]) for file in part.files):
            without_made_up_names(machine.trace, self._workspace, part.files)
        self.modules.restore({*self._sharing.needed(part), *machine.brought_in, *part.files})
        questions = tuple(sorted(self._asked(part, machine), key=repr))
        alone = frozenset(machine.called) - called - outside
        imported = self._imported(part)
        self._leave(part, machine)
        return Outcome(questions, imported, called, outside, alone, encode_trace(machine.trace))

    def _held(self, part: Part) -> Iterator[str]:
        """The modules that a part runs or imports; `_beside`: those that only its evaluation shows."""
        return chain(part.files, self._sharing.needed(part), self._beside[part])

    def _leave(self, part: Part, machine: Machine) -> None:
        """A part is done: what no other part holds is never asked for again, and is most of the memory."""
        if len(part.files) > 1:
            machine.leave()
        for file in self._held(part):
            self._holders[file] -= 1
            if not self._holders[file]:
                del self._holders[file]
                self.modules.release(file)
        del self._beside[part]
        self._release_unheld()

    def _release_unheld(self) -> None:
        """Modules that were brought in on the way, too: they hold others that may be released before them."""
        for file in self.modules.lately_run():
            if file not in self._holders:
                self.modules.release(file)

    def _asked(self, part: Part, machine: Machine) -> set[Question]:
        """What the evaluation of a part asked, and the import of modules that nobody can see that it imports."""
        asked = {*machine.asked, *self.modules.bodies(machine, part.files)}
        seen = {*self._sharing.needed(part), *part.files}
        for file in {other for one in machine.brought_in - seen for other in self._sharing.reached((one,))} - seen:
            asked |= self.modules.asked(file)
        return asked

    def _imported(self, part: Part) -> dict[str, tuple[Question, ...]]:
        """What the imports of a part asked that were not told before."""
        imported = self._sharing.reached(self._sharing.needed(part))
        new = sorted(imported - self._told)
        self._told |= imported
        return {file: tuple(sorted(self.modules.asked(file), key=repr)) for file in new}


class Called:
    """Functions that something calls, by their files; that a test calls one doesn't count."""

    def __init__(self, sharing: Sharing, schedule: Schedule) -> None:
        self._sharing = sharing
        self._schedule = schedule
        self._part = {file: part for part in schedule.parts for file in part.files}
        self._at_first: dict[str, set[str]] = {}
        self._alone: dict[str, set[str]] = {}

    def add(self, part: Part, functions: Iterable[str]) -> None:
        """What the modules of a part call."""
        for function in functions if not part.is_test else ():
            self._at_first.setdefault(function.partition("::")[0], set()).add(function)

    def add_alone(self, part: Part, functions: Iterable[str]) -> None:
        """What functions of a part call that nobody calls, as far as it is certainly evaluated before these."""
        if part.is_test or not functions:
            return
        imported = frozenset(self._sharing.needed(part))
        for function in functions:
            file = function.partition("::")[0]
            if file in imported and self._schedule.is_told(self._part[file], part):
                self._alone.setdefault(file, set()).add(function)

    def of(self, part: Part) -> frozenset[str]:
        """Those of a part, and of what it imports."""
        early = (self._at_first.get(file, ()) for file in part.imports.union(part.files))
        return frozenset().union(*early, *(self._alone.get(file, ()) for file in part.files))


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """Deep programs need a deep stack."""
    former = sys.getrecursionlimit()
    sys.setrecursionlimit(max(former, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(former)
