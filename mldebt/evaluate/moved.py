"""Traces of earlier runs, brought to the lines where the code stands now.

A part that calls a function of another file holds lines of that file. Where the function says the same and stands
elsewhere, nothing has to be evaluated again: each line goes where its unit went.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mldebt.evaluate.trace_codec import places_of, speaks_of_lines, with_places
from mldebt.evaluate.workspace import Workspace
from mldebt.read.facts import Layout

Ranges = tuple[tuple[int, ...], tuple[int, ...]]
"""The first and the last lines of the units of a file."""


def layouts_of(trace: Any, own: Collection[str], workspace: Workspace) -> dict[str, Ranges]:
    """Where the units stand of all files but its own that an encoded trace names."""
    files = {file for file, *_ in places_of(trace)}.difference(own)
    laid_out = {file: workspace.facts[file].layout for file in files if file in workspace.facts}
    return {file: (layout.starts, layout.ends) for file, layout in laid_out.items() if layout.starts}


def gone(layouts: Mapping[str, Ranges], workspace: Workspace) -> set[str]:
    """The files whose units stand elsewhere today."""
    return {file for file, ranges in layouts.items() if ranges != _ranges(workspace, file)}


def moved(trace: Any, layouts: Mapping[str, Ranges], workspace: Workspace) -> Any | None:
    """An encoded trace with today's lines; None where one of them is lost."""
    changed = gone(layouts, workspace)
    if speaks_of_lines(trace, changed):
        return None
    places: list[tuple[Any, ...]] = []
    for file, line, end_line, cell in places_of(trace):
        if file in changed:
            former, now = layouts[file], _ranges(workspace, file)
            first, last = _line(line, former, now), _line(end_line, former, now)
            if first is None or last is None:
                return None
            places.append((file, first, last, cell))
        else:
            places.append((file, line, end_line, cell))
    return with_places(trace, places)


def _ranges(workspace: Workspace, file: str) -> Ranges:
    layout = workspace.facts[file].layout
    return layout.starts, layout.ends


def _line(line: int, former: Ranges, now: Ranges) -> int | None:
    number = Layout(b"", *former).unit(line)
    if number < 0 or number >= len(now[0]):
        return None
    return line - former[0][number] + now[0][number]
