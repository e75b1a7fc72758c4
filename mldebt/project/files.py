"""Which files of a repository are looked at, and why the others are not."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.project.folders import WRITTEN_BY_US, FolderRules
from mldebt.project.git import git_files, git_top
from mldebt.project.walk import walk_files

if TYPE_CHECKING:
    from mldebt.project.earlier import Earlier

CODE_LIMIT = 1_000_000
NOTEBOOK_LIMIT = 50_000_000
GENERATED_NAME = re.compile(r".*_pb2(?:_grpc)?\.pyi?")
COMMANDS = r"(?:run|train|predict|infer|preprocess|prepare|eval|launch|submit|start)[\w-]*"
"""Files without an ending that may hold commands; more often they are data, of which nobody expects to be told."""
NAMED_FOR_WORK = re.compile(rf"(?:.*/)?{COMMANDS}", re.IGNORECASE)
CANDIDATE = re.compile(
    r"[^/]*\.(?:pyw?|ipynb|sql|ya?ml|toml|cfg|sh|bash|zsh|ksh|bat|cmd|slurm|sbatch|lsf|pbs|sge|mk|cron|crontab|smk|service"
    rf"|timer|dvc)|{COMMANDS}|snakefile(?:\.\w+)?|(?:GNU)?makefile(?:\.[\w-]+)?|mlproject"
    r"|[^/]*(?:docker|container)file[^/]*|[^/]*crontab(?:\.txt)?|procfile(?:\.[\w-]+)?",
    re.IGNORECASE,
)
EXTENSIONLESS_FOLDER = "cron.d"


class SourceFile(Struct, frozen=True):
    """A file that may be read: `file` is POSIX and relative to the root."""

    file: str
    path: Path
    size: int


class Listing(Struct, frozen=True):
    """The files of a repository in order; `skipped` says of files and folders why they are left out.

    `names`: of all files that are there, whatever they are. `given`: the parts that were looked through.
    """

    files: tuple[SourceFile, ...]
    skipped: Mapping[str, str]
    git: bool
    names: tuple[str, ...] = ()
    given: tuple[str, ...] = (".",)


def find_root(path: Path) -> Path:
    """The top level of the git working tree that tracks a path, else the folder itself or the file's folder."""
    folder = path if path.is_dir() else path.parent
    return git_top(folder) or folder.absolute()


def list_files(
    root: Path,
    paths: Sequence[Path] = (),
    exclude: Sequence[str] = (),
    *,
    untracked: bool = True,
    earlier: Earlier | None = None,
) -> Listing:
    """The code, notebooks, SQL and possible manifests below the root, or only those below `paths`.

    `exclude` has patterns in the manner of .gitignore. Paths named in `paths` override the rules about folders.
    `untracked`: also those that git does not track; `earlier`: the files of then instead of those of now.
    """
    root = root.absolute()
    given = tuple(sorted({_relative(path, root) for path in paths})) or (".",)
    tracked = git_files(root, untracked=untracked)
    rules = FolderRules(root, given)
    names = walk_files(root, rules, is_candidate) if tracked is None else tracked
    if earlier is not None:
        names = sorted({*names, *earlier.files} - earlier.absent)
    excluded = _excluder(exclude)
    files: list[SourceFile] = []
    skipped: dict[str, str] = {}
    for name in sorted(names):
        if not is_candidate(name) or not _is_below(name, given):
            continue
        folder, reason = rules.reason(name)
        if reason:
            skipped[folder] = reason
        elif excluded(name):
            skipped[name] = "excluded by the configuration"
        else:
            _look_at(root, name, earlier.path(name) if earlier else root / name, files, skipped)
    skipped.update(rules.found)
    # Our own files are not told of: a second run would otherwise say something else than the first.
    told = {name: reason for name, reason in sorted(skipped.items()) if reason != WRITTEN_BY_US}
    return Listing(tuple(files), MappingProxyType(told), tracked is not None, tuple(names), given)


def _look_at(root: Path, name: str, path: Path, files: list[SourceFile], skipped: dict[str, str]) -> None:
    try:
        size, reason = _size(root, path)
    except FileNotFoundError:
        return
    except (OSError, RuntimeError, ValueError) as error:
        size, reason = 0, f"can't be read: {getattr(error, 'strerror', None) or 'a link that leads nowhere'}"
    reason = reason or _reason(name, size)
    if reason is None:
        files.append(SourceFile(name, path, size))
    elif reason:
        skipped[name] = reason


def _size(root: Path, path: Path) -> tuple[int, str | None]:
    """The size of a regular file and why it is left out: "" without a word, None not at all."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        target = path.resolve(strict=True)
        if not target.is_relative_to(root.resolve()):
            return 0, "a link that leaves the repository"
        status = target.stat()
    if not stat.S_ISREG(status.st_mode):
        return 0, ""
    return status.st_size, None if os.access(path, os.R_OK) else "can't be read: Permission denied"


def _reason(name: str, size: int) -> str | None:
    if size == 0:
        return "" if NAMED_FOR_WORK.fullmatch(name) else "empty"
    if GENERATED_NAME.fullmatch(name):
        return "generated code"
    limit = NOTEBOOK_LIMIT if name.lower().endswith(".ipynb") else CODE_LIMIT
    if size <= limit:
        return None
    return "" if NAMED_FOR_WORK.fullmatch(name) else f"larger than {limit // 1_000_000} MB"


def is_candidate(name: str) -> bool:
    """Whether a file may be code, a notebook, SQL or a manifest, by its name."""
    last = PurePosixPath(name)
    return bool(CANDIDATE.fullmatch(last.name)) or last.parent.name == EXTENSIONLESS_FOLDER


def _is_below(name: str, given: Iterable[str]) -> bool:
    return any(part == "." or name == part or name.startswith(f"{part}/") for part in given)


def _relative(path: Path, root: Path) -> str:
    absolute = path if path.is_absolute() else Path.cwd() / path
    for base, place in ((root, absolute), (root.resolve(), absolute.resolve())):
        if place.is_relative_to(base):
            return place.relative_to(base).as_posix()
    return absolute.as_posix()


def _excluder(patterns: Sequence[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda name: False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file
