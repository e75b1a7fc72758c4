from mldebt_rules.leakage.preprocessing_leakage import PreprocessingLeakage
from tests.rules.sketch import Sketch, column


def scaled_then_split(*, fit_on="frame:X", family="scaler", measured=True, **transformer):
    """X is read, scaled by a transformer fitted on `fit_on`, and split; a model trains on one part."""
    sketch = Sketch()
    sketch.rows("all", "read")
    sketch.rows("train", "part", "all", split="s", part="train")
    sketch.rows("test", "part", "all", split="s", part="test")
    sketch.rows("stores", "read")
    for name, rows in {"X": "all", "Xs": "all", "train": "train", "test": "test", "stores": "stores"}.items():
        sketch.node(f"frame:{name}", "train.py:3", rows=rows)
    sketch.node("dataset:data.csv", store="file")
    kind = {"class": "sklearn.preprocessing.StandardScaler", "family": family, "task": "transformer"}
    sketch.node("model:scaler", "train.py:5", **{**kind, **transformer})
    sketch.node("model:clf", "train.py:8", **{"class": "sklearn.linear_model.LogisticRegression"})
    sketch.node("prediction:p", "train.py:11", rows="test")
    sketch.edge("dataset:data.csv", "frame:X", "READS", "train.py:3")
    sketch.edge(fit_on, "model:scaler", "FITS", "train.py:6")
    sketch.edge("model:scaler", "frame:Xs", "DERIVES", "train.py:6", operation="transform", state=True)
    sketch.edge("frame:X", "frame:Xs", "DERIVES", "train.py:6", operation="transform")
    sketch.edge("frame:Xs", "frame:train", "DERIVES", "train.py:7", operation="part")
    sketch.edge("frame:Xs", "frame:test", "DERIVES", "train.py:7", operation="part")
    sketch.edge("frame:train", "model:clf", "TRAINS_ON", "train.py:9")
    sketch.edge("model:clf", "prediction:p", "PREDICTS", "train.py:11")
    sketch.edge("frame:test", "prediction:p", "DERIVES", "train.py:11", operation="predict")
    if measured:
        sketch.edge("frame:y", "prediction:p", "EVALUATES_ON", "train.py:12", operation="metric")
    return sketch


def test_a_scaler_fitted_before_the_split_is_found_at_the_fit():
    [finding] = scaled_then_split().ask(PreprocessingLeakage)
    assert finding.headline == (
        "`scaler` (StandardScaler) has seen the rows that `clf` (LogisticRegression) is evaluated on."
    )
    assert str(finding.locations[0]) == "train.py:6"
    assert [step.edge for step in finding.path] == ["", "READS", "FITS", "DERIVES", "DERIVES", "TRAINS_ON", "PREDICTS"]
    assert (finding.severity, finding.evidence) == ("high", "certain")
    assert "make_pipeline(scaler, model)" in finding.help


def test_a_fit_on_the_training_part_stays_silent():
    assert scaled_then_split(fit_on="frame:train").ask(PreprocessingLeakage) == []


def test_a_fit_on_another_table_stays_silent():
    assert scaled_then_split(fit_on="frame:stores").ask(PreprocessingLeakage) == []


def test_stateless_transforms_and_lists_of_categories_stay_silent():
    assert scaled_then_split(stateless=True).ask(PreprocessingLeakage) == []
    assert scaled_then_split(family="encoder").ask(PreprocessingLeakage) == []


def test_a_vocabulary_is_a_milder_leak():
    [finding] = scaled_then_split(family="text").ask(PreprocessingLeakage)
    assert finding.severity == "medium"


def test_a_notebook_that_nothing_runs_is_reported_mildly_and_a_test_not_at_all():
    sketch = scaled_then_split()
    sketch.unit("train.py", "explore", kind="notebook")
    assert [finding.severity for finding in sketch.ask(PreprocessingLeakage)] == ["medium"]
    sketch.unit("train.py", "test")
    assert sketch.ask(PreprocessingLeakage) == []


def test_a_metric_on_rows_that_the_fit_never_saw_makes_it_harmless():
    sketch = scaled_then_split()
    sketch.rows("later", "read")
    sketch.node("prediction:q", "train.py:20", rows="later")
    sketch.edge("model:clf", "prediction:q", "PREDICTS", "train.py:20")
    sketch.edge("frame:z", "prediction:q", "EVALUATES_ON", "train.py:21", operation="metric")
    assert sketch.ask(PreprocessingLeakage) == []


def test_a_second_fit_of_the_same_transformer_is_no_leak_of_the_first():
    sketch = scaled_then_split()
    sketch.edge("frame:train", "model:scaler", "FITS", "train.py:8")
    sketch.edge("model:scaler", "frame:T", "DERIVES", "train.py:8", operation="transform", state=True)
    sketch.edges = [edge for edge in sketch.edges if (edge.source, edge.target) != ("frame:train", "model:clf")]
    sketch.edges = [edge for edge in sketch.edges if (edge.source, edge.target) != ("frame:Xs", "frame:train")]
    sketch.edge("frame:T", "model:clf", "TRAINS_ON", "train.py:9")
    assert sketch.ask(PreprocessingLeakage) == []


def test_the_leak_is_followed_through_stored_files():
    sketch = scaled_then_split()
    sketch.edges = [edge for edge in sketch.edges if edge.kind not in ("TRAINS_ON", "PREDICTS")]
    for part in ("train", "test"):
        sketch.rows(f"{part} read", "read")
        sketch.node(f"frame:{part} again", "fit.py:2", rows=f"{part} read")
        sketch.edge(f"frame:{part}", f"dataset:{part}.csv", "WRITES", "train.py:8", mode="replace")
        sketch.edge(f"dataset:{part}.csv", f"frame:{part} again", "READS", "fit.py:2")
    sketch.node("prediction:p", "fit.py:9", rows="test read")
    sketch.edge("frame:train again", "model:clf", "TRAINS_ON", "fit.py:5")
    sketch.edge("model:clf", "prediction:p", "PREDICTS", "fit.py:9")
    [finding] = sketch.ask(PreprocessingLeakage)
    assert [str(site) for site in finding.locations] == ["train.py:6", "fit.py:9"]


def test_folds_cut_after_a_global_fit_are_found():
    sketch = scaled_then_split()
    sketch.edges = [edge for edge in sketch.edges if edge.kind not in ("TRAINS_ON", "PREDICTS", "EVALUATES_ON")]
    sketch.edge("frame:Xs", "model:clf", "EVALUATES_ON", "train.py:9", operation="cross_validate")
    [finding] = sketch.ask(PreprocessingLeakage)
    assert "folds of train.py:9" in finding.message


def filled(use, place="train.py:6", operation="changed", state=None):
    """A column is filled with its own mean before the split."""
    sketch = scaled_then_split()
    sketch.edges = [edge for edge in sketch.edges if "model:scaler" not in (edge.source, edge.target)]
    sketch.edges = [edge for edge in sketch.edges if edge.target != "frame:Xs"]
    sketch.node("frame:Xs", place, [column("age", True, "derived", place, use)], rows="all", state=True)
    told = {"state": state} if state else {}
    sketch.edge("frame:X", "frame:Xs", "DERIVES", place, operation=operation, **told)
    return sketch


def test_a_mean_over_all_rows_that_fills_a_feature_is_found():
    [finding] = filled("feature").ask(PreprocessingLeakage)
    assert finding.headline.startswith("A statistic over all rows of `X` has seen the rows that `clf`")
    assert str(finding.locations[0]) == "train.py:6"


def test_statistics_of_one_file_for_one_model_are_one_finding():
    sketch = filled("feature")
    sketch.node("frame:Xm", "train.py:7", [column("spend", True, "derived", "train.py:7", "feature")], rows="all")
    sketch.edge("frame:X", "frame:Xm", "DERIVES", "train.py:7", operation="fillna", state=True)
    sketch.edge("frame:Xm", "frame:train", "DERIVES", "train.py:8", operation="part")
    [finding] = sketch.ask(PreprocessingLeakage)
    assert "The same happens at train.py:7." in finding.message


def test_a_cast_computes_no_statistic_of_its_own():
    assert filled("feature", operation="astype", state=True).ask(PreprocessingLeakage) == []


def test_a_statistic_that_only_makes_the_label_stays_silent():
    assert filled("label").ask(PreprocessingLeakage) == []


def test_two_tables_joined_for_a_competition_weigh_less_without_a_metric():
    sketch = scaled_then_split(measured=False)
    sketch.rows("all", "concat", "a", "b")
    [finding] = sketch.ask(PreprocessingLeakage)
    assert finding.severity == "medium"
    assert "predicts for" in finding.message


def test_the_advice_fits_the_model():
    [finding] = scaled_then_split().ask(PreprocessingLeakage)
    assert "make_pipeline(scaler, model)" in finding.help
    sketch = scaled_then_split()
    sketch.node("model:clf", "train.py:8", **{"class": "tensorflow.keras.Sequential"})
    [finding] = sketch.ask(PreprocessingLeakage)
    assert "`scaler.fit(X_train)`" in finding.help
    assert "pipeline" not in finding.help


def counted_and_filtered(**filtered):
    """A count of each group is set beside the rows, says which of them stay, and is dropped or not."""
    sketch = scaled_then_split()
    counted = column("count", None, "derived", "train.py:6", uses="value")
    sketch.node("frame:Xs", "train.py:6", (counted,), rows="all", state=True)
    sketch.edges = [edge for edge in sketch.edges if "model:scaler" not in (edge.source, edge.target)]
    sketch.edges = [edge for edge in sketch.edges if "frame:Xs" not in (edge.source, edge.target)]
    sketch.edge("frame:X", "frame:Xs", "DERIVES", "train.py:6", operation="assign", state=True)
    sketch.edge("frame:Xs", "frame:few", "DERIVES", "train.py:7", operation="filter", **filtered)
    sketch.node("frame:few", "train.py:7", rows="all")
    sketch.edge("frame:few", "frame:train", "DERIVES", "train.py:7", operation="part")
    sketch.edge("frame:few", "frame:test", "DERIVES", "train.py:7", operation="part")
    return sketch


def test_a_statistic_that_was_dropped_before_is_not_passed_on():
    assert len(counted_and_filtered().ask(PreprocessingLeakage)) == 1
    assert counted_and_filtered(without=("count",)).ask(PreprocessingLeakage) == []
    assert len(counted_and_filtered(without=("rank",)).ask(PreprocessingLeakage)) == 1
