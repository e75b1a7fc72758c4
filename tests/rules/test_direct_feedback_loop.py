from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.graph.scan import scan
from mldebt.rules.model import Finding, Settings
from mldebt_rules.feedback.direct_feedback_loop import DirectFeedbackLoop
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(DirectFeedbackLoop().check(building.graph(), Settings()))


def scoring_and_training() -> Building:
    """score.py writes predictions to train.csv, train.py fits the model on train.csv and saves it again."""
    return (
        Building()
        .edge("artifact:models/churn.pkl", "LOADS", "model:score", "score.py:3")
        .edge("model:score", "PREDICTS", "prediction:p", "score.py:6")
        .edge("prediction:p", "DERIVES", "frame:scored", "score.py:7", operation="assign")
        .edge("frame:scored", "WRITES", "dataset:train.csv", "score.py:8", mode="replace")
        .edge("dataset:train.csv", "READS", "frame:df", "train.py:4")
        .edge("frame:df", "TRAINS_ON", "model:train", "train.py:9")
        .edge("frame:df", "LABELS", "model:train", "train.py:9")
        .edge("model:train", "PERSISTS", "artifact:models/churn.pkl", "train.py:10")
    )


def test_a_prediction_that_becomes_the_label_is_critical_and_certain() -> None:
    building = (
        scoring_and_training()
        .column("frame:scored", "label", ("prediction:p", "prediction"))
        .column("dataset:train.csv", "label", ("frame:scored", "label"))
        .use("dataset:train.csv", "label", "label", "train.py:9")
        .use("dataset:train.csv", "age", "feature", "train.py:9")
    )
    (finding,) = findings(building)
    assert (finding.severity, finding.evidence) == ("critical", "certain")
    assert finding.headline == (
        "The predictions of `models/churn.pkl` come back as its own training labels through `train.csv` (`label`)."
    )
    assert [str(location) for location in finding.locations] == [
        "train.py:4",
        "score.py:6",
        "score.py:8",
        "train.py:10",
    ]


def test_of_columns_that_are_not_known_the_loop_is_a_guess() -> None:
    (finding,) = findings(scoring_and_training())
    assert (finding.severity, finding.evidence) == ("high", "heuristic")


def test_the_path_runs_once_around_the_loop() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "label", ("prediction:p", "prediction"))
        .use("dataset:train.csv", "label", "label", "train.py:9")
    )
    (finding,) = findings(building)
    assert [step.node for step in finding.path] == [
        "model:score", "prediction:p", "frame:scored", "dataset:train.csv", "frame:df", "model:train",
        "artifact:models/churn.pkl", "model:score",
    ]  # fmt: skip
    assert "gives the label to" in finding.path[5].note


def test_a_prediction_that_becomes_a_feature_through_a_derived_column_is_high() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "score", ("prediction:p", "prediction"))
        .column("frame:df", "last_score", ("dataset:train.csv", "score"))
        .use("frame:df", "last_score", "feature", "train.py:9")
    )
    (finding,) = findings(building)
    assert (finding.severity, finding.properties["loop"]) == ("high", "feature")


def test_a_column_that_is_only_known_by_its_name_makes_it_likely() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "churned", ("prediction:p", "prediction"))
        .edge("frame:y", "LABELS", "model:train", "train.py:9", columns=("churned",))
    )
    (finding,) = findings(building)
    assert (finding.properties["loop"], finding.evidence) == ("label", "likely")


def test_only_other_columns_of_a_table_that_the_model_fills_is_a_likely_selection_loop() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "score", ("prediction:p", "prediction"))
        .use("dataset:train.csv", "age", "feature", "train.py:9")
    )
    (finding,) = findings(building)
    assert (finding.properties["loop"], finding.evidence, finding.severity) == ("selection", "likely", "medium")


def test_a_table_with_rows_from_elsewhere_is_no_selection_loop() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "score", ("prediction:p", "prediction"))
        .use("dataset:train.csv", "age", "feature", "train.py:9")
        .edge("frame:orders", "WRITES", "dataset:train.csv", "ingest.py:5", mode="append")
    )
    assert findings(building) == []


def test_a_table_that_is_only_evaluated_on_is_silent() -> None:
    building = (
        Building()
        .edge("artifact:m.pkl", "LOADS", "model:score", "score.py:3")
        .edge("model:score", "PREDICTS", "prediction:p", "score.py:6")
        .edge("prediction:p", "WRITES", "dataset:scores.csv", "score.py:7")
        .edge("dataset:scores.csv", "READS", "frame:df", "monitor.py:2")
        .edge("frame:df", "EVALUATES_ON", "model:score", "monitor.py:4")
        .edge("dataset:train.csv", "READS", "frame:x", "train.py:2")
        .edge("frame:x", "TRAINS_ON", "model:train", "train.py:3")
        .edge("model:train", "PERSISTS", "artifact:m.pkl", "train.py:4")
    )
    assert findings(building) == []


def test_another_model_in_between_makes_it_another_rules_business() -> None:
    building = (
        scoring_and_training()
        .edge("dataset:other.csv", "READS", "frame:df2", "train.py:5")
        .edge("frame:df2", "TRAINS_ON", "model:other", "train.py:12")
        .edge("model:other", "PERSISTS", "artifact:models/other.pkl", "train.py:13")
        .column("dataset:train.csv", "label", ("prediction:p", "prediction"))
        .use("dataset:train.csv", "label", "label", "train.py:9")
    )
    assert [finding.subject for finding in findings(building)] == [("artifact:models/churn.pkl", "dataset:train.csv")]


def test_predictions_that_train_the_model_in_memory_are_no_loop() -> None:
    building = (
        Building()
        .edge("model:m", "PREDICTS", "prediction:p", "a.py:3")
        .edge("prediction:p", "DERIVES", "frame:more", "a.py:4")
        .edge("frame:more", "TRAINS_ON", "model:m", "a.py:5")
    )
    assert findings(building) == []


def test_capped_self_training_with_an_anchor_is_silent() -> None:
    building = (
        scoring_and_training()
        .column("dataset:train.csv", "label", ("prediction:p", "prediction"))
        .use("dataset:train.csv", "label", "label", "train.py:9")
        .edge("dataset:human.csv", "READS", "frame:human", "train.py:12")
        .edge("frame:human", "EVALUATES_ON", "model:train", "train.py:13")
    )
    assert len(findings(building)) == 1
    capped = Building()
    capped.__dict__.update(building.__dict__)
    capped._edges = [
        edge if edge.target != "frame:scored" else type(edge)(
            edge.source, edge.target, edge.kind, edge.evidence, edge.sites, {"operation": "sample"}
        )
        for edge in building._edges
    ]  # fmt: skip
    assert findings(capped) == []


def test_the_fingerprint_outlives_moved_lines() -> None:
    def made(line: int) -> str:
        building = scoring_and_training().edge("frame:df", "TRAINS_ON", "model:train", f"train.py:{line}")
        return findings(building)[0].fingerprint

    assert made(20) == made(30)


LABELLED = """\
import json
import os

import joblib

model = joblib.load("model.joblib")


def label(text):
    prediction = model.predict([text])[0]
    return "good" if prediction == 1 else "bad"


def save(belief, feedback=None, **more):
{begun}
    entry = {"belief": belief, "result": feedback or label(belief)}
    entry.update(more)
    records.append(entry)
    with open("feedback.json", "w") as file:
        json.dump(records, file)


save(input())
"""
LEARNED = """\
import json

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

with open("feedback.json") as file:
    table = pd.DataFrame(json.load(file))
table = table[table["source"] == "web"]
joblib.dump(LogisticRegression().fit(table[["belief"]], table["result"]), "model.joblib")
"""
BEGUN = {
    "anew": "    records = []",
    "where there was none": """\
    records = []
    if os.path.exists("feedback.json"):
        with open("feedback.json") as file:
            records = json.load(file)""",
    "with what there was": """\
    with open("feedback.json") as file:
        records = json.load(file)""",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_what_is_put_into_a_list_of_records_has_their_names(tmp_path: Path, begun: str) -> None:
    (tmp_path / "label.py").write_text(LABELLED.replace("{begun}", begun), encoding="utf-8")
    (tmp_path / "learn.py").write_text(LEARNED, encoding="utf-8")
    graph = scan(tmp_path, use_cache=False).graph
    (finding,) = DirectFeedbackLoop().check(graph, Settings())
    assert finding.headline == (
        "The predictions of `model.joblib` come back as its own training labels through `feedback.json` (`result`)."
    )
