"""Shell scripts."""

from __future__ import annotations

from posixpath import basename, dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of


def read(file: str, content: str) -> tuple[Command, ...]:
    """The commands of a script, which is taken to be started in its own folder."""
    return commands_of(content, 1, Context(job=basename(file), directory=dirname(file), home=dirname(file)))
