"""prefect.yaml: the deployments of flows."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from mldebt.read.facts import Command
from mldebt.read.yaml_nodes import first_document, get, items, text

SCHEDULES = ("cron", "interval", "rrule")


def read(file: str, content: str) -> Iterator[Command]:
    for deployment in items(get(first_document(content), "deployments")):
        entry = get(deployment, "entrypoint")
        if entry is None:
            continue
        when = " | ".join(filter(None, (_when(one) for one in _schedules(deployment))))
        line = int(entry.start_mark.line) + 1
        trigger = "schedule" if when else "deploy"
        name = text(get(deployment, "name"))
        yield Command(line, "prefect", text(entry), (), name, trigger, when, directory=dirname(file))


def _schedules(deployment: Any) -> list[Any]:
    one, several = get(deployment, "schedule"), get(deployment, "schedules")
    return [one, *items(several)] if one is not None else items(several)


def _when(schedule: Any) -> str:
    return next((value for key in SCHEDULES if (value := text(get(schedule, key)))), "")
