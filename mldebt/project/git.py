"""What git knows of a folder; every trouble with git means that it knows nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TIMEOUT = 60


def git_top(folder: Path) -> Path | None:
    """The top level of the working tree that a folder belongs to, unless it is ignored there."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None or not top.strip():
        return None
    path = Path(os.fsdecode(top.rstrip(b"\r\n")))
    if path.resolve() != folder.resolve() and _git(folder, "check-ignore", "-q", ".") is not None:
        return None
    return path if path.is_dir() else None


def git_files(root: Path) -> list[str] | None:
    """The files below a folder that git tracks or would offer to track, also the deleted ones; None without git."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if not listed:
        return None
    return sorted({os.fsdecode(name) for name in listed.split(b"\0") if name})


def _git(folder: Path, *arguments: str) -> bytes | None:
    """The output of a git command that runs nothing of the repository's own; None where it fails."""
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in OVERRIDES}
    environment.update(GIT_OPTIONAL_LOCKS="0", LC_ALL="C")
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


OVERRIDES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
