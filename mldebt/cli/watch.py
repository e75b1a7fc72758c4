"""`check --watch`: the check again, whenever something changes that it depends on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from mldebt.cli.console import Console
from mldebt.errors import UsageError
from mldebt.project.inputs import Inputs
from mldebt.project.record import State, holds, state

BETWEEN_LOOKS = 0.5
_CLEAR = "\x1b[2J\x1b[H"


def watch(check: Callable[[], Inputs], console: Console) -> int:
    """Until it is interrupted. A mistake in a file that is being written ends nothing."""
    states: list[State] = []
    while True:
        if sys.stdout is not None and sys.stdout.isatty():
            console.result(_CLEAR)
        try:
            states = _states(check())
        except UsageError as error:
            if not states:
                raise
            console.problem(f"error: {error}")
        console.written.clear()
        console.note("Watching for changes; Ctrl+C ends it.")
        _wait(states)


def _states(inputs: Inputs) -> list[State]:
    """How all of it is; where that is too much to be told, how the files are that were read."""
    known = inputs.states()
    if known is None:
        now = time.time_ns()
        known = [each for path in sorted(inputs.paths) if (each := state(path, now)) is not None]
    return known


def _wait(states: Sequence[State]) -> None:
    time.sleep(BETWEEN_LOOKS)
    while all(map(holds, states)):
        time.sleep(BETWEEN_LOOKS)
