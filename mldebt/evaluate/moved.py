"""Traces of earlier runs, brought to the lines where the code stands now.

A part holds lines of its own files and of those whose functions it calls. Where these say the same and stand elsewhere,
nothing has to be evaluated again: each line goes where its unit went.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldebt.evaluate.trace_codec import calls_of, places_of, told_of_lines, with_places
from mldebt.evaluate.workspace import Workspace
from mldebt.read.facts import Layout

Ranges = tuple[tuple[int, ...], tuple[int, ...]]
"""The first and the last lines of the units of a file."""


def layouts_of(trace: Any, workspace: Workspace) -> dict[str, Ranges]:
    """Where the units stand of all files that an encoded trace names."""
    files = {file for file, *_ in places_of(trace)} | told_of_lines(trace)
    files.update(_file(scope) for (scope, line), _ in calls_of(trace) if line)
    laid_out = {file: workspace.facts[file].layout for file in files if file in workspace.facts}
    return {file: (layout.starts, layout.ends) for file, layout in laid_out.items() if layout.starts}


def gone(layouts: Mapping[str, Ranges], workspace: Workspace) -> set[str]:
    """The files whose units stand elsewhere today."""
    return {file for file, ranges in layouts.items() if ranges != _ranges(workspace, file)}


def moved(trace: Any, layouts: Mapping[str, Ranges], workspace: Workspace) -> Any | None:
    """An encoded trace with today's lines; None where one of them is lost."""
    changed = gone(layouts, workspace)
    if changed & told_of_lines(trace):
        return None

    def now(file: str, line: int) -> int:
        return _line(line, layouts[file], _ranges(workspace, file)) if line and file in changed else line

    try:
        return with_places(
            trace,
            [(file, now(file, line), now(file, end_line), cell) for file, line, end_line, cell in places_of(trace)],
            [((scope, now(_file(scope), line)), called) for (scope, line), called in calls_of(trace)],
        )
    except LookupError:
        return None


def _file(scope: str) -> str:
    """The file of a scope, in whatever round of a loop."""
    return scope.partition("::")[0].partition("[")[0]


def _ranges(workspace: Workspace, file: str) -> Ranges:
    layout = workspace.facts[file].layout
    return layout.starts, layout.ends


def _line(line: int, former: Ranges, now: Ranges) -> int:
    number = Layout(b"", *former).unit(line)
    if number < 0:
        raise LookupError(line)
    return line - former[0][number] + now[0][number]
