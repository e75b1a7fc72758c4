"""The two streams: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from time import monotonic

from mldebt.errors import UsageError

BETWEEN_PROGRESS = 0.1
USUAL = 80
MOST_READABLE = 100
TERMINALS_WITH_LINKS = ("xterm-kitty", "alacritty", "xterm-ghostty", "foot")
PROGRAMS_WITH_LINKS = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "terminology")
SIGNS_OF_LINKS = ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM")
VTE = 5000
LINK_VARIABLES = ("FORCE_HYPERLINK", "TERM_PROGRAM", "VTE_VERSION", *SIGNS_OF_LINKS)


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

    @property
    def linked(self) -> bool:
        """Whether places on standard output can be clicked: on a terminal known for it, or as FORCE_HYPERLINK says."""
        forced = os.environ.get("FORCE_HYPERLINK")
        if forced is not None:
            return forced not in ("", "0")
        terminal = sys.stdout is not None and sys.stdout.isatty() and self.color != "never"
        return terminal and not os.environ.get("NO_COLOR") and follows_links(os.environ)

    @property
    def width(self) -> int:
        """How wide text is set: as the terminal is, within what can be read; the same everywhere else."""
        return min(MOST_READABLE, columns() or USUAL)

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
        if _can_take_back() and (changed or now - self._told_at > BETWEEN_PROGRESS):
            self._told_at, self._progress_shown = now, True
            count = f" {done:,} of {total:,}" if total else ""
            write(f"\r\x1b[K{stage}{count}", to_stderr=True)

    def clear_progress(self) -> None:
        """Leave the line empty for what comes next."""
        if self._progress_shown:
            self._progress_shown = False
            write("\r\x1b[K", to_stderr=True)


def _can_take_back() -> bool:
    """Whether standard error is a terminal that can clear a line again."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """Of the terminal that standard output is; 0 where it is none."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout is not None else 0
    except (OSError, ValueError):
        return 0


def follows_links(environment: Mapping[str, str]) -> bool:
    """Whether a terminal, known by its variables, follows links (OSC 8); others may print them as rubbish."""
    if environment.get("TERM") in TERMINALS_WITH_LINKS or environment.get("TERM_PROGRAM") in PROGRAMS_WITH_LINKS:
        return True
    version = environment.get("VTE_VERSION", "")
    return any(environment.get(name) for name in SIGNS_OF_LINKS) or (version.isdecimal() and int(version) >= VTE)


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
