"""What git knows of a folder; for listing its files, every trouble with git means that it knows nothing."""

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


def git_files(root: Path, *, untracked: bool = True) -> list[str] | None:
    """The files below a folder that git tracks or would offer to track, also the deleted ones; None without git."""
    others = ("--others", "--exclude-standard") if untracked else ()
    listed = _git(root, "ls-files", "-z", "--cached", *others)
    if not listed:
        return None
    return sorted({os.fsdecode(name) for name in listed.split(b"\0") if name})


def run_git(
    folder: Path, *arguments: str, given: bytes | None = None, index: Path | None = None, objects: Path | None = None
) -> bytes:
    """The output of a git command that runs nothing of the repository's own; `GitError` where it fails.

    `given`: its standard input; `index`: another index than the repository's own; `objects`: where new objects go
    instead of the repository.
    """
    command = ["git", "-C", str(folder), *SETTINGS, *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in OVERRIDES}
    environment.update(GIT_OPTIONAL_LOCKS="0", LC_ALL="C", GIT_TERMINAL_PROMPT="0")
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    if objects is not None:
        own = os.fsdecode(run_git(folder, "rev-parse", "--git-path", "objects").rstrip(b"\n"))
        environment["GIT_OBJECT_DIRECTORY"] = str(objects)
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = str((folder / own).absolute())
    try:
        done = subprocess.run(
            command, env=environment, input=given, stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True, timeout=TIMEOUT, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise GitError("there is no git here") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise GitError(f"git can't be run: {error}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(next((line for line in said if line.strip()), f"git {arguments[0]} failed"))
    return done.stdout


class GitError(Exception):
    """Git did not do what was asked; the text is what it said."""


def _git(folder: Path, *arguments: str) -> bytes | None:
    try:
        return run_git(folder, *arguments)
    except GitError:
        return None


SETTINGS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")

OVERRIDES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
