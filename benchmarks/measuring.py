"""How long a command takes and how much memory it needs, again and again, in turns with the others."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

METER = """
import os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), time.perf_counter() - started, usage.ru_maxrss)
"""
"""A small process between: a child's peak is at least what its parent held when it was started."""


@dataclass
class Command:
    """A command line to measure. `before` is done before every run and not counted; 0 and 1 are good ends."""

    name: str
    words: Sequence[str]
    before: Callable[[], object] | None = None
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        return max(self.megabytes)

    def run(self) -> None:
        if self.before is not None:
            self.before()
        code, seconds, megabytes = measured(self.words)
        if code not in (0, 1):
            raise SystemExit(f"{self.name} ended with {code}: {' '.join(map(str, self.words))}")
        self.seconds.append(seconds)
        self.megabytes.append(megabytes)


def measured(words: Sequence[str]) -> tuple[int, float, float]:
    """(exit code, seconds by the wall clock, peak MB of its largest process)."""
    ended = subprocess.run(
        [sys.executable, "-c", METER, *words], capture_output=True, text=True, check=True, env=environment()
    )
    code, seconds, peak = ended.stdout.split()
    return int(code), float(seconds), float(peak) / 1024


def environment() -> dict[str, str]:
    """As a user has it: an installed tool has its byte code, so modules must not be compiled in each run."""
    here = Path(__file__).parents[1]
    path = os.pathsep.join([str(here), str(here / "rules")])
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**usual, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "NO_COLOR": "1"}


def in_turns(commands: Sequence[Command], rounds: int, seconds: float) -> None:
    """Each command once in every round, so that what else the machine does meets all of them alike.

    A command whose runs have already taken so many seconds is left out of further rounds.
    """
    for number in range(rounds):
        for command in commands:
            if not command.seconds or sum(command.seconds) + command.median <= seconds:
                command.run()
                say(f"  {command.name}: {command.seconds[-1]:.2f} s (round {number + 1})")


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
