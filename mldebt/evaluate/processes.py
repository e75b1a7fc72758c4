"""Parts evaluated in several processes; each keeps the modules that it has run."""

from __future__ import annotations

import marshal
import signal
import sys
import threading
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from mldebt.evaluate.outcome import Outcome, from_plain
from mldebt.evaluate.sharing import Part
from mldebt.evaluate.workspace import Workspace

if TYPE_CHECKING:
    from mldebt.evaluate.program import Evaluator, PartsHere

ROWS = 16
"""Into how many rows of neighbours the share of a process is divided."""
Waiting = tuple[Any, Part, frozenset[str]]
"""Rank, part, and the functions of it that others call."""


@contextmanager
def in_processes(
    here: PartsHere, workspace: Workspace, parts: Sequence[Part], missing: Sequence[Part], jobs: int
) -> Iterator[Evaluator]:
    """An evaluator that shares the missing parts among processes, where that is safe; else the one that is here."""
    if sys.platform != "linux" or threading.active_count() > 1:  # only a fork has what was read so far
        yield here
        return
    numbers = {part: number for number, part in enumerate(parts)}
    shares = _shares(workspace, missing, jobs)
    workers = [_Worker(here, parts, [numbers[part] for part in share]) for share in shares]
    try:
        yield _Shared(parts, numbers, workers)
    finally:
        for worker in workers:
            worker.stop()


def _shares(workspace: Workspace, parts: Sequence[Part], jobs: int) -> list[list[Part]]:
    """Parts for each process, about the same number of lines for all; neighbours stay together, for they import the
    same modules, which each process runs by itself.
    """
    shares: list[list[Part]] = [[] for _ in range(min(jobs, len(parts)))]
    loads = [0] * len(shares)
    sizes = {part: sum(workspace.facts[file].lines for file in part.files) for part in parts}
    rows = _rows(sorted(parts, key=lambda part: part.files), sizes, sum(sizes.values()) // (len(shares) * ROWS))
    for row in sorted(rows, key=lambda row: -sum(sizes[part] for part in row)):
        lightest = loads.index(min(loads))
        loads[lightest] += sum(sizes[part] for part in row)
        shares[lightest] += row
    return shares


def _rows(parts: Iterable[Part], sizes: Mapping[Part, int], enough: int) -> list[list[Part]]:
    """Parts in the same order, as rows of about so many lines."""
    rows: list[list[Part]] = [[]]
    lines = 0
    for part in parts:
        if rows[-1] and lines + sizes[part] > enough:
            rows.append([])
            lines = 0
        rows[-1].append(part)
        lines += sizes[part]
    return rows


class _Shared:
    def __init__(self, parts: Sequence[Part], numbers: dict[Part, int], workers: list[_Worker]) -> None:
        self._parts = parts
        self._numbers = numbers
        self._workers = workers
        self._queue: list[Waiting] = []

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        for worker in self._workers:
            worker.ask(("first", worker.share))
        called: dict[int, frozenset[str]] = {}
        for worker in self._workers:
            called.update(zip(worker.share, worker.answer(), strict=True))
        yield from (called[self._numbers[part]] for part in parts)

    def begin(self, part: Part, outside: frozenset[str], rank: Any) -> None:
        insort(self._queue, (rank, part, outside), key=lambda waiting: waiting[0])

    def finished(self) -> tuple[Part, Outcome] | None:
        self._hand_out()
        busy = {worker.pipe: worker for worker in self._workers if worker.works_on is not None}
        if not busy:
            return None
        return busy[wait(list(busy))[0]].outcome(self._parts)

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.works_on is None and self._queue:
                own = (at for at, waiting in enumerate(self._queue) if self._numbers[waiting[1]] in worker.begun)
                _, part, outside = self._queue.pop(next(own, 0))
                worker.work_on(self._numbers[part], outside)


class _Worker:
    """A process. `share`: the numbers of the parts whose modules it runs; `begun` of those that it still holds."""

    def __init__(self, here: PartsHere, parts: Sequence[Part], share: list[int]) -> None:
        self.share = share
        self.begun = set(share)
        self.works_on: int | None = None
        context: Any = get_context("fork")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, here, parts), daemon=True)
        self._process.start()
        theirs.close()

    def work_on(self, number: int, outside: frozenset[str]) -> None:
        self.works_on = number
        self.begun.discard(number)
        self.ask(("outcome", (number, outside)))

    def outcome(self, parts: Sequence[Part]) -> tuple[Part, Outcome]:
        """The part that it worked on, and what came of it."""
        number, self.works_on = self.works_on, None
        assert number is not None
        return parts[number], from_plain(self.answer())

    def ask(self, question: tuple[str, Any]) -> None:
        self.pipe.send_bytes(marshal.dumps(question))

    def answer(self) -> Any:
        return marshal.loads(self.pipe.recv_bytes())

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection, here: PartsHere, parts: Sequence[Part]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    here.modules.sql_texts.alone()
    while True:
        try:
            what, given = marshal.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        if what == "first":
            pipe.send_bytes(marshal.dumps(list(here.first(parts[number] for number in given))))
        else:
            number, outside = given
            pipe.send_bytes(marshal.dumps(here.outcome(parts[number], outside).plain()))
