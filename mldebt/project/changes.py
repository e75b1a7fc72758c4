"""What changed between a commit and the files of now, as git tells it: files, renames, lines."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct, field

from mldebt.project.files import is_candidate
from mldebt.project.git import GitError, run_git
from mldebt.project.history import Base

COMMON = ("-M", "-l5000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--relative", "--no-color")
RAW = ("--raw", "-z", "--no-abbrev")
PATCH = ("--unified=0", "--src-prefix=a/", "--dst-prefix=b/")
MOST_NAMED = 2_000
SUBMODULE, LINK = "160000", "120000"
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Old(Struct, frozen=True):
    """A file of then: its name and the id of its content; `link` where that is a target."""

    file: str
    blob: str
    link: bool = False


class Changes(Struct, frozen=True, dict=True):
    """`old`: the files of then that are other ones now, or none; `added`: files of now that weren't there, by name;
    `renamed`: the names of now by those of then; `untracked`: of `added`, those that git doesn't track."""

    old: tuple[Old, ...] = ()
    added: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    untracked: frozenset[str] = frozenset()


class Lines(Struct, frozen=True, dict=True):
    """Changed lines: numbers of now by file of now, and numbers with texts of then by file of then.

    `hunks`: for each file of now, (first line of then, how many, first line of now, how many).
    """

    added: Mapping[str, frozenset[int]] = field(default_factory=dict)
    removed: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    hunks: Mapping[str, tuple[tuple[int, int, int, int], ...]] = field(default_factory=dict)

    def then(self, file: str, line: int) -> int | None:
        """The number that an unchanged line of now had; None for a line that is new."""
        shift = 0
        for old, gone, new, come in self.hunks.get(file, ()):
            first = new if come else new + 1
            if line < first:
                break
            if line < first + come:
                return None
            shift = (old + gone if gone else old + 1) - (first + come)
        return line + shift


class Comparing:
    """Questions about the way from a commit to the files of now; files that git doesn't track yet count as new."""

    def __init__(self, root: Path, base: Base, index: Path | None, untracked: frozenset[str]) -> None:
        self._root = root
        self._base = base
        self._index = index
        self._untracked = untracked

    def changes(self) -> Changes:
        fields = iter(os.fsdecode(self._listed()).split("\0"))
        old: list[Old] = []
        added: set[str] = set(self._untracked) if self._index is None else set()
        renamed: dict[str, str] = {}
        for head in fields:
            if not head.startswith(":"):
                continue
            mode, _, blob, _, status = head[1:].split(" ")
            name = next(fields)
            now = next(fields) if status[:1] in ("R", "C") else name
            if status[:1] == "A" or now != name:
                added.add(now)
            if status[:1] == "R":
                renamed[name] = now
            if status[:1] not in ("A", "U") and mode != SUBMODULE:
                old.append(Old(name, blob, mode == LINK))
        return Changes(tuple(old), frozenset(added), renamed, self._untracked)

    def lines(self, changes: Changes) -> Lines:
        """Of files that may be code; the lines of others say nothing, and there may be many."""
        names = {old.file for old in changes.old} | changes.added
        wanted = sorted(name for name in names if is_candidate(name))
        if not wanted:
            return Lines()
        return parsed_patch(self._diff(*PATCH, names=wanted if len(wanted) < MOST_NAMED else ["."]).split(b"\n"))

    def _listed(self) -> bytes:
        """For renames git compares contents; where it doesn't have all of them, there are no renames."""
        with suppress(GitError):
            return self._diff(*RAW)
        return self._diff("--no-renames", *RAW)

    def _diff(self, *options: str, names: Sequence[str] = (".",)) -> bytes:
        literal = () if names == (".",) else ("--literal-pathspecs",)
        command = (*literal, "-c", "core.bigFileThreshold=4m", "diff", *COMMON, *options, self._base.commit, "--")
        return run_git(self._root, *command, *names, index=self._index)


@contextmanager
def comparing(root: Path, base: Base, *, untracked: bool = True) -> Iterator[Comparing]:
    """The comparison with a commit; nothing in the repository is written for it.

    `untracked`: whether files that git doesn't track are new; else they are the same in both states.
    """
    listed = run_git(root, "ls-files", "-z", "--others", "--exclude-standard") if untracked else b""
    names = frozenset(os.fsdecode(name) for name in listed.split(b"\0") if name and not name.endswith(b"/"))
    with tempfile.TemporaryDirectory(prefix="mldebt-") as folder:
        index = _index_with(root, names, Path(folder) / "index") if names else None
        yield Comparing(root, base, index, names)


def tree_of_now(root: Path, *, untracked: bool) -> str | None:
    """The id of the tree that a commit of the files of now has below the root; None where the index has other files.

    `untracked`: whether files that git doesn't track count.
    """
    told = run_git(
        root, "status", "--porcelain", "-z", f"--untracked-files={'normal' if untracked else 'no'}",
        "--ignore-submodules=all", "--no-renames", "--", ".",
    )  # fmt: skip
    if any(entry[1:2] != b" " for entry in told.split(b"\0") if entry):
        return None
    prefix = os.fsdecode(run_git(root, "rev-parse", "--show-prefix").rstrip(b"\n"))
    with tempfile.TemporaryDirectory(prefix="mldebt-") as folder:
        index = _copy_of_index(root, Path(folder) / "index")
        command = ("write-tree", "--missing-ok", *([f"--prefix={prefix}"] if prefix else []))
        return run_git(root, *command, index=index, objects=Path(folder)).decode().strip()


def _copy_of_index(root: Path, copy: Path) -> Path:
    own = root / os.fsdecode(run_git(root, "rev-parse", "--git-path", "index").rstrip(b"\n"))
    if own.exists():
        shutil.copyfile(own, copy)
    return copy


def _index_with(root: Path, untracked: Iterable[str], index: Path) -> Path | None:
    """A copy of the index that knows the untracked files, so that git sees renames among them."""
    with suppress(GitError, OSError):
        _copy_of_index(root, index)
        names = "\0".join(sorted(untracked)).encode("utf-8", "surrogateescape")
        run_git(
            root, "--literal-pathspecs", "add", "--intent-to-add", "--ignore-errors", "--pathspec-from-file=-",
            "--pathspec-file-nul", given=names, index=index,
        )  # fmt: skip
        return index
    return None


def parsed_patch(lines: Iterable[bytes]) -> Lines:
    """A patch without context, as `git diff` writes it."""
    added: dict[str, set[int]] = {}
    removed: dict[str, dict[int, str]] = {}
    hunks: dict[str, list[tuple[int, int, int, int]]] = {}
    old = new = ""
    before = after = left = right = 0
    for line in lines:
        if left and line.startswith(b"-"):
            removed.setdefault(old, {})[before] = line[1:].decode("utf-8", "replace").rstrip("\r")
            before, left = before + 1, left - 1
        elif right and line.startswith(b"+"):
            added.setdefault(new, set()).add(after)
            after, right = after + 1, right - 1
        elif line.startswith(b"--- "):
            old = _named(line)
        elif line.startswith(b"+++ "):
            new = _named(line)
        elif match := _HUNK.match(line):
            before, left, after, right = (int(part) if part is not None else 1 for part in match.groups())
            hunks.setdefault(new, []).append((before, left, after, right))
    return Lines(
        {file: frozenset(numbers) for file, numbers in added.items()},
        removed,
        {file: tuple(found) for file, found in hunks.items()},
    )


def _named(line: bytes) -> str:
    """The file of a line `+++ b/name`, which has a tab behind it where the name has blanks; "" for /dev/null."""
    name = line[4:].rstrip(b"\r").removesuffix(b"\t")
    if name.startswith(b'"'):
        name = re.sub(rb"\\([abfnrtv\"\\]|[0-7]{3})", _unescaped, name[1:-1])
    return os.fsdecode(name[2:]) if name != b"/dev/null" else ""


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    short = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
    return bytes([int(sign, 8)]) if len(sign) == 3 else short.get(sign, sign)
