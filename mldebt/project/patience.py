"""Facts, values and nodes are many and live on: to look for garbage among them again and again is in vain."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (5_000_000, 20, 50)


@contextmanager
def patient_collector() -> Iterator[None]:
    """Let the collector of garbage run seldom: as usual, it takes from a third to a half of a scan."""
    former = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*former)


def keep_all() -> None:
    """Look for no garbage among what is there now: the process is about to end, and everything with it."""
    gc.freeze()
