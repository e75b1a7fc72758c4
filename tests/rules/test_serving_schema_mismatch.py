from mldebt_rules.serving.serving_schema_mismatch import ServingSchemaMismatch
from tests.rules.sketch import Sketch


def served(trained, given, *, named=True, library="sklearn.linear_model.LogisticRegression", api="api.py", **training):
    sketch = Sketch()
    model = {"class": library, "composite": training.pop("composite", None)}
    sketch.node("model:churn", "train.py:8", **model)
    sketch.node("model:loaded", "api.py:3")
    sketch.edge("frame:X", "model:churn", "TRAINS_ON", "train.py:9", columns=trained, named=True, **training)
    sketch.edge("model:churn", "artifact:models/churn.joblib", "PERSISTS", "train.py:10")
    sketch.edge("artifact:models/churn.joblib", "model:loaded", "LOADS", f"{api}:3")
    sketch.edge("model:loaded", "prediction:p", "PREDICTS", f"{api}:9", columns=given, named=named)
    return sketch


def test_a_missing_column_is_found_at_the_prediction():
    [finding] = served(("age", "spend"), ("age",)).ask(ServingSchemaMismatch)
    assert finding.headline == ("`models/churn.joblib` is given other columns than it was trained on: `spend` missing.")
    assert str(finding.locations[0]) == "api.py:9"
    assert [step.edge for step in finding.path] == ["", "TRAINS_ON", "PERSISTS", "LOADS", "PREDICTS"]
    assert finding.severity == "high"


def test_another_order_is_silent_at_run_time_and_critical_for_lightgbm():
    [finding] = served(("age", "spend"), ("spend", "age"), library="lightgbm.LGBMClassifier").ask(ServingSchemaMismatch)
    assert finding.severity == "critical"
    assert "matched by position" in finding.message


def test_bare_arrays_match_by_position_in_every_library():
    [finding] = served(("age", "spend"), ("spend", "age"), named=False).ask(ServingSchemaMismatch)
    assert finding.severity == "critical"


def test_equal_columns_stay_silent():
    assert served(("age", "spend"), ("age", "spend")).ask(ServingSchemaMismatch) == []


def test_unknown_columns_on_either_side_stay_silent():
    assert served(None, ("age",)).ask(ServingSchemaMismatch) == []
    assert served(("age",), None).ask(ServingSchemaMismatch) == []


def test_a_column_transformer_ignores_what_it_does_not_name():
    sketch = served(("id", "age", "spend"), ("spend", "age"), selects=("age", "spend"), composite="pipeline")
    assert sketch.ask(ServingSchemaMismatch) == []


def test_a_composite_may_choose_by_name_so_order_stays_silent():
    assert served(("age", "spend"), ("spend", "age"), composite="pipeline").ask(ServingSchemaMismatch) == []


def test_the_training_script_itself_stays_silent():
    assert served(("age", "spend"), ("age",), api="train.py").ask(ServingSchemaMismatch) == []


def test_an_artifact_of_which_one_training_fits_stays_silent():
    sketch = served(("age", "spend"), ("age",))
    sketch.edge("frame:Z", "model:small", "TRAINS_ON", "train_small.py:9", columns=("age",), named=True)
    sketch.edge("model:small", "artifact:models/churn.joblib", "PERSISTS", "train_small.py:10")
    assert sketch.ask(ServingSchemaMismatch) == []


def test_tests_stay_silent():
    sketch = served(("age", "spend"), ("age",))
    sketch.unit("api.py", "test")
    assert sketch.ask(ServingSchemaMismatch) == []


def test_a_method_that_several_callers_use_is_one_finding():
    sketch = served(("age", "spend"), ("age",))
    sketch.edge("model:loaded", "prediction:q", "PREDICTS", "api.py:9", columns=("age",), named=True)
    assert len(sketch.ask(ServingSchemaMismatch)) == 1
