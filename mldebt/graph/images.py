"""Stored models that are part of an image: whoever runs the image runs this model, whatever is stored later."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.read.facts import COPY, MOUNT, Command

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

STORED = ("artifact:", "stored:")


def mark_images(workspace: Workspace, trace: Trace) -> None:
    """`image` is the Dockerfile whose image holds a stored model, unless a container sees the file of now instead."""
    copies = list(_commands(workspace, COPY))
    mounted = [source for _, command in _commands(workspace, MOUNT) for source in command.reads]
    for node in trace.nodes.values() if copies else ():
        name = node.id.partition(":")[2] if node.id.startswith(STORED) else ""
        if name and not _is_below(name, mounted):
            dockerfile = next((file for file, copy in copies if _is_in_image(workspace, name, copy)), "")
            if dockerfile:
                node.attributes["image"] = dockerfile


def _commands(workspace: Workspace, program: str) -> Iterator[tuple[str, Command]]:
    for facts in workspace.facts.values():
        yield from ((facts.file, command) for command in facts.commands if command.program == program)


def _is_in_image(workspace: Workspace, name: str, copy: Command) -> bool:
    """Whether what is copied holds the file; `.dockerignore` leaves out what it names."""
    if not _is_below(name, copy.reads):
        return False
    ignored = workspace.text(f"{copy.directory}/.dockerignore".lstrip("/")) or ""
    return not _spec(ignored).match_file(name.removeprefix(f"{copy.directory}/" if copy.directory else ""))


@lru_cache(100)
def _spec(ignored: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(ignored.splitlines())


def _is_below(name: str, folders: Collection[str]) -> bool:
    return any(not folder or name == folder or name.startswith(f"{folder}/") for folder in folders)
