"""Which repository, or repositories, the given paths belong to, and which findings they ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from mldebt.cli.lone import beside
from mldebt.cli.repositories import Several, common_folder, of_paths, of_workspace
from mldebt.config import Config, find_config, find_configs, load_config, read_config
from mldebt.errors import UsageError, near_name_hint
from mldebt.sites import Site


class Target(Struct, frozen=True):
    """A repository and the parts of it that were asked about (POSIX, relative to the root; "." is all of it).

    Of several repositories the root is the folder of their configuration, or the one above all, and paths begin with
    the name of a repository.
    """

    root: Path
    parts: tuple[str, ...]
    config: Config
    folder: str = ""
    """The way from the top of the repository in version control to the root, "" or `services/eta/`."""
    untracked: bool = True
    """Whether files count that git doesn't track: in a hook of pre-commit they don't, for they are no part of the
    commit."""
    several: Several | None = None
    only: tuple[Path, ...] = ()
    """What is looked at, where it isn't all (see `mldebt.cli.lone`)."""

    @property
    def name(self) -> str:
        if self.several is not None and self.config.path is None:
            return ", ".join(self.several.roots)
        return self.root.name or "repository"

    @property
    def kept_at(self) -> Path:
        """Where records of runs are kept: nothing is written to a folder that only happens to lie above."""
        if self.several is not None and self.config.path is None:
            return self.several.repositories[0].root
        return self.root

    def includes(self, site: Site) -> bool:
        return any(part == "." or site.file == part or site.file.startswith(f"{part}/") for part in self.parts)


def find_target(given: Sequence[str], config_file: str | None = None) -> Target:
    """The repository of the paths; all of them where these are several, or a workspace."""
    paths = [_existing(path) for path in given] or [Path.cwd()]
    untracked = not os.environ.get("PRE_COMMIT")
    explicit = read_config(Path(config_file)) if config_file else None
    if explicit is not None and explicit.workspace is not None:
        return _workspace(paths, explicit, untracked)
    root, folder = _root(paths[0])
    if not all(path.is_relative_to(root) for path in paths):
        return _together(paths, explicit, untracked)
    config = explicit or load_config(paths[0], root)
    if config.workspace is not None:
        return _workspace(paths, config, untracked)
    parts = tuple(sorted({path.relative_to(root).as_posix() for path in paths}))
    return Target(root, parts, config, folder, untracked, only=beside(root, paths, config))


def _workspace(paths: Sequence[Path], config: Config, untracked: bool) -> Target:
    """The repositories that a configuration lists, and what the paths hold of them."""
    assert config.workspace is not None and config.path is not None
    home = config.path.parent.resolve()
    several = of_workspace(config, config.workspace)
    parts = {part for path in paths for part in _parts(path, home, several)}
    return Target(home, tuple(sorted(parts)), config, "", untracked, several)


def _parts(path: Path, home: Path, several: Several) -> list[str]:
    if path == home and several.named(home) is None:
        return ["."]
    found = several.parts(path)
    if not found:
        names = ", ".join(several.roots)
        raise UsageError(f"{path} is in none of the repositories of the workspace ({names})")
    return found


def _together(paths: Sequence[Path], explicit: Config | None, untracked: bool) -> Target:
    """The repositories of the paths, by the configuration of the folder that holds them all."""
    roots = dict(map(_root, paths))
    home = common_folder(roots)
    found = find_config(home, home)
    config = explicit or (read_config(found) if found else Config())
    if config.workspace is not None:
        return _workspace(paths, config, untracked)
    several = of_paths(roots)
    parts = {part for path in paths for part in several.parts(path)}
    return Target(home, tuple(sorted(parts)), config, "", untracked, several)


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


def _readable(path: Path, given: str) -> Path:
    if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
        raise _forbidden(given)
    return path


def _forbidden(given: str) -> UsageError:
    return UsageError(f'"{given}" can\'t be read: permission denied')


def _existing(given: str) -> Path:
    if not given:
        raise UsageError('a path is empty; "." stands for the current folder')
    path = Path(given)
    try:
        if path.exists():
            return _readable(path.resolve(), given)
    except PermissionError:
        raise _forbidden(given) from None
    if path.is_symlink():
        raise UsageError(f'"{path}" is a link that leads to nothing')
    parent, name = path.parent, path.name
    while not parent.exists():
        parent, name = parent.parent, parent.name
    close = near_name_hint(name, (entry.name for entry in parent.iterdir()) if parent.is_dir() else ())
    raise UsageError(f'there is no file or folder "{path}"{close}')
