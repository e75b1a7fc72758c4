"""Files that are copies of others: they say nothing that these don't say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mldebt.evaluate.workspace import Workspace

_COPIED = re.compile(r"copy|backup|(?<![a-z])(old|bak|archived?)(?![a-z])|\(\d+\)", re.IGNORECASE)
"""What says in a name that a file is no original."""
TREE = 4
"""Files from which on a folder that repeats those beside it is a copy of the program, and no part of it."""
SHORTEST = 8
"""Lines from which on a file that is like another one is a copy of it, and not just as short."""


def copied_files(workspace: Workspace, files: Iterable[str]) -> dict[str, str]:
    """Files that hold the same statements at the same places as another one, and the first of these by name."""
    first: dict[tuple[bytes, tuple[tuple[int, int], ...]], str] = {}
    found: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (bool(_COPIED.search(file)), file)):
        facts = workspace.facts[file]
        if (
            facts.packed
            and facts.lines >= SHORTEST
            and (same := first.setdefault((facts.packed, facts.cells), file)) != file
        ):
            found[file] = same
    trees = _snapshots(workspace, files)
    return {file: same for file, same in found.items() if trees.get(same) != file} | trees


def _snapshots(workspace: Workspace, files: Iterable[str]) -> dict[str, str]:
    """Files under a folder that repeats the tree beside it, most of them as they are there, with what they repeat."""
    every = set(files)
    pairs: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(every):
        for at, letter in enumerate(file):
            if letter == "/" and file[at + 1 :] in every and "/" in file[at + 1 :]:
                pairs.setdefault(file[:at], []).append((file, file[at + 1 :]))
    found: dict[str, str] = {}
    for repeated in pairs.values():
        if len(repeated) >= TREE and sum(_are_alike(workspace, *pair) for pair in repeated) * 2 > len(repeated):
            found.update(repeated)
    return found


def _are_alike(workspace: Workspace, one: str, other: str) -> bool:
    """Whether most lines of two files are the same: one is a state of the other."""
    if workspace.facts[one].packed == workspace.facts[other].packed:
        return True
    left, right = ({line.strip() for line in (workspace.text(file) or "").splitlines()} for file in (one, other))
    return len(left & right) * 2 > len(left | right)
