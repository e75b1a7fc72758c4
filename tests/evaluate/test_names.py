"""Names of what programs read and write, as people write them: the pages in `names/` are the programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evaluate.small import GraphOf

PAGES = Path(__file__).parent / "names"
_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def programs() -> Iterator[object]:
    for page in sorted(PAGES.glob("*.md")):
        for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, body = section.partition("\n")
            files = dict(_BLOCK.findall(body))
            yield pytest.param(files, _listed(body, "reads"), _listed(body, "writes"), id=f"{page.stem}: {title}")


def _listed(body: str, word: str) -> set[str]:
    (line,) = re.findall(rf"^{word}: (.*)$", body, re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", line))


@pytest.mark.parametrize(("files", "reads", "writes"), list(programs()))
def test_what_a_program_reads_and_writes_has_its_name(
    files: dict[str, str], reads: set[str], writes: set[str], graph_of: GraphOf
) -> None:
    seen = graph_of(files)
    assert (seen.reads(), seen.writes()) == (reads, writes)
    assert seen.graph.coverage.unresolved == 0
