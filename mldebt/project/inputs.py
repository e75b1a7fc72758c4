"""Everything on disk that the outcome of a scan depends on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from mldebt.project.folders import OWN, VERSION_CONTROL, folder_reason, leads_to
from mldebt.project.record import State, state

NOTHING: Mapping[str, State] = MappingProxyType({})
MOST_FOLDERS = 5_000
MOST_BELOW = 200
CONFIGURATIONS = ("mldebt.toml", ".mldebt.toml", "pyproject.toml")
GIT_FILES = ("index", "config", "info/exclude")
GIT_SETTINGS = ("~/.gitconfig", "~/.config/git/config", "~/.config/git/ignore")


class Inputs(Struct, frozen=True):
    """The root of a scan, when it started (ns), and the paths that it read, listed or looked for in vain.

    `boundless`: it listed more than can be told. `several`: the roots of the repositories, where these are several.
    `given`: the parts that were looked through, as seen from the root.
    """

    root: Path
    started: int
    paths: frozenset[str]
    boundless: bool
    several: tuple[Path, ...] = ()
    given: tuple[str, ...] = (".",)

    def and_also(self, paths: Iterable[Path]) -> Inputs:
        return replace(self, paths=self.paths | {str(path) for path in paths})

    def states(self, *also: str, seen: Sequence[State] = (), then: Mapping[str, State] = NOTHING) -> list[State] | None:
        """How all of it is now; None where something changed while it was looked at, or where it is too much.

        `seen`: what an earlier question was answered, before more paths came in. `then`: how some of it was in an
        earlier run, by path.
        """
        if seen:
            return self._taken(self.paths.difference(path for path, *_ in seen), seen)
        roots = self.several or (self.root,)
        folders = [folder for root in roots for folder in _folders(root, self.given)]
        if self.boundless or len(folders) > MOST_FOLDERS:
            return None
        paths = {*self.paths, *folders, *(each for root in {self.root, *roots} for each in _around(root)), *also}
        return self._taken(paths, then=then)

    def _taken(
        self, paths: Iterable[str], seen: Sequence[State] = (), then: Mapping[str, State] = NOTHING
    ) -> list[State] | None:
        states = [*seen, *(state(path, self.started, then.get(path)) for path in sorted(paths))]
        return None if None in states else [each for each in states if each is not None]


def _folders(root: Path, given: Sequence[str]) -> Iterator[str]:
    """Every folder in which a new file would count; folders that are left out are named, but not entered."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        yield str(folder)
        yield str(folder / ".gitignore")
        try:
            with os.scandir(folder) as entries:
                inner = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        inner = [path for path in inner if path.name not in VERSION_CONTROL and path.name not in OWN]
        if given != (".",):
            inner = [path for path in inner if leads_to(path.relative_to(root).as_posix(), given)]
        left_out = [path for path in inner if folder_reason(path)]
        yield from map(str, left_out)
        waiting += [path for path in inner if path not in left_out]


def _around(root: Path) -> Iterator[str]:
    """What decides about the repository from above and beside it: configurations and git."""
    for folder in (root, *root.parents):
        yield from (str(folder / name) for name in CONFIGURATIONS)
        git = folder / ".git"
        if git.exists():
            yield from (str(_git_folder(git) / name) for name in GIT_FILES)
            break
    yield from (str(Path(name).expanduser()) for name in GIT_SETTINGS)


def _git_folder(git: Path) -> Path:
    """The folder that git keeps for a working tree, which may be named in a file."""
    if git.is_dir():
        return git
    try:
        return git.parent / git.read_text("utf-8").partition("gitdir:")[2].strip()
    except (OSError, ValueError):
        return git


def below(path: Path) -> list[str] | None:
    """A path with the folders and files below it; None where they are many."""
    found: list[str] = []
    for folder, _, names in os.walk(path):
        found += [folder, *(str(Path(folder) / name) for name in names)]
        if len(found) > MOST_BELOW:
            return None
    return found or [str(path)]


def files_of_packages(modules: Iterable[str | None]) -> list[str]:
    """The files of installed packages, and their folders, given the main file of each."""
    found: list[str] = []
    for top in sorted({Path(module).parent for module in modules if module}):
        for folder, inner, names in os.walk(top):
            inner[:] = [name for name in inner if name != "__pycache__"]
            found += [f"{folder}{os.sep}{name}" for name in (*inner, *names)]
    return found


def installation_folders(search_path: Iterable[str]) -> list[str]:
    """The folders of a search path into which distributions are installed, which is where plug-ins come from."""
    return [folder for folder in search_path if _has_distributions(folder)]


def _has_distributions(folder: str) -> bool:
    try:
        with os.scandir(folder or ".") as entries:
            return any(entry.name.endswith(".dist-info") for entry in entries)
    except OSError:
        return False
