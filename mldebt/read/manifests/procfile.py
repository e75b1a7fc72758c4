"""Procfiles: the processes of an application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of

PROCESS = re.compile(r"\s*([\w-]+)\s*:\s*(\S.*)")


def read(file: str, content: str) -> Iterator[Command]:
    for line, text in enumerate(content.splitlines(), 1):
        if match := PROCESS.fullmatch(text):
            yield from commands_of(match[2], line, Context(job=match[1], trigger="deploy", directory=dirname(file)))
