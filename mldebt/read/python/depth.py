"""A bound to recursion that doesn't depend on who calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mldebt.read.python.limits import DEEPEST


@contextmanager
def bounded_depth(deepest: int = DEEPEST) -> Iterator[None]:
    """The same depth of recursion wherever this is called from, so that every process gives up on the same files."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    former = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + deepest)
    try:
        yield
    finally:
        sys.setrecursionlimit(former)
