"""Units of systemd: services and the timers that start them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of

SETTING = re.compile(r"\s*([A-Za-z]+)\s*=\s*(.*?)\s*$")
STARTS = ("ExecStart", "ExecStartPre")
TIMES = ("OnCalendar", "OnUnitActiveSec", "OnBootSec")


def read_service(file: str, content: str) -> Iterator[Command]:
    name = basename(file).rpartition(".")[0]
    for line, key, value in _settings(content):
        if key in STARTS:
            yield from commands_of(value.lstrip("-@+!:"), line, Context(name, "deploy", directory=dirname(file)))


def read_timer(file: str, content: str) -> Iterator[Command]:
    name = basename(file).rpartition(".")[0]
    found = list(_settings(content))
    unit = next((value for _, key, value in found if key == "Unit"), f"{name}.service")
    times = [(line, value) for line, key, value in found if key in TIMES]
    if times:
        when = " | ".join(value for _, value in times)
        yield Command(times[0][0], "systemctl", unit, (), name, "schedule", when, directory=dirname(file))


def _settings(content: str) -> Iterator[tuple[int, str, str]]:
    """(line, key, value); a value goes on behind a backslash."""
    begun, kept = 0, ""
    for number, line in enumerate(content.splitlines(), 1):
        begun = begun or number
        if line.endswith("\\"):
            kept += line[:-1] + " "
            continue
        if match := SETTING.match(kept + line):
            yield begun, match[1], match[2]
        begun, kept = 0, ""
