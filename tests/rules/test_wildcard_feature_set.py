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
    sketch.edge("model:rent", "artifact:rent.joblib", "PERSISTS", "train.py:6")
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


def trained_on_tables(*named: tuple[str, str]) -> Sketch:
    sketch = Sketch()
    for number, (name, file) in enumerate(named):
        sketch.node(name, f"{file}:3", [column("area", True), column("rent", True)], store="file", format="csv")
        sketch.edge(name, f"frame:{file}", "READS", f"{file}:{3 + number}")
        sketch.unit(file, "train", roots="Makefile:2")
    return sketch


def test_rows_to_learn_from_are_named_before_those_to_predict():
    tables = ("dataset:test.csv", "dataset:train.csv")
    sketch = trained_on_tables(*((table, "train.py") for table in tables))
    sketch.edge("frame:train.py", "model:rent", "TRAINS_ON", "train.py:5", rest=tables, but=("rent",))
    sketch.edge("model:rent", "artifact:rent.joblib", "PERSISTS", "train.py:6")
    sketch.edge("frame:train.py", "model:rent", "LABELS", "train.py:5", columns=("rent",))
    [finding] = sketch.ask(WildcardFeatureSet)
    assert "every column that train.csv and 1 more table happen to have" in finding.message
    assert finding.subject == tables


def test_a_file_in_a_folder_that_is_not_known_is_told_with_the_one_of_its_name():
    sketch = trained_on_tables(("dataset:data/flats.csv", "page.py"), ("dataset:{folder}/flats.csv", "train.py"))
    for table, file in (("dataset:data/flats.csv", "page.py"), ("dataset:{folder}/flats.csv", "train.py")):
        sketch.edge(f"frame:{file}", f"model:{file}", "TRAINS_ON", f"{file}:5", rest=(table,), but=("rent",))
        sketch.edge(f"model:{file}", "artifact:rent.joblib", "PERSISTS", f"{file}:6")
        sketch.edge(f"frame:{file}", f"model:{file}", "LABELS", f"{file}:5", columns=("rent",))
    [finding] = sketch.ask(WildcardFeatureSet)
    assert [str(site) for site in finding.locations] == ["page.py:5", "train.py:5"]
    assert "data/flats.csv" in finding.message
