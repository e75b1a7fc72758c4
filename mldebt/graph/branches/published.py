"""Folders whose code is installed by others: their names are an interface."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mldebt.evaluate.workspace import Workspace

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")
_PUBLISHES = re.compile(r"pypi|twine upload|poetry publish|flit publish|uv publish|anaconda upload", re.IGNORECASE)
_CLASSIFIED = re.compile(r"Development Status ::|Programming Language ::|License ::|Intended Audience ::")


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
