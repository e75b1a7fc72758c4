"""Training and serving sides that compute a feature alike or differently, in the forms in which people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.graph.questions.definitions import divergent_definitions
from mldebt.graph.scan import scan
from tests.rules.feature_pairs import Pair, pairs

HERE = Path(__file__).parent / "pairs"
PAIRS = [pytest.param(pair, id=f"{path.stem}-{pair.title}") for path in sorted(HERE.glob("*.txt"))
         for pair in pairs(path)]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_what_differs_is_found_and_what_is_equal_is_not(pair: Pair, tmp_path: Path) -> None:
    pair.write(tmp_path)
    found = divergent_definitions(scan(tmp_path, use_cache=False).graph)
    assert sorted({each.difference.kind for each in found}) == sorted(pair.differences)
