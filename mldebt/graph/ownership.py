"""Whose each file is: by what is declared, by its project, or by its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from mldebt.evaluate.workspace import Workspace
from mldebt.read.manifests.kinds import kind_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

PROJECTS = ("pyproject.toml", "setup.py", "Dockerfile", "dvc.yaml")
"""What makes a folder a project of its own."""
Owner = tuple[str, str]
"""Who it is, and how well that is known: declared, by its project, or by its top-level folder."""


class Owners:
    """`declared`: owners by patterns of files, as the configuration has them."""

    def __init__(self, workspace: Workspace, declared: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._patterns = (*reversed(list(declared.items())), *reversed(code_owners(workspace)))
        self._composed = composed_services(workspace)
        self._known: dict[str, Owner] = {}

    def of(self, file: str) -> Owner:
        if file not in self._known:
            self._known[file] = self._found(file)
        return self._known[file]

    def _found(self, file: str) -> Owner:
        for pattern, owner in self._patterns:
            if fits(pattern, file):
                return owner, "declared"
        folder = PurePosixPath(file).parent
        for parent in (folder, *folder.parents):
            if str(parent) != "." and any(self._workspace.exists(f"{parent}/{marker}") for marker in PROJECTS):
                return self._composed.get(str(parent), str(parent)), "inferred"
        return (file.split("/")[0] if "/" in file else "."), "guessed"


def fits(pattern: str, file: str) -> bool:
    """Whether a pattern of `.gitignore` fits a file."""
    return _spec(pattern).match_file(file)


@lru_cache(1000)
def _spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])


def code_owners(workspace: Workspace) -> list[tuple[str, str]]:
    """(pattern, owner) of CODEOWNERS, the last match counts."""
    for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"):
        content = workspace.text(place)
        if content is not None:
            return _parse_owners(content.splitlines())
    return []


def _parse_owners(lines: Iterable[str]) -> list[tuple[str, str]]:
    rules: list[tuple[str, str]] = []
    for line in lines:
        words = line.split("#")[0].split()
        if len(words) > 1:
            rules.append((words[0], words[1]))
    return rules


def composed_services(workspace: Workspace) -> dict[str, str]:
    """The folder of a compose file by the folders of the images that its services are built from: who composes services
    runs them as one system.
    """
    found: dict[str, str] = {}
    manifests = ((file, kind_of(file)) for file, facts in workspace.facts.items() if facts.kind == "manifest")
    for file in sorted(file for file, kind in manifests if kind is not None and kind.name == "compose"):
        settings = workspace.settings(file)
        services = settings.get("services") if isinstance(settings, dict) else None
        for service in services.values() if isinstance(services, dict) else ():
            build = service.get("build") if isinstance(service, dict) else None
            context = build.get("context") if isinstance(build, dict) else build
            if isinstance(context, str) and "://" not in context:
                home = PurePosixPath(file).parent
                found.setdefault(normpath(home / context), str(home))
    return found
