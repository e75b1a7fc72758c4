from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.evaluate.small import GraphOf, Seen, seen_in


@pytest.fixture
def graph_of(tmp_path: Path) -> GraphOf:
    """What the graph says of a repository with the given files; a text alone is main.py."""

    def make(files: str | Mapping[str, str | bytes]) -> Seen:
        return seen_in(tmp_path, {"main.py": files} if isinstance(files, str) else files)

    return make
