"""Where the configuration is: the nearest one, from the checked path up to the root of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mldebt.errors import UsageError

OWN_FILES = ("mldebt.toml", ".mldebt.toml")
SHARED_FILE = "pyproject.toml"
_OWN_TABLE = re.compile(rb"^\s*\[{1,2}\s*tool\s*\.\s*[\"']?mldebt[\"']?\s*[\].]", re.MULTILINE)


def find_config(start: Path, root: Path) -> Path | None:
    """The first of mldebt.toml, .mldebt.toml and a pyproject.toml with [tool.mldebt] in the nearest folder."""
    return next(find_configs(start, root), None)


def find_configs(start: Path, root: Path) -> Iterator[Path]:
    """One configuration for each folder that has any, from `start` up to `root`."""
    start, root = start.resolve(), root.resolve()
    folder = start if start.is_dir() else start.parent
    for candidate in (folder, *folder.parents):
        if found := _config_in(candidate):
            yield found
        if candidate == root:
            break


def _config_in(folder: Path) -> Path | None:
    for name in OWN_FILES:
        if (folder / name).is_file():
            return folder / name
        if (folder / name).is_symlink() and not (folder / name).exists():
            raise UsageError(f"{folder / name} is a link that leads to nothing: mend it or remove it")
    shared = folder / SHARED_FILE
    return shared if shared.is_file() and _has_own_table(shared) else None


def _has_own_table(path: Path) -> bool:
    """Asked of the bytes: someone else's pyproject.toml may be broken without being any of our business."""
    try:
        return bool(_OWN_TABLE.search(path.read_bytes()))
    except OSError:
        return False
