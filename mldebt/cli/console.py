"""The two streams: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from time import monotonic

from mldebt.errors import UsageError

BETWEEN_PROGRESS = 0.1


class Console:
    """Where a command writes; it also knows what the command is doing, for progress and for error messages.

    `written` keeps what went where; `asked` is the question that a record of the run answers, "" where there is none.
    """

    def __init__(self, color: str = "auto") -> None:
        self.stage = "starting"
        self.color = color
        self.asked = ""
        self.written: list[tuple[bool, str]] = []
        self._progress_shown = False
        self._told_at = 0.0

    @property
    def colored(self) -> bool:
        """Whether results on standard output are coloured; NO_COLOR and FORCE_COLOR count where --color doesn't say."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def result(self, text: str) -> None:
        """Write results; a reader that has gone away (`| head`) is no reason to complain or to change the exit code."""
        self.clear_progress()
        self.written.append((False, text))
        write(text)

    def note(self, text: str) -> None:
        """Write a line for the person at the terminal."""
        self.clear_progress()
        self.written.append((True, text + "\n"))
        write(text + "\n", to_stderr=True)

    def problem(self, text: str) -> None:
        self.note(f"mldebt: {text}")

    def progress(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done, on a terminal only and no more often than one can read."""
        changed, self.stage = stage != self.stage, stage
        now = monotonic()
        if sys.stderr is not None and sys.stderr.isatty() and (changed or now - self._told_at > BETWEEN_PROGRESS):
            self._told_at, self._progress_shown = now, True
            count = f" {done:,} of {total:,}" if total else ""
            write(f"\r\x1b[K{stage}{count}", to_stderr=True)

    def clear_progress(self) -> None:
        """Leave the line empty for what comes next."""
        if self._progress_shown:
            self._progress_shown = False
            write("\r\x1b[K", to_stderr=True)


def write(text: str, *, to_stderr: bool = False) -> None:
    """As UTF-8 wherever it goes: results are read by programs, and a terminal that can't show a sign shows another.

    File names that are no valid text come out as escapes, which in JSON is what they are.
    """
    stream = sys.stderr if to_stderr else sys.stdout
    if stream is None:  # closed by the caller
        if text and not to_stderr:
            raise UsageError("standard output is closed; --output-file writes the results to a file")
        return
    try:
        buffer = getattr(stream, "buffer", None)
        stream.flush()
        if buffer is None:
            stream.write(text)
        else:
            buffer.write(text.encode("utf-8", errors="backslashreplace"))
        stream.flush()
    except BrokenPipeError:
        _give_up(stream.fileno())
    except OSError as error:
        _give_up(stream.fileno())
        raise UsageError(f"can't write the results: {error.strerror}") from None


def _give_up(stream: int) -> None:
    """Nothing more gets out; Python writes what it still holds on its way out and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
