"""Parts evaluated in several processes; each keeps what it has begun."""

from __future__ import annotations

import marshal
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from mldebt.evaluate.sharing import Part
from mldebt.evaluate.workspace import Workspace

if TYPE_CHECKING:
    from mldebt.evaluate.program import Evaluator, PartsHere


@contextmanager
def in_processes(here: PartsHere, workspace: Workspace, parts: list[Part], jobs: int) -> Iterator[Evaluator]:
    """An evaluator that shares the parts among processes, where that is safe; else the one that is here."""
    if sys.platform != "linux" or threading.active_count() > 1:  # only a fork has what was read so far
        yield here
        return
    shares = _shares(workspace, parts, jobs)
    workers = [_Worker(here, share) for share in shares]
    try:
        yield _Shared(here, workers, {part: worker for worker in workers for part in worker.parts})
    finally:
        for worker in workers:
            worker.stop()


def _shares(workspace: Workspace, parts: list[Part], jobs: int) -> list[list[Part]]:
    """Parts for each process, about the same number of lines for all."""
    shares: list[list[Part]] = [[] for _ in range(min(jobs, len(parts)))]
    loads = [0] * len(shares)
    sizes = {part: sum(workspace.facts[file].lines for file in part.files) for part in parts}
    for part in sorted(parts, key=lambda part: (-sizes[part], part.files)):
        lightest = loads.index(min(loads))
        loads[lightest] += sizes[part]
        shares[lightest].append(part)
    return [[part for part in parts if part in set(share)] for share in shares]


class _Shared:
    def __init__(self, here: PartsHere, workers: list[_Worker], home: dict[Part, _Worker]) -> None:
        self._here = here
        self._workers = workers
        self._home = home

    def first(self, parts: Iterable[Part]) -> Iterator[frozenset[str]]:
        wanted = list(parts)
        for worker in self._workers:
            worker.ask(("first", None))
        called = dict(pair for worker in self._workers for pair in zip(worker.parts, worker.answer(), strict=True))
        yield from (called[part] for part in wanted)

    def second(self, parts: Iterable[tuple[Part, frozenset[str]]]) -> Iterator[tuple[Part, tuple[Any, ...]]]:
        wanted = dict(parts)
        asked = []
        for worker in self._workers:
            share = [(at, wanted[part]) for at, part in enumerate(worker.parts) if part in wanted]
            if share:
                worker.ask(("second", share))
                asked.append((worker, share))
        yield from self._here.second([(part, wanted[part]) for part in wanted if part not in self._home])
        for worker, share in asked:
            for (at, _), plain in zip(share, worker.answer(), strict=True):
                yield worker.parts[at], plain


class _Worker:
    """A process with its parts."""

    def __init__(self, here: PartsHere, parts: list[Part]) -> None:
        self.parts = parts
        context: Any = get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, here, parts), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, question: tuple[str, Any]) -> None:
        self._pipe.send_bytes(marshal.dumps(question))

    def answer(self) -> Any:
        return marshal.loads(self._pipe.recv_bytes())

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, here: PartsHere, parts: list[Part]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            what, share = marshal.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        if what == "first":
            pipe.send_bytes(marshal.dumps(list(here.first(parts))))
        else:
            given = [(parts[at], outside) for at, outside in share]
            pipe.send_bytes(marshal.dumps([plain for _, plain in here.second(given)]))
