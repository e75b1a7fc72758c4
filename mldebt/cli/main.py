"""The command `mldebt`: finds the subcommand, which loads what it needs when it needs it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from mldebt import __version__
from mldebt.cli.console import Console
from mldebt.cli.guard import TROUBLE, guarded
from mldebt.errors import UsageError, near_name_hint

COMMANDS = {
    "check": "Report the debt in a repository; exit 1 if there is any.",
    "audit": "Write a report about a whole repository, as HTML, SARIF and JSON.",
    "baseline": "Write down the debt that is there, so that only new debt counts.",
    "config": "Tell the keys of a configuration.",
    "init": "Write a configuration that fits the repository.",
    "graph": "Print the graph of data sets, features, models, predictions and consumers.",
    "completion": "Print a script for the completion of a shell.",
    "rule": "Explain a rule, or list all of them.",
    "new-rule": "Write a rule of your own to begin with, in a package of its own.",
}
OPTIONS = {"-V, --version": "Print the version.", "-h, --help": "Print this, or the help of a command."}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of the process."""
    chosen = list(sys.argv[1:] if arguments is None else arguments)
    own = arguments is None
    return guarded(lambda console: _dispatch(chosen, console, own))


def _dispatch(arguments: list[str], console: Console, own: bool) -> int:
    """`own`: nobody in this process can have changed what mldebt does, so records of earlier runs hold."""
    if not arguments:
        console.note(_help().rstrip())
        return TROUBLE
    first, rest = arguments[0], arguments[1:]
    if first == "check" and own:
        from mldebt.cli.replay import replay

        code = replay(rest, console)
        if code is not None:
            return code
    if first in COMMANDS:
        return _run(first, rest, console, own)
    if first in ("-V", "--version"):
        console.result(f"mldebt {__version__}\n")
        return 0
    if first in ("-h", "--help"):
        console.result(_help())
        return 0
    if first == "help":
        return _dispatch([*rest[:1], "--help"], console, own)
    raise _unknown(first)


def _run(command: str, arguments: list[str], console: Console, own: bool) -> int:
    from mldebt.cli.arguments import Parser
    from mldebt.project.patience import keep_all, patient_collector

    module = import_module(f"mldebt.cli.{command.replace('-', '_')}")
    parser = Parser(prog=f"mldebt {command}", description=COMMANDS[command])
    module.add_arguments(parser)
    options = parser.parse(arguments)
    console.color = getattr(options, "color", console.color)
    with patient_collector():
        code: int = module.run(options, console)
        if own:
            keep_all()
    return code


def _unknown(word: str) -> UsageError:
    if word.startswith("-"):
        known = ["--version", "--help"]
        return UsageError(f'unknown option "{word}"{near_name_hint(word, known) or " (see mldebt --help)"}')
    return UsageError(f'unknown command "{word}"{near_name_hint(word, COMMANDS) or " (see mldebt --help)"}')


def _help() -> str:
    lines = ["Find the debt in machine-learning repositories without running their code.", ""]
    lines += ["Usage: mldebt COMMAND [OPTIONS]", "", "Commands:", *_table(COMMANDS), "", "Options:", *_table(OPTIONS)]
    return "\n".join([*lines, "", "mldebt COMMAND --help tells the options of a command."]) + "\n"


def _table(rows: dict[str, str]) -> list[str]:
    return [f"  {name:<14} {text}" for name, text in rows.items()]
