"""The files of a folder that git can't be asked of: a walk that follows no links to folders.

In a work tree it honours .gitignore files. A folder that is none was handed over as it is, an archive or an image: code
that is there was put there, for what git ignores and yet tracks can't be told any more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.project.folders import FolderRules

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Ignores = tuple[tuple[str, "GitIgnoreSpec"], ...]


def walk_files(root: Path, rules: FolderRules, is_code: Callable[[str], bool]) -> list[str]:
    """The files below a folder, relative to it, without those that a .gitignore leaves out."""
    work_tree = any((folder / ".git").exists() for folder in (root, *root.parents))
    found = _walk(root, "", (), rules, whole=not work_tree)
    return [name for name, ignored in found if not ignored or (not work_tree and is_code(name))]


def _walk(
    root: Path, folder: str, ignores: Ignores, rules: FolderRules, *, whole: bool, below: bool = False
) -> Iterator[tuple[str, bool]]:
    """The files and whether they are ignored. `whole`: also those of ignored folders; `below`: this one is."""
    try:
        with os.scandir(root / folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        rules.found[folder or "."] = f"can't be read: {error.strerror}"
        return
    if any(entry.name == ".gitignore" for entry in found):
        ignores = (*ignores, *_ignores(root, folder))
    for entry in found:
        name = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if not rules.leads_to_given(name):
                continue
            if rules.folder_reason(name)[1]:
                rules.found.setdefault(*rules.folder_reason(name))
                continue
            ignored = below or _is_ignored(f"{name}/", ignores)
            if whole or not ignored:
                yield from _walk(root, name, ignores, rules, whole=whole, below=ignored)
        elif not _is_folder(entry):
            yield name, below or _is_ignored(name, ignores)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _ignores(root: Path, folder: str) -> Ignores:
    from pathspec import GitIgnoreSpec

    try:
        text = (root / folder / ".gitignore").read_text("utf-8", "replace")
        return ((f"{folder}/" if folder else "", GitIgnoreSpec.from_lines(text.splitlines())),)
    except (OSError, ValueError):
        return ()


def _is_ignored(name: str, ignores: Ignores) -> bool:
    """What the nearest .gitignore with an opinion says."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(name[len(folder) :]).include
        if verdict is not None:
            return verdict
    return False
