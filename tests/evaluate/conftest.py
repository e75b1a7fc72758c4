from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluate.small import GraphOf, Seen, seen_in


@pytest.fixture
def graph_of(tmp_path: Path) -> GraphOf:
    """What the graph says of a repository with the given files."""

    def make(*programs: str, **files: str | bytes) -> Seen:
        named = {key: value for key, value in files.items() if key != "files"}
        numbered = {("main.py" if number == 0 else f"part{number}.py"): text for number, text in enumerate(programs)}
        return seen_in(tmp_path, {**numbered, **named})

    return make
