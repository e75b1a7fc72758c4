from mldebt_rules.reproducibility.uncontrolled_nondeterminism import UncontrolledNondeterminism
from tests.rules.sketch import Sketch

FOREST = {"class": "sklearn.ensemble.RandomForestClassifier", "stochastic": True}


def trained(seed="absent", split_seed="absent", *, stored=True, **model):
    sketch = Sketch()
    sketch.node("model:clf", "train.py:8", **{**FOREST, "seed": seed, **model})
    sketch.edge("dataset:data.csv", "frame:df", "READS", "train.py:3")
    for part in ("train", "test"):
        sketch.edge(
            "frame:df", f"frame:{part}", "DERIVES", "train.py:6", operation="part", random=True, seed=split_seed
        )
    sketch.edge("frame:train", "model:clf", "TRAINS_ON", "train.py:9")
    if stored:
        sketch.edge("model:clf", "artifact:models/churn.joblib", "PERSISTS", "train.py:12")
    return sketch


def test_one_finding_for_an_artifact_lists_every_unseeded_call():
    [finding] = trained().ask(UncontrolledNondeterminism)
    assert finding.headline == ("models/churn.joblib comes out differently on every run: 2 random steps have no seed.")
    assert [str(site) for site in finding.locations] == ["train.py:6", "train.py:8"]
    assert "The train/test split at train.py:6; RandomForestClassifier() at train.py:8." in finding.message
    assert finding.subject == ("artifact:models/churn.joblib",)
    assert [step.edge for step in finding.path] == ["", "TRAINS_ON", "PERSISTS"]


def test_the_help_seeds_every_call_that_draws():
    [finding] = trained().ask(UncontrolledNondeterminism)
    assert "train_test_split(..., random_state=SEED), RandomForestClassifier(..., random_state=SEED)" in finding.help


def test_fixed_global_and_unknown_seeds_stay_silent():
    for seed in ("fixed", "global", "unknown"):
        assert trained(seed, seed).ask(UncontrolledNondeterminism) == []


def test_a_deterministic_estimator_stays_silent():
    assert trained(split_seed="fixed", stochastic=False).ask(UncontrolledNondeterminism) == []


def test_a_draw_in_an_earlier_job_counts():
    sketch = Sketch()
    sketch.edge("frame:all", "frame:some", "DERIVES", "prepare.py:4", operation="sample", random=True, seed="absent")
    sketch.edge("frame:some", "dataset:train.csv", "WRITES", "prepare.py:5")
    sketch.edge("dataset:train.csv", "frame:train", "READS", "train.py:3")
    sketch.edge("frame:train", "model:clf", "TRAINS_ON", "train.py:9")
    sketch.edge("model:clf", "artifact:m.joblib", "PERSISTS", "train.py:12")
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert [str(site) for site in finding.locations] == ["prepare.py:4"]


def test_random_numbers_that_choose_the_training_rows_count():
    sketch = trained("fixed", "fixed")
    sketch.node("frame:mask", "train.py:5", random=True, seed="absent")
    sketch.edge("frame:mask", "frame:train", "DERIVES", "train.py:6", operation="filter", indirect=True)
    sketch.edge("frame:df", "frame:train", "DERIVES", "train.py:6", operation="part", random=True, seed="absent")
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert [str(site) for site in finding.locations] == ["train.py:5"]


def test_an_artifact_whose_draws_are_all_behind_another_joins_its_finding():
    sketch = trained()
    sketch.node("model:scaler", "train.py:7", stochastic=False)
    sketch.edge("frame:train", "model:scaler", "FITS", "train.py:7")
    sketch.edge("model:scaler", "artifact:models/scaler.joblib", "PERSISTS", "train.py:11")
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert "`models/churn.joblib` and `models/scaler.joblib` come out" in finding.headline


def test_an_own_network_takes_its_seed_from_its_library():
    sketch = trained(split_seed="fixed")
    sketch.node("model:clf", "train.py:8", **{"class": "Net", "base": "torch.nn.Module", **FOREST_LIKE})
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert "call torch.manual_seed(SEED) before the network is built" in finding.help


def test_the_unseeded_part_of_a_composite_is_named_instead_of_the_whole():
    sketch = trained(split_seed="fixed")
    sketch.node("model:search", "train.py:10", **{"class": "sklearn.model_selection.GridSearchCV", **FOREST_LIKE})
    sketch.edge("model:clf", "model:search", "DERIVES", "train.py:10", operation="step")
    sketch.edge("model:search", "artifact:models/churn.joblib", "PERSISTS", "train.py:12")
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert [str(site) for site in finding.locations] == ["train.py:8"]


FOREST_LIKE = {"stochastic": True, "seed": "absent"}


def test_tests_examples_and_notebooks_that_nothing_runs_stay_silent():
    for role, kind in (("test", "script"), ("example", "script"), ("train", "notebook")):
        sketch = trained()
        sketch.unit("train.py", role, kind=kind)
        assert sketch.ask(UncontrolledNondeterminism) == []


def test_a_notebooks_model_that_a_service_loads_counts():
    sketch = trained()
    sketch.unit("train.py", "train", kind="notebook")
    sketch.edge("artifact:models/churn.joblib", "model:loaded", "LOADS", "api.py:3")
    assert len(sketch.ask(UncontrolledNondeterminism)) == 1


def measured(*roles, kind="script"):
    sketch = trained(stored=False)
    sketch.unit("train.py", *roles, kind=kind)
    sketch.edge("model:clf", "prediction:p", "PREDICTS", "train.py:10")
    sketch.edge("frame:y", "prediction:p", "EVALUATES_ON", "train.py:11", operation="metric")
    return sketch


def test_a_reported_metric_without_an_artifact_counts_for_its_unit():
    [finding] = measured("train").ask(UncontrolledNondeterminism)
    assert finding.headline.startswith("The figures that train.py reports come out differently on every run")


def test_figures_that_hang_on_the_draws_of_a_stored_model_are_no_second_finding():
    sketch = measured("train")
    sketch.edge("model:clf", "model:best", "DERIVES", "train.py:12", operation="unknown")
    sketch.edge("model:best", "artifact:models/best.joblib", "PERSISTS", "train.py:13")
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert finding.subject == ("artifact:models/best.joblib",)


def test_a_metric_of_an_exploration_stays_silent():
    assert measured("train", "eval", kind="notebook").ask(UncontrolledNondeterminism) == []


def test_a_network_takes_its_seed_from_its_library():
    sketch = trained(split_seed="fixed", **{"class": "tensorflow.keras.layers.LSTM"})
    [finding] = sketch.ask(UncontrolledNondeterminism)
    assert "`LSTM` starts from random weights that have no seed" in finding.headline
    assert "tf.keras.utils.set_random_seed(SEED)" in finding.help
    assert "random_state" not in finding.help
