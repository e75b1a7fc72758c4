"""Shell lines of notebooks → commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.read.facts import Command, Stmt

SHELL_CELLS = ("%%bash", "%%sh", "%%!", "%%system", "%%sx")
NESTED = {"if": (4, 5), "for": (5, 6), "while": (4, 5), "with": (4,), "try": (3, 5, 6), "def": (6,), "class": (7,)}


def shell_commands(body: Iterable[Stmt]) -> tuple[Command, ...]:
    """The commands that the shell lines and shell cells of a notebook run, in order."""
    lines = list(_shell_lines(body))
    if not lines:
        return ()
    from mldebt.read.manifests import parse_command_line

    return tuple(command for text, line in lines for command in parse_command_line(text, line))


def _shell_lines(body: Iterable[Stmt]) -> Iterator[tuple[str, int]]:
    for statement in body:
        if statement[0] == "magic":
            _, line, _, kind, text = statement
            if kind == "!":
                yield text, line
            elif kind in SHELL_CELLS:
                yield text, line + 1
        for at in NESTED.get(statement[0], ()):
            yield from _shell_lines(statement[at])
