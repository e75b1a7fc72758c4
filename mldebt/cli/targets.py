"""Which repository the given paths belong to, and which findings they ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mldebt.config import Config, find_configs, load_config, read_config
from mldebt.errors import UsageError, near_name_hint
from mldebt.sites import Site


@dataclass(frozen=True, slots=True)
class Target:
    """A repository and the parts of it that were asked about (POSIX, relative to the root; "." is all of it)."""

    root: Path
    parts: tuple[str, ...]
    config: Config
    folder: str = ""
    """The way from the top of the repository in version control to the root, "" or `services/eta/`."""
    untracked: bool = True
    """Whether files count that git doesn't track: in a hook of pre-commit they don't, for they are no part of the
    commit."""

    @property
    def name(self) -> str:
        return self.root.name or "repository"

    def includes(self, site: Site) -> bool:
        return any(part == "." or site.file == part or site.file.startswith(f"{part}/") for part in self.parts)


def find_target(given: Sequence[str], config_file: str | None = None) -> Target:
    """The repository of the first path; the other paths must lie in it."""
    paths = [_existing(path) for path in given] or [Path.cwd()]
    root, folder = _root(paths[0])
    config = load_config(paths[0], root, Path(config_file) if config_file else None)
    return Target(
        root, tuple(sorted({_within(path, root) for path in paths})), config, folder, not os.environ.get("PRE_COMMIT")
    )


def _root(path: Path) -> tuple[Path, str]:
    """The nearest folder above that a configuration declares to be a root, else the repository of the path.

    With it the way there from the top of the repository.
    """
    from mldebt.project.files import find_root

    repository = find_root(path).resolve()
    limit = repository if (repository / ".git").exists() else Path(repository.anchor)
    declared = (file.parent for file in find_configs(path, limit) if read_config(file).root)
    root = next(declared, repository)
    inner = root.relative_to(repository).as_posix() if limit == repository else "."
    return root, "" if inner == "." else f"{inner}/"


def _existing(given: str) -> Path:
    if not given:
        raise UsageError('a path is empty; "." stands for the current folder')
    path = Path(given)
    if path.exists():
        return path.resolve()
    parent, name = path.parent, path.name
    while not parent.exists():
        parent, name = parent.parent, parent.name
    close = near_name_hint(name, (entry.name for entry in parent.iterdir()) if parent.is_dir() else ())
    raise UsageError(f'there is no file or folder "{path}"{close}')


def _within(path: Path, root: Path) -> str:
    if not path.is_relative_to(root):
        raise UsageError(f"{path} is outside the repository {root} of the first path; check one repository at a time")
    return path.relative_to(root).as_posix()
