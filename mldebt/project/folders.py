"""Folders that are left out, each for a stated reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

VERSION_CONTROL = frozenset((".git", ".hg", ".svn", ".bzr", ".jj"))
ENVIRONMENT = re.compile(r"\.?v?env\d*|virtualenv|.*[._-]v?env\d*|v?env[._-].*", re.IGNORECASE)
VENDORED = frozenset(("vendor", "_vendor", "vendored", "third_party", "third-party", "thirdparty", "3rdparty"))
CACHES = frozenset((
    "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".virtual_documents", ".tox",
    ".nox", ".cache", ".hypothesis", "htmlcov", ".history", ".localhistory",
))  # fmt: skip
BUILDS = frozenset(("build", "_build", "dist", "target"))
ENVIRONMENT_SIGNS = ("lib/python*", "Lib/site-packages", "Scripts/*ctivate*", "conda-meta")
BUILD_SIGNS = ("lib", "lib.*", "bdist.*", "*.whl", "*.egg", "html", "doctrees", "classes", "CACHEDIR.TAG")
OWN = frozenset(("mldebt-report", ".mldebt_cache"))
WRITTEN_BY_US = "written by mldebt"


class FolderRules:
    """Which folders of a repository are left out. Those that hold a path asked for by name are not."""

    def __init__(self, root: Path, given: Sequence[str]) -> None:
        self._root = root
        self._given = given
        self._known: dict[str, tuple[str, str]] = {"": ("", "")}
        self.found: dict[str, str] = {}

    def reason(self, file: str) -> tuple[str, str]:
        """The outermost folder above a file that is left out, and why; two empty strings where there is none."""
        return self.folder_reason(file.rpartition("/")[0])

    def folder_reason(self, folder: str) -> tuple[str, str]:
        """The same for a folder."""
        if folder not in self._known:
            above = self.folder_reason(folder.rpartition("/")[0])
            self._known[folder] = above if above[1] else (folder, self._own_reason(folder))
        return self._known[folder]

    def leads_to_given(self, folder: str) -> bool:
        """Whether something that was asked for lies in a folder, or above it."""
        return leads_to(folder, self._given)

    def _own_reason(self, folder: str) -> str:
        if any(part == folder or part.startswith(f"{folder}/") for part in self._given):
            return ""
        return folder_reason(self._root / folder)


def leads_to(folder: str, given: Iterable[str]) -> bool:
    """Whether one of the given paths is a folder, above it or below it."""
    return any(
        part == "." or part == folder or part.startswith(f"{folder}/") or folder.startswith(f"{part}/")
        for part in given
    )


def folder_reason(path: Path) -> str:
    """Why a folder is left out, by its name and what is in it; "" where it is not."""
    name = path.name
    for reason, applies in RULES:
        if applies(path, name):
            return reason
    return ""


def _is_environment(path: Path, name: str) -> bool:
    if name in ("site-packages", "dist-packages") or _is_file(path / "pyvenv.cfg"):
        return True
    return bool(ENVIRONMENT.fullmatch(name)) and _holds_any(path, ENVIRONMENT_SIGNS)


def _is_file(path: Path) -> bool:
    """What is in a folder that nobody may look into isn't known."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _holds_any(path: Path, signs: Iterable[str]) -> bool:
    return any(next(iter(path.glob(sign)), None) is not None for sign in signs)


def _is_build(path: Path, name: str) -> bool:
    if name.endswith((".egg-info", ".dist-info")) or name == ".eggs":
        return True
    if name not in BUILDS:
        return False
    return _holds_any(path, BUILD_SIGNS)


def _is_named(names: frozenset[str], path: Path, name: str) -> bool:
    return name in names


RULES: tuple[tuple[str, Callable[[Path, str], bool]], ...] = (
    ("version control", partial(_is_named, VERSION_CONTROL)),
    (WRITTEN_BY_US, partial(_is_named, OWN)),
    ("virtual environment", _is_environment),
    ("node_modules", partial(_is_named, frozenset(("node_modules", "bower_components")))),
    ("vendored code", partial(_is_named, VENDORED)),
    ("cache", partial(_is_named, CACHES)),
    ("build output", _is_build),
)
