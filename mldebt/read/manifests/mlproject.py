"""MLproject: the entry points of an MLflow project."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of
from mldebt.read.yaml_nodes import entries, first_document, get, text, text_line


def read(file: str, content: str) -> Iterator[Command]:
    for name, entry in entries(get(first_document(content), "entry_points")):
        command = get(entry, "command")
        if command is not None:
            context = Context(job=name, trigger="stage", directory=dirname(file))
            yield from commands_of(_filled(text(command), entry), text_line(command), context)


def _filled(command: str, entry: Any) -> str:
    """The command with the defaults of its parameters."""
    for name, parameter in entries(get(entry, "parameters")):
        default = text(get(parameter, "default"))
        command = command.replace(f"{{{name}}}", default) if default else command
    return command
