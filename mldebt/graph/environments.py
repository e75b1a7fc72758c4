"""In which environments models are trained: the files that name their packages, and what these leave open."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import basename, dirname, normpath

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.model import Unit
from mldebt.graph.records import Environment, OpenPackage
from mldebt.knowledge.distributions import distributions_of
from mldebt.read.requirements import included, requirements
from mldebt.sites import Site

LOCKS = (
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml", "conda-lock.yaml", "pixi.lock",
    "requirements.lock", "requirements.lock.txt", "requirements-lock.txt", "requirements_lock.txt", "pylock.toml",
    "flake.lock", "constraints.txt", "environment.lock.yml", "environment.lock", "explicit.txt", "spec-file.txt",
)  # fmt: skip
DECLARATIONS = (
    "pyproject.toml",
    "Pipfile",
    "setup.py",
    "environment.yml",
    "environment.yaml",
    "conda.yaml",
    "conda.yml",
)
MOST = 10_000
LISTS = ("*requirements*.txt", "*requirements*.in", "requirements/*.txt", "*environment*.y*ml")
NOT_TRAINING = re.compile(r"dev|test|doc|lint|serv|api|app|front|dash|ci\b", re.IGNORECASE)
ELSEWHERE = (
    "*/*requirements*.txt", "*/*/*requirements*.txt", "*/pyproject.toml", "*/environment*.y*ml", "*/Pipfile",
    "*/setup.py",
    "*Dockerfile*", "*/*Dockerfile*", "*/*/*Dockerfile*", "install*.sh", "*/install*.sh", "*.def", "shell.nix",
    "flake.nix", "*.Rproj", "MLproject", "*/conda*.y*ml", "requirements*/*", "*/*.lock",
)  # fmt: skip
"""Where else it may be said what is installed."""
IMAGE = re.compile(r"^\s*FROM\s+\S+@sha256:", re.IGNORECASE | re.MULTILINE)


def environments(workspace: Workspace, trace: Trace, units: Mapping[str, Unit]) -> Iterator[Environment]:
    """The environment of each folder in which models are trained, the nearest one upwards that files declare."""
    trained = sorted(file for file, unit in units.items() if "train" in unit.roles and "test" not in unit.roles)
    found: dict[str, list[str]] = {}
    homes = _Homes(workspace)
    for file in trained:
        found.setdefault(homes.of(dirname(file) or "."), []).append(file)
    for folder, files in sorted(found.items()):
        yield _environment(workspace, trace, folder, files)


class _Homes:
    """The nearest folder upwards that says what is to be installed; the root where none does."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known = {".": "."}

    def of(self, folder: str) -> str:
        if folder not in self._known:
            self._known[folder] = folder if self._is_home(folder) else self.of(dirname(folder) or ".")
        return self._known[folder]

    def _is_home(self, folder: str) -> bool:
        return bool(
            _declared_in(self._workspace, folder) or _unread(self._workspace, folder) or _locks(self._workspace, folder)
        )


def _environment(workspace: Workspace, trace: Trace, folder: str, files: list[str]) -> Environment:
    declared, unread = _declared_in(workspace, folder), _unread(workspace, folder)
    locks = [
        lock for parent in (folder, *map(str, PurePosixPath(folder).parents)) for lock in _locks(workspace, parent)
    ]
    wanted = _imported(workspace, trace, files)
    importers = {file: _modules(workspace, [file]) for file in files}
    open_, bound, named = [], set[str](), 0
    for file, text in _with_included(workspace, declared):
        for one in requirements(file, text):
            named += 1
            if not one.open:
                bound.add(one.package)
            elif modules := [module for module, names in wanted.items() if one.package in names]:
                by = tuple(unit for unit in files if importers[unit] & set(modules))
                open_.append(OpenPackage(one.package, one.wanted, modules[0], Site(file, one.line, one.line), by))
    left = {package.name: package for package in reversed(open_) if package.name not in bound}
    return Environment(
        folder=folder,
        files=tuple(declared),
        locks=tuple(locks),
        open=tuple(left[name] for name in sorted(left)),
        bound=tuple(sorted(bound)),
        named=named,
        units=tuple(files),
        imported=tuple(sorted(wanted)),
        unknown=unread or (not declared and any(workspace.listing(".", pattern, MOST) for pattern in ELSEWHERE)),
    )


def _unread(workspace: Workspace, folder: str) -> bool:
    """Whether there is a file with requirements whose text can't be read."""
    return any(workspace.text(file) is None for file in _candidates(workspace, folder))


def _candidates(workspace: Workspace, folder: str) -> list[str]:
    listed = [name for pattern in LISTS for name in workspace.listing(folder, pattern)]
    names = [*(name for name in DECLARATIONS if workspace.exists(_join(folder, name))), *listed]
    return [_join(folder, name) for name in dict.fromkeys(names) if basename(name) not in LOCKS]


def _declared_in(workspace: Workspace, folder: str) -> list[str]:
    files = _candidates(workspace, folder)
    training = [file for file in files if not NOT_TRAINING.search(basename(file))]
    known = [file for file in training or files if requirements(file, workspace.text(file) or "")]
    return sorted(known)


def _locks(workspace: Workspace, folder: str) -> list[str]:
    locks = [_join(folder, name) for name in LOCKS if workspace.exists(_join(folder, name))]
    images = [_join(folder, name) for name in workspace.listing(folder, "*Dockerfile*")]
    return [*locks, *(file for file in images if IMAGE.search(workspace.text(file) or ""))]


def _with_included(workspace: Workspace, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    waiting, seen = list(files), set()
    while waiting:
        file = waiting.pop(0)
        if file not in seen and (text := workspace.text(file)) is not None:
            seen.add(file)
            yield file, text
            if file.endswith((".txt", ".in")):
                waiting += (normpath(f"{dirname(file) or '.'}/{name}") for name in included(text))


def _imported(workspace: Workspace, trace: Trace, files: Iterable[str]) -> dict[str, frozenset[str]]:
    """The modules from outside that code imports, also through modules of the repository, and their packages."""
    reached, waiting = set[str](), list(files)
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += trace.imports.get(file, ())
    return {module: distributions_of(module) for module in sorted(_modules(workspace, reached))}


def _modules(workspace: Workspace, files: Iterable[str]) -> set[str]:
    outlines = (workspace.facts[file].outline for file in files if file in workspace.facts)
    named = {module.partition(".")[0] for outline in outlines for level, module, _ in outline.imports if not level}
    return named - sys.stdlib_module_names


def _join(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"
