"""Reading in several processes. A process that dies, or that takes too long over a file, costs only that file."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from msgspec import Struct, field

from mldebt.project.files import SourceFile
from mldebt.read.encode import decode, encode
from mldebt.read.facts import FileFacts
from mldebt.read.from_disk import Result, read_from_disk
from mldebt.read.identity import Identity

SLOWEST = 20.0
WALL_FACTOR = 10
BATCHES_EACH = 8
MOST_IN_BATCH = 64

Batch = list[SourceFile]


def read_in_processes(
    files: Sequence[SourceFile], jobs: int, identity: Identity, slowest: float = SLOWEST
) -> Iterator[Result]:
    """The facts of the files, in no order."""
    waiting = batches(files, jobs)
    workers = [Worker(identity, slowest) for _ in range(min(jobs, len(waiting)))]
    try:
        while waiting or any(worker.left for worker in workers):
            for worker in workers:
                if not worker.left and waiting:
                    worker.give(waiting.pop())
            yield from _collected(workers, slowest)
    finally:
        for worker in workers:
            worker.stop()


def batches(files: Sequence[SourceFile], jobs: int) -> list[Batch]:
    """The files in batches of about the same size, to be taken from the end; the largest files come first."""
    number = min(len(files), max(jobs * BATCHES_EACH, len(files) // MOST_IN_BATCH))
    made: list[Batch] = [[] for _ in range(number)]
    for position, each in enumerate(sorted(files, key=lambda each: (-each.size, each.file))):
        turn, place = divmod(position, number)
        made[place if turn % 2 == 0 else number - 1 - place].append(each)
    return made[::-1]


def _collected(workers: Sequence[Worker], slowest: float) -> Iterator[Result]:
    """What has arrived by the time that anything has, and what is given up on."""
    busy = [worker for worker in workers if worker.left]
    patience = min(worker.since for worker in busy) + slowest * WALL_FACTOR - time.monotonic()
    ready = wait([worker.pipe for worker in busy], timeout=max(0.0, patience))
    for worker in busy:
        if worker.pipe in ready:
            yield worker.receive()
        elif time.monotonic() - worker.since > slowest * WALL_FACTOR:
            yield worker.given_up(worker.too_slow)


class Worker(Struct):
    """A process that reads; `left` are the files that it still owes, in the order in which it reads them.

    `slowest`: how many seconds of its processor's time a file may take.
    """

    identity: Identity
    slowest: float
    left: Batch = field(default_factory=list)
    since: float = 0.0
    process: Any = None
    pipe: Any = None

    def give(self, batch: Batch) -> None:
        """Let it read a batch."""
        if self.process is None:
            self._start()
        self.left = list(batch)
        self.since = time.monotonic()
        try:
            self.pipe.send([(each.file, each.path) for each in batch])
        except OSError:
            self._start()
            self.pipe.send([(each.file, each.path) for each in batch])

    def receive(self) -> Result:
        """The next file's facts."""
        try:
            key, data = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            ended = self.process.exitcode == -getattr(signal, "SIGVTALRM", 0)
            return self.given_up(self.too_slow if ended else "reading it ended the process")
        file = self.left.pop(0).file
        self.since = time.monotonic()
        return file, key, decode(file, data)

    @property
    def too_slow(self) -> str:
        return f"reading it took more than {self.slowest:g} s"

    def given_up(self, problem: str) -> Result:
        """Facts of the file at hand that tell only of the problem; another process goes on with the rest."""
        self.stop()
        file = self.left.pop(0).file
        if self.left:
            self.give(self.left)
        return file, b"", FileFacts(file, "skipped", problem=problem)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.pipe.close()
            self.process = None

    def _start(self) -> None:
        self.stop()
        context: Any = get_context(_start_method())
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, self.identity, self.slowest), daemon=True)
        self.process.start()
        theirs.close()


def _start_method() -> str:
    """Forking is quick, and safe only where no other thread runs."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def serve(pipe: Connection, identity: Identity, slowest: float) -> None:
    """What a worker does: read batches and send back each file's facts as soon as they are made.

    The alarm counts the processor's time and ends the process: inside the parser nothing else would be heard.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    while True:
        try:
            batch = pipe.recv()
        except (EOFError, OSError):
            return
        for file, path in batch:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_VIRTUAL, slowest)
            _, key, facts = read_from_disk(file, path, identity)
            pipe.send((key, encode(facts)))
