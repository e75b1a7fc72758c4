"""Writing files so that there is never half of one: what was there stays until the new content is whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write the file; links are followed, its permissions stay, and on a full disk so does its content."""
    target = Path(os.path.realpath(path))
    if not _can_stand_in(target):
        target.write_bytes(data)
        return
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.mldebt")
    try:
        beside.write_bytes(data)
        if target.exists():
            _dress(beside, target.stat())
        beside.replace(target)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _dress(path: Path, like: os.stat_result) -> None:
    path.chmod(like.st_mode & 0o7777)
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(path, like.st_uid, like.st_gid)


def _can_stand_in(target: Path) -> bool:
    """A device or a pipe is written to, and so is a file that others know by another name, or in a folder that takes
    no new ones."""
    if not os.access(target.parent, os.W_OK):
        return False
    return not target.exists() or (target.is_file() and target.stat().st_nlink == 1 and os.access(target, os.W_OK))
