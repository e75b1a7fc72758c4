from __future__ import annotations

import pytest

from mldebt.rules.model import Finding, Settings
from mldebt_rules.boundaries.unversioned_prediction_output import UnversionedPredictionOutput
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(UnversionedPredictionOutput().check(building.graph(), Settings()))


def written(
    *columns: str, name: str = "scores.parquet", roles: tuple[str, ...] = ("score",), **attributes: object
) -> Building:
    return (
        Building()
        .unit("score.py", roles)
        .edge("model:m", "PREDICTS", "prediction:p", "score.py:6")
        .edge("prediction:p", "DERIVES", "frame:out", "score.py:7", operation="assign")
        .edge("frame:out", "WRITES", f"dataset:{name}", "score.py:8", columns=columns or None, **attributes)
        .column(f"dataset:{name}", "score", ("prediction:p", "prediction"))
        .edge(f"dataset:{name}", "READS", "frame:read", "call.py:2")
    )


def test_a_file_that_nothing_reads_is_for_whoever_had_it_written() -> None:
    def alone(**unit: object) -> Building:
        return (
            Building()
            .unit("score.py", ["score"], **unit)
            .edge("model:m", "PREDICTS", "prediction:p", "score.py:6")
            .edge("prediction:p", "WRITES", "dataset:out.csv", "score.py:8", columns=("id", "score"))
            .column("dataset:out.csv", "score", ("prediction:p", "prediction"))
        )

    assert findings(alone()) == []
    assert len(findings(alone(production=True))) == 1


def test_predictions_without_version_and_time_are_found_where_they_are_written() -> None:
    (finding,) = findings(written("user_id", "score"))
    assert finding.headline == "The predictions written to `scores.parquet` carry neither a model version nor a time."
    assert (str(finding.locations[0]), finding.evidence) == ("score.py:8", "certain")


@pytest.mark.parametrize("column", ["model_version", "scored_at", "ds", "predictionDate", "run_id", "modelName"])
def test_a_version_or_a_time_is_enough(column: str) -> None:
    assert findings(written("user_id", "score", column)) == []


def test_the_predicted_column_itself_is_no_version() -> None:
    building = (
        Building()
        .unit("score.py", ["score"])
        .edge("model:m", "PREDICTS", "prediction:p", "score.py:6")
        .edge("prediction:p", "WRITES", "dataset:out.csv", "score.py:8", columns=("id", "model_score"))
        .edge("dataset:out.csv", "READS", "frame:read", "call.py:2")
        .column("dataset:out.csv", "model_score", ("prediction:p", "prediction"))
    )
    assert len(findings(building)) == 1


def test_a_date_or_a_hole_in_the_name_is_enough() -> None:
    assert findings(written("user_id", "score", name="scores/{day}.parquet")) == []
    assert findings(written("user_id", "score", name="scores/2024-05-01.parquet")) == []
    assert findings(written("user_id", "score", partition=True)) == []


def test_a_time_that_the_table_fills_in_itself_is_enough() -> None:
    assert findings(written("user_id", "score").column("dataset:scores.parquet", "created_at")) == []


def test_columns_that_are_not_all_known_are_silent() -> None:
    assert findings(written()) == []


def test_evaluation_tables_are_silent() -> None:
    on_test_part = written("user_id", "score").rows("prediction:p", "part", split="s", part="test")
    assert findings(on_test_part) == []
    beside_label = written("user_id", "score", "churned").edge(
        "frame:y", "LABELS", "model:m", "train.py:3", columns=("churned",)
    ).edge("frame:x", "TRAINS_ON", "model:m", "train.py:3")  # fmt: skip
    assert findings(beside_label) == []


def test_a_table_of_figures_for_people_holds_no_predictions() -> None:
    def made(*columns: str) -> Building:
        building = written(*columns)
        for column in columns:
            building = building.column("dataset:scores.parquet", column, ("prediction:p", "prediction"))
        return building

    assert findings(made("F1 score", "AP withdrawn", "Balanced accuracy", "False negatives", "score")) == []
    assert len(findings(made("chance", "rank", "absolute error"))) == 1


def test_a_prediction_that_is_called_like_the_label_is_no_evaluation() -> None:
    building = (
        written("user_id", "score")
        .edge("frame:y", "LABELS", "model:m", "train.py:3", columns=("score",))
        .edge("frame:x", "TRAINS_ON", "model:m", "train.py:3")
    )
    assert len(findings(building)) == 1


def test_code_that_neither_scores_nor_serves_is_silent() -> None:
    for roles in (("train",), ("explore",), ("test",), ()):
        assert findings(written("user_id", "score", roles=roles)) == []


def test_a_submission_is_silent() -> None:
    assert findings(written("id", "score", name="submission.csv")) == []
