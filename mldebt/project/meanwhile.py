"""Work that another process does meanwhile: two processors are common, and Python alone uses one.

Whatever goes wrong over there (no memory, a result that can't be sent), the work is done here instead, so that errors
come from where they can be told.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, TypeVar

Result = TypeVar("Result")


WORTH, TOO_LARGE = 5_000, 300_000
"""Lines of code from which on another process pays, and from which on it would need too much memory."""


def pays(lines: int, jobs: int) -> bool:
    """Whether to do something in another process where a repository is so large."""
    return jobs > 1 and WORTH < lines < TOO_LARGE and can_fork()


def can_fork() -> bool:
    """Only a fork has what was read so far, and only where one thread runs it is safe."""
    return sys.platform == "linux" and threading.active_count() == 1


@contextmanager
def meanwhile(work: Callable[[], Iterable[Result]], *, apart: bool) -> Iterator[Iterator[Result]]:
    """What `work` gives, made in another process from now on if it is to be `apart`; else here, when it is asked for.

    `work` must change nothing here that anybody needs: it may be done over there, here, or partly in both.
    """
    begun = _begun(work) if apart and can_fork() else None
    if begun is None:
        yield iter(work())
        return
    child, stream = begun
    with stream:
        try:
            yield _received(stream, work)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _begun(work: Callable[[], Iterable[object]]) -> tuple[int, BinaryIO] | None:
    """The number of the new process, and what it sends; None where there is no room for another one."""
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if child == 0:
        os.close(reading)
        _work_and_end(work, writing)
    os.close(writing)
    return child, os.fdopen(reading, "rb")


def _received(stream: BinaryIO, work: Callable[[], Iterable[Result]]) -> Iterator[Result]:
    """What comes through the pipe; if it ends too early, the rest is made here."""
    count = 0
    while True:
        try:
            result = pickle.load(stream)
        except (EOFError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError, ValueError):
            yield from islice(work(), count, None)
            return
        if not result:
            return
        count += 1
        yield result[0]


def _work_and_end(work: Callable[[], Iterable[object]], writing: int) -> None:
    """The whole life of the other process; nothing of this one's (files, exit handlers) is touched."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with os.fdopen(writing, "wb") as stream:
            for result in work():
                pickle.dump((result,), stream, pickle.HIGHEST_PROTOCOL)
                stream.flush()
            pickle.dump((), stream)
    finally:
        os._exit(0)
