"""The two streams: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


class Console:
    """Where a command writes; it also knows what the command is doing, for progress and for error messages."""

    def __init__(self, color: str = "auto") -> None:
        self.stage = "starting"
        self.color = color
        self._progress_shown = False

    @property
    def colored(self) -> bool:
        """Whether results on standard output are coloured; NO_COLOR and FORCE_COLOR count where --color doesn't say."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def result(self, text: str) -> None:
        """Write results; a reader that has gone away (`| head`) is no reason to complain or to change the exit code."""
        self.clear_progress()
        with closed_pipe_tolerated():
            write(text)

    def note(self, text: str) -> None:
        """Write a line for the person at the terminal."""
        self.clear_progress()
        write(text + "\n", to_stderr=True)

    def problem(self, text: str) -> None:
        self.note(f"mldebt: {text}")

    def progress(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done, on a terminal only."""
        self.stage = stage
        if sys.stderr.isatty():
            self._progress_shown = True
            count = f" {done:,} of {total:,}" if total else ""
            sys.stderr.write(f"\r\x1b[K{stage}{count}")
            sys.stderr.flush()

    def clear_progress(self) -> None:
        """Leave the line empty for what comes next."""
        if self._progress_shown:
            self._progress_shown = False
            sys.stderr.write("\r\x1b[K")


def write(text: str, *, to_stderr: bool = False) -> None:
    """As UTF-8 wherever it goes: results are read by programs, and a terminal that can't show a sign shows another.

    File names that are no valid text come out as escapes, which in JSON is what they are.
    """
    stream = sys.stderr if to_stderr else sys.stdout
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
    else:
        stream.flush()
        buffer.write(text.encode("utf-8", errors="backslashreplace"))
    stream.flush()


@contextlib.contextmanager
def closed_pipe_tolerated() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # Python flushes standard output once more on its way out and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
