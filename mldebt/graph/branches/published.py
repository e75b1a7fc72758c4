"""Folders whose code is installed by others, so that their names are an interface, or is by others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mldebt.evaluate.workspace import Workspace

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")
_PUBLISHES = re.compile(r"pypi|twine upload|poetry publish|flit publish|uv publish|anaconda upload", re.IGNORECASE)
_CLASSIFIED = re.compile(r"Development Status ::|Programming Language ::|License ::|Intended Audience ::")
_LICENCE = re.compile(r".+/(licen[sc]e|copying)(\.\w+)?", re.IGNORECASE)


def licensed_folders(listed: Sequence[str]) -> set[str]:
    """The folders below the top that have a licence of their own: what somebody else has written was put there."""
    return {f"{file.rpartition('/')[0]}/" for file in listed if _LICENCE.fullmatch(file)}


def published_folders(workspace: Workspace, listed: Sequence[str]) -> set[str]:
    """The folders of packages that are, or look as if they were, put where others install them from."""
    manifests = [file for file in listed if file.rpartition("/")[2] in _MANIFESTS]
    if not manifests:
        return set()
    flows = [file for file in listed if ".github/workflows/" in file or file.rpartition("/")[2] == ".gitlab-ci.yml"]
    publishes = any(_PUBLISHES.search(workspace.text(file) or "") for file in flows)
    return {
        f"{file.rpartition('/')[0]}/".removeprefix("/")
        for file in manifests
        if publishes or _CLASSIFIED.search(workspace.text(file) or "")
    }
