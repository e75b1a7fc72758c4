"""An unchanged repository: the answer of the last run, before anything that could find it anew is loaded."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mldebt.cli.console import LINK_VARIABLES, Console, columns, write
from mldebt.project.record import keep, question, recall, states_then

TYPE_CHECKING = False  # as typing has it, without the time that importing it takes
if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.project.inputs import Inputs
    from mldebt.project.record import State
    from mldebt.rules.registry import RegisteredRule

CLOCK = "SOURCE_DATE_EPOCH"
"""The usual variable of builds that can be repeated: the seconds since 1970 that stand for now."""

SURROUNDINGS = (
    "PRE_COMMIT",
    "PRE_COMMIT_FROM_REF",
    "GITHUB_BASE_REF",
    "GITHUB_EVENT_PATH",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_COMMIT_BEFORE_SHA",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
)
"""What hooks and servers of CI say of the commit that is checked."""

VARIABLES = (
    "NO_COLOR",
    "FORCE_COLOR",
    "TERM",
    "MLDEBT_DEBUG",
    "HOME",
    "GIT_DIR",
    "GIT_WORK_TREE",
    CLOCK,
    "TZ",
    *LINK_VARIABLES,
    *SURROUNDINGS,
)
MANY = 200
"""Paths whose states take longer to find out than a process to begin."""
ANEW = (
    "--no-cache",
    "--fix",
    "--unsafe-fixes",
    "--diff",
    "--add-ignore",
    "-",
    "--statistics",
    "--watch",
    "--output-file",
)


def replay(arguments: Sequence[str], console: Console) -> int | None:
    """Say again what was said of this repository, and return its exit code; None where it has to be worked out."""
    if any(argument.partition("=")[0] in ANEW for argument in arguments):
        return None
    terminal = sys.stdout is not None and sys.stdout.isatty()
    console.asked = question(arguments, (terminal, columns(), *map(os.environ.get, VARIABLES)))
    found = recall(_starts(arguments), console.asked, now())
    if found is None:
        return None
    output, code = found
    for to_stderr, text in output:
        write(text, to_stderr=to_stderr)
    return code


def now() -> float:
    """In seconds since 1970."""
    given = os.environ.get(CLOCK, "")
    return int(given) if given.isdecimal() else time.time()


def _starts(arguments: Sequence[str]) -> list[str]:
    """Where the repository may be: what is named, be it to be checked or the value of an option, and here."""
    return [*(each for each in arguments if not each.startswith("-") and os.path.exists(each)), "."]


@contextmanager
def states_of(
    inputs: Inputs, rules: Sequence[RegisteredRule], console: Console, *, jobs: int
) -> Iterator[Callable[[], tuple[State, ...]]]:
    """How all is that a run depends on, found out in another process while this one does something else."""
    from mldebt.project.meanwhile import meanwhile

    if not (console.asked and jobs > 1 and len(inputs.paths) > MANY):
        yield lambda: ()
        return
    with meanwhile(lambda: [tuple(_states(inputs, rules, console) or ())], apart=True) as found:
        yield lambda: next(found, ())


def remember(console: Console, analysis: Analysis, code: int) -> None:
    """Keep what this run said as long as nothing changes that it depends on."""
    if not console.asked:
        return
    inputs = analysis.inputs
    states = inputs.states(seen=analysis.seen) if analysis.seen else _states(inputs, analysis.rules, console)
    if states is not None:
        keep(str(inputs.root), console.asked, states, console.written, code, analysis.until)


def _states(inputs: Inputs, rules: Sequence[RegisteredRule], console: Console) -> list[State] | None:
    """How all is that a run depends on; what looks as it did in the last one need not be read."""
    return inputs.states(*own_files(rules), then=states_then(str(inputs.root), console.asked))


def own_files(rules: Sequence[RegisteredRule]) -> list[str]:
    """The files of mldebt and of the packages that rules come from, and the folders in which others may appear."""
    from mldebt.project.inputs import files_of_packages, installation_folders

    roots = {"mldebt", *(rule.rule.__module__.partition(".")[0] for rule in rules)}
    packages = [getattr(sys.modules.get(root), "__file__", None) for root in sorted(roots)]
    return [*files_of_packages(packages), *installation_folders(sys.path)]
