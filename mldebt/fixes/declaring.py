"""Tables at the end of the configuration, and files that are not there yet."""

from __future__ import annotations

import json

from mldebt.fixes.made import Made, Tools
from mldebt.rules.fix import Declaration, Edit, NewFile
from mldebt.rules.result import split_lines


def declare(change: Declaration, tools: Tools) -> Made | None:
    if tools.config is None or tools.config.startswith("/"):
        return None
    file = tools.config_file
    prefix = "tool.mldebt." if file.rpartition("/")[2] == "pyproject.toml" else ""
    lines = [
        f"[[{prefix}{change.table}]]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in change.values),
    ]
    return Made((_at_end(file, "\n".join(lines) + "\n", tools),))


def write_file(change: NewFile, tools: Tools) -> Made | None:
    if tools.locate(change.file).exists():
        return None
    return Made((Edit(change.file, 1, 1, 1, 1, change.text),))


def _at_end(file: str, text: str, tools: Tools) -> Edit:
    """Behind an empty line, whatever the file ends with."""
    there = tools.source.text(file).removeprefix("\ufeff")
    lines = split_lines(there)
    if not there.strip():
        return Edit(file, 1, 1, 1, 1, text)
    ended = there.endswith(("\n", "\r"))
    line, column = (len(lines) + 1, 1) if ended else (len(lines), len(lines[-1]) + 1)
    return Edit(file, line, column, line, column, f"\n{text}" if ended else f"\n\n{text}")
