"""Files by paths that are strings: a scan looks at tens of thousands, and a `Path` takes longer than the look."""

from __future__ import annotations

import os


def joined(folder: str | os.PathLike[str], name: str) -> str:
    """A path below a folder; an absolute one as it is."""
    return os.path.join(folder, name)


def exists(path: str) -> bool:
    return os.path.exists(path)


def text(path: str, most: int) -> str | None:
    """What a file says; None where there is none, where it has more than `most` bytes or is no text."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > most:
            return None
        with open(path, encoding="utf-8-sig") as opened:
            return opened.read()
    except (OSError, ValueError):
        return None
