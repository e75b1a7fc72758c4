"""Entry points of MLflow projects: the parameters that they declare, and those that their commands take."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.records import Claim
from mldebt.read.yaml_nodes import entries, first_document, get, text
from mldebt.sites import Site

_PLACE = re.compile(r"(?<![${])\{([\w.-]+)\}(?!\})")


def parameters(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    for file in listed:
        if file.rpartition("/")[2] == "MLproject":
            for name, entry in entries(get(_document(workspace.text(file) or ""), "entry_points")):
                yield from _of_entry(file, name, entry)


def _document(content: str) -> Any:
    from yaml import YAMLError

    try:
        return first_document(content)
    except YAMLError:
        return None


def _of_entry(file: str, name: str, entry: Any) -> Iterator[Claim]:
    command = get(entry, "command")
    if command is None or "{{" in text(command):
        return
    pairs = get(entry, "parameters")
    declared = (
        {key.value: key.start_mark.line + 1 for key, _ in pairs.value} if getattr(pairs, "id", "") == "mapping" else {}
    )
    taken = set(_PLACE.findall(text(command)))
    site = Site(file, command.start_mark.line + 1, command.start_mark.line + 1)
    unused = tuple((key, Site(file, line, line)) for key, line in declared.items() if key not in taken)
    missing = tuple((key, site) for key in sorted(taken - declared.keys()))
    if unused:
        yield Claim("mlflow", "parameter", "unused", name, unused[0][1], unused)
    if missing:
        yield Claim("mlflow", "parameter", "undeclared", name, site, missing)
