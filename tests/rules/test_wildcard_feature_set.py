from mldebt_rules.data.wildcard_feature_set import WildcardFeatureSet
from tests.rules.sketch import Sketch, column


def trained_on(*names: str, label: str) -> Sketch:
    sketch = Sketch()
    table = sketch.node(
        "dataset:flats.csv",
        "train.py:3",
        [column(name, True) for name in names],
        store="file",
        format="csv",
        closed=True,
    )
    sketch.edge(table, "frame:flats", "READS", "train.py:3")
    sketch.edge("frame:flats", "frame:X", "DERIVES", "train.py:4", operation="drop")
    sketch.edge("frame:X", "model:rent", "TRAINS_ON", "train.py:5", rest=(table,), but=(label,))
    sketch.edge("frame:flats", "model:rent", "LABELS", "train.py:5", columns=(label,))
    sketch.unit("train.py", "train", roots="Makefile:2")
    return sketch


def test_the_way_from_the_table_to_the_model_is_the_proof():
    [finding] = trained_on("area", "rent", label="rent").ask(WildcardFeatureSet)
    assert [step.edge for step in finding.path] == ["", "READS", "DERIVES", "TRAINS_ON"]
    assert 'FEATURES = ["area"]' in finding.help


def test_a_label_of_another_name_in_the_table_is_not_among_the_features():
    [finding] = trained_on("area", "rent in euro", label="rent").ask(WildcardFeatureSet)
    assert "rent in euro" not in finding.help
