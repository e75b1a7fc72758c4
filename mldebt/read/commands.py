"""Shell lines of notebooks → commands."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.read.facts import Command
from mldebt.read.python.bodies import Body, all_statements

SHELL_CELLS = ("%%bash", "%%sh", "%%!", "%%system", "%%sx")


def shell_commands(body: Body) -> tuple[Command, ...]:
    """The commands that the shell lines and shell cells of a notebook run, in order."""
    lines = sorted(_shell_lines(body))
    if not lines:
        return ()
    from mldebt.read.manifests import parse_command_line

    return tuple(command for line, text in lines for command in parse_command_line(text, line))


def _shell_lines(body: Body) -> Iterator[tuple[int, str]]:
    for statement in all_statements(body):
        if statement[0] == "magic":
            _, line, _, kind, text = statement
            if kind == "!":
                yield line, text
            elif kind in SHELL_CELLS:
                yield line + 1, text
