"""Pipeline, build, deploy and schedule files → the commands that they run."""

from __future__ import annotations

from mldebt.read.facts import Command
from mldebt.read.manifests.command import parse_command_line
from mldebt.read.manifests.kinds import kind_of

__all__ = ["is_manifest", "parse_command_line", "read_manifest"]


def is_manifest(file: str) -> bool:
    """Whether a file, by its name and folder, can be a manifest."""
    return kind_of(file) is not None


def read_manifest(file: str, text: str) -> tuple[tuple[Command, ...], str]:
    """(commands in order, problem): the problem is one sentence where the file can't be read, else "".

    `file` is relative to the root. `directory` of a command is its working directory as far as the file tells: the
    folder of the manifest, or the root for CI; `reads` and `writes` are relative to the root.
    """
    kind = kind_of(file)
    if kind is None:
        return (), ""
    try:
        commands = tuple(kind.read(file, text))
    except Exception as error:
        return (), _sentence(error)
    return tuple(sorted(dict.fromkeys(commands), key=lambda command: command.line)), ""


def _sentence(error: Exception) -> str:
    """Why a manifest can't be read: the parser's own words where it has some."""
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).partition("\n")[0] or type(error).__name__
    return f"line {mark.line + 1}: {reason}" if mark is not None else reason
