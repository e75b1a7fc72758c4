"""What is said of inputs that a service gives in another order."""

from __future__ import annotations

from pathlib import Path

from mldebt.graph.scan import scan
from mldebt.rules.model import Settings
from mldebt_rules.serving.divergent_feature_definition import DivergentFeatureDefinition
from tests.rules.feature_pairs import pairs

HERE = Path(__file__).parent / "pairs" / "one_row.txt"


def test_inputs_at_each_others_place_are_named(tmp_path: Path) -> None:
    pair = next(pair for pair in pairs(HERE) if pair.title == "order of list" and pair.differences)
    pair.write(tmp_path)
    (found,) = DivergentFeatureDefinition().check(scan(tmp_path, use_cache=False).graph, Settings())
    assert "`speed` and `load` come at each other's place." in found.message
