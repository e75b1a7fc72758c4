"""What becomes of an exception: one sentence and an exit code, never a traceback unless it is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import TracebackType

from mldebt.cli.console import Console, write
from mldebt.errors import UsageError

DEBUG = "MLDEBT_DEBUG"
TROUBLE = 2
INTERRUPTED = 130
HOMELESS = "the current folder is not there any more; change to one that is"


def guarded(work: Callable[[Console], int]) -> int:
    """Do the work and say how it ended."""
    console = Console()
    try:
        return work(console)
    except UsageError as error:
        console.problem(f"error: {error}")
        show_traceback(error)
        return TROUBLE
    except KeyboardInterrupt:
        console.problem(f"interrupted while {console.stage}")
        return INTERRUPTED
    except SystemExit as end:  # argparse has printed the help
        return int(end.code or 0)
    except Exception as error:
        console.problem(_internal(error, console.stage) if _is_here() else f"error: {HOMELESS}")
        show_traceback(error)
        return TROUBLE
    finally:
        console.clear_progress()
        write("")


def _is_here() -> bool:
    from pathlib import Path

    try:
        return Path.cwd().is_dir()
    except OSError:
        return False


def show_traceback(error: BaseException) -> None:
    """Where the user wants it."""
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error, file=sys.stderr)


def _internal(error: Exception, stage: str) -> str:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    notes = "".join(f", {note}" for note in getattr(error, "__notes__", ()))
    place = _innermost(error.__traceback__)
    return f"internal error while {stage}{notes}: {what}{place}; set {DEBUG}=1 to see the traceback"


def _innermost(traceback: TracebackType | None) -> str:
    """The last place in our own code that the error came through."""
    from pathlib import Path

    home = Path(__file__).parents[1]
    place = ""
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.is_relative_to(home):
            place = f" ({path.relative_to(home.parent).as_posix()}:{traceback.tb_lineno})"
        traceback = traceback.tb_next
    return place
