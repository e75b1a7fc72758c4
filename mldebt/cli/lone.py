"""A file that lies in no repository: what is looked at beside it.

A folder that nothing marks as a project may be one all the same, and then the file is seen with all of it. Where it
holds as much as a home folder or one for temporary files does, only the files right beside it are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mldebt.config import Config

MOST = 5_000
"""Files and folders of a folder that is taken for a project."""


def beside(root: Path, paths: Sequence[Path], config: Config) -> tuple[Path, ...]:
    """The files that are looked at; () where it is all that is below `root`."""
    if config.path is not None or any(path.is_dir() for path in paths) or _is_project(root) or not _is_large(root):
        return ()
    with os.scandir(root) as entries:
        return (*paths, *(Path(entry.path) for entry in entries if entry.is_file()))


def _is_project(root: Path) -> bool:
    from mldebt.evaluate.workspace import PROJECT_MARKERS
    from mldebt.project.git import git_top

    return git_top(root) is not None or any((root / marker).exists() for marker in PROJECT_MARKERS)


def _is_large(root: Path) -> bool:
    count = 0
    for _, folders, files in os.walk(root):
        count += len(folders) + len(files)
        if count > MOST:
            return True
    return False
