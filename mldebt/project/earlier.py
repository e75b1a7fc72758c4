"""An earlier state of a repository, laid over its files of now: what a change did not touch is the same in both.

So files that git ignores (data, say) are the same in both states, too, and make no difference between them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from posixpath import normpath
from tempfile import TemporaryDirectory

from mldebt.project.changes import Changes, Old
from mldebt.project.git import run_git

LARGEST = 50_000_000
POINTER = b"version https://git-lfs.github.com/spec/"
"""How a file begins that stands for another one, which git does not have."""


class Earlier:
    """`folder` has the files of then that are other ones now; `absent` names files of now that weren't there."""

    def __init__(self, root: Path, folder: Path, files: Sequence[str], absent: frozenset[str]) -> None:
        self._root = root
        self._folder = folder
        self.files = frozenset(files)
        self.absent = absent
        self._folders = _above(self.files)
        self._thinned = _above(absent)

    def path(self, name: str) -> Path:
        """Where a file or folder of then lies; where there was none, nothing lies."""
        name = normpath(name)
        if name in self.files or name in self.absent or (name in self._thinned and self._is_empty(name)):
            return self._folder / name
        if name in self._folders and not (self._root / name).exists():
            return self._folder / name
        return self._root / name

    def glob(self, folder: str, pattern: str) -> set[str]:
        """The names below a folder that match a pattern, from the folder on."""
        found = set()
        for home in (self._root / folder, self._folder / folder):
            for path in home.glob(pattern):
                name = path.relative_to(home).as_posix()
                if self.path(f"{folder}/{name}").exists():
                    found.add(name)
        return found

    def _is_empty(self, folder: str) -> bool:
        """Whether a folder of now has nothing but what wasn't there."""
        if folder in self._folders:
            return False
        for home, _, names in os.walk(self._root / folder):
            inner = Path(home).relative_to(self._root).as_posix()
            if any(f"{inner}/{name}" not in self.absent for name in names):
                return False
        return True


@contextmanager
def laid_over(root: Path, changes: Changes) -> Iterator[Earlier]:
    """The state before the changes; what it needs of the old files lies in a temporary folder."""
    with TemporaryDirectory(prefix="mldebt-") as name:
        folder = Path(name)
        links = {old.file: old for old in changes.old if old.link}
        written = _write(root, folder, [old for old in changes.old if not old.link])
        written |= _write_links(root, folder, list(links.values()))
        yield Earlier(root, folder, sorted(written), _absent(changes))


def _absent(changes: Changes) -> frozenset[str]:
    return changes.added - {old.file for old in changes.old}


def _write(root: Path, folder: Path, files: Sequence[Old]) -> set[str]:
    """Write old contents; those that git does not really have, or that are huge, are taken to be those of now."""
    return {old.file for old, data in _contents(root, files) if _put(folder / old.file, data)}


def _write_links(root: Path, folder: Path, links: Sequence[Old]) -> set[str]:
    """A link of then is a copy of what it led to, if that is among the old files; else it is left as it is now."""
    found = set()
    for old, target in _contents(root, links):
        place = folder / normpath(str(PurePosixPath(old.file).parent / os.fsdecode(target)))
        if place.is_relative_to(folder) and place.is_file() and _put(folder / old.file, place.read_bytes()):
            found.add(old.file)
    return found


def _put(path: Path, data: bytes) -> bool:
    if data.startswith(POINTER):
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError:
        return False
    return True


def _contents(root: Path, files: Sequence[Old]) -> Iterator[tuple[Old, bytes]]:
    """Each file with its content, but for huge ones."""
    if not files:
        return
    asked = "".join(f"{old.blob}\n" for old in files).encode()
    told = run_git(root, "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", given=asked)
    sizes = [line.split() for line in told.decode().splitlines()]
    wanted = [
        old for old, size in zip(files, sizes) if len(size) == 3 and size[1] == "blob" and int(size[2]) <= LARGEST
    ]
    data = run_git(root, "cat-file", "--batch", given="".join(f"{old.blob}\n" for old in wanted).encode())
    at = 0
    for old in wanted:
        end = data.index(b"\n", at)
        size = int(data[at:end].split()[2])
        yield old, data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _above(files: frozenset[str]) -> frozenset[str]:
    return frozenset(str(parent) for file in files for parent in PurePosixPath(file).parents if str(parent) != ".")
