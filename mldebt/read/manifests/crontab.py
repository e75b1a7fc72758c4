"""Crontab files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of

ENTRY = re.compile(r"\s*((?:[\d*/,A-Za-z?LW#-]+\s+){5}|@\w+\s+)(.+)")
SETTING = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*)")
USERS = frozenset((
    "root", "ubuntu", "ec2-user", "airflow", "app", "www-data", "nobody", "user", "deploy", "jovyan", "appuser",
    "ml",
))  # fmt: skip


def read(file: str, content: str) -> Iterator[Command]:
    variables: dict[str, str] = {}
    for line, text in enumerate(content.splitlines(), 1):
        if text.lstrip().startswith("#"):
            continue
        if setting := SETTING.fullmatch(text):
            variables[setting[1]] = setting[2].strip("\"' ")
        elif entry := ENTRY.fullmatch(text):
            schedule = " ".join(entry[1].split())
            context = Context(trigger="schedule", schedule=schedule, directory=dirname(file), variables=variables)
            yield from commands_of(_without_user(entry[2], file), line, context)


def _without_user(command: str, file: str) -> str:
    """System crontabs name the user before the command."""
    first, _, rest = command.partition(" ")
    return rest if rest and (first in USERS or "cron.d/" in file) else command
