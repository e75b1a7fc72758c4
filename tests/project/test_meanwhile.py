"""Work that another process does: the same results, wherever it is done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mldebt.project.meanwhile import can_fork, meanwhile

needs_fork = pytest.mark.skipif(not can_fork(), reason="only Linux, and only one thread")


def numbers() -> Iterator[int]:
    yield from range(5)


@pytest.mark.parametrize("apart", [True, False])
def test_results_come_in_order(apart: bool) -> None:
    with meanwhile(numbers, apart=apart) as found:
        assert list(found) == [0, 1, 2, 3, 4]


@needs_fork
def test_it_is_another_process_that_does_it() -> None:
    with meanwhile(lambda: [os.getpid()], apart=True) as found:
        assert next(found) != os.getpid()


def test_here_nothing_is_done_before_it_is_asked_for() -> None:
    done: list[int] = []

    def work() -> Iterator[int]:
        done.append(1)
        yield 1

    with meanwhile(work, apart=False):
        pass
    assert done == []


def dies(here: int) -> Iterator[int]:
    yield 0
    yield 1
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    yield 2


def can_not_be_sent(here: int) -> Iterator[object]:
    yield 0
    yield 1
    yield 2 if os.getpid() == here else (lambda: None)


@needs_fork
@pytest.mark.parametrize("work", [dies, can_not_be_sent])
def test_what_the_other_process_leaves_undone_is_done_here(work: Callable[[int], Iterator[object]]) -> None:
    here = os.getpid()
    with meanwhile(lambda: work(here), apart=True) as found:
        assert list(found) == [0, 1, 2]


def test_an_error_comes_from_here() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    with meanwhile(work, apart=True) as found:
        assert next(found) == 1
        with pytest.raises(ZeroDivisionError):
            next(found)


@needs_fork
def test_nobody_works_on_when_nobody_waits(tmp_path: Path) -> None:
    def work() -> Iterator[int]:
        yield os.getpid()
        time.sleep(60)
        (tmp_path / "late").touch()

    started = time.monotonic()
    with meanwhile(work, apart=True) as found:
        child = next(found)
    assert time.monotonic() - started < 50
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_without_room_for_another_process_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", no_room)
    with meanwhile(lambda: [os.getpid()], apart=True) as found:
        assert list(found) == [os.getpid()]
