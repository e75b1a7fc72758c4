from __future__ import annotations

from mldebt.rules.model import Finding, Settings
from mldebt_rules.reproducibility.uncontrolled_nondeterminism import UncontrolledNondeterminism
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(UncontrolledNondeterminism().check(building.graph(), Settings()))


def split(building: Building, at: str) -> Building:
    return building.edge("frame:all", "DERIVES", "frame:part", at, operation="part", random=True, seed="absent")


def forest(building: Building, file: str, artifact: str) -> Building:
    model = f"model:{file}"
    return (
        building.unit(file, ["train"])
        .node(
            model, f"{file}:4", stochastic=True, seed="absent", **{"class": "sklearn.ensemble.RandomForestClassifier"}
        )
        .edge("frame:part", "TRAINS_ON", model, f"{file}:5")
        .edge(model, "PERSISTS", artifact, f"{file}:6")
    )


def places(found: list[Finding]) -> list[list[str]]:
    return [[str(site) for site in finding.locations] for finding in found]


def test_a_split_that_two_models_share_is_told_once() -> None:
    building = split(Building().unit("prepare.py", ["prepare"]), "prepare.py:3")
    forest(forest(building, "churn.py", "artifact:churn.pkl"), "value.py", "artifact:value.pkl")
    assert places(findings(building)) == [["churn.py:4", "prepare.py:3"], ["value.py:4"]]


def test_a_model_whose_draws_are_all_told_is_named_with_them() -> None:
    building = split(Building().unit("prepare.py", ["prepare"]), "prepare.py:3")
    forest(building, "churn.py", "artifact:churn.pkl").edge("model:churn.py", "PERSISTS", "artifact:copy.pkl", "b.py:6")
    building.unit("b.py", ["train"])
    (finding,) = findings(building)
    assert finding.message.startswith("`churn.pkl` and `copy.pkl` come out differently on every run")


def test_programs_of_different_folders_store_different_models_in_their_containers() -> None:
    building = Building()
    for file in ("churn/train.py", "value/train.py"):
        forest(building, file, "artifact:/opt/ml/model/model.joblib")
    found = findings(building)
    assert places(found) == [["churn/train.py:4"], ["value/train.py:4"]]
    assert found[0].message.startswith("`/opt/ml/model/model.joblib` of churn/train.py comes out differently")
    assert len({finding.subject for finding in found}) == 2


def test_a_run_that_tests_start_is_no_model_of_its_own() -> None:
    building = Building().unit("tests/test_train.py", ["test"])
    forest(building, "train.py", "artifact:mlflow://runs/tests/test_train.py")
    assert findings(building) == []


def test_a_figure_of_draws_that_are_told_is_silent() -> None:
    building = forest(
        split(Building().unit("prepare.py", ["prepare"]), "prepare.py:3"), "churn.py", "artifact:churn.pkl"
    )
    building.unit("measure.py", ["eval"]).edge("frame:part", "TRAINS_ON", "model:measured", "measure.py:4")
    building.edge("frame:part", "EVALUATES_ON", "model:measured", "measure.py:5")
    assert places(findings(building)) == [["churn.py:4", "prepare.py:3"]]


def test_a_model_that_autolog_keeps_is_told_by_the_file_that_logs_it() -> None:
    building = Building()
    forest(building, "train.py", "artifact:mlflow://runs/train.py")
    [found] = findings(building)
    assert found.message.startswith("The model that `train.py` logs in MLflow comes out differently on every run")
