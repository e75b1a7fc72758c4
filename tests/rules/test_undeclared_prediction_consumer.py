from __future__ import annotations

from mldebt.rules.model import Finding, Settings
from mldebt_rules.boundaries.undeclared_prediction_consumer import UndeclaredPredictionConsumer
from tests.rules.building import Building


def findings(building: Building, *consumers: dict[str, object]) -> list[Finding]:
    return list(UndeclaredPredictionConsumer().check(building.graph(), Settings(consumers)))


def published(reader: str = "pricing/discounts.py") -> Building:
    """scoring/score.py writes scores.parquet, a file of another owner reads it."""
    return (
        Building()
        .unit("scoring/score.py", ["score"], production=True, owner="scoring")
        .unit(reader, ["score"], owner="pricing")
        .edge("model:m", "PREDICTS", "prediction:p", "scoring/score.py:6")
        .edge("prediction:p", "DERIVES", "frame:out", "scoring/score.py:7", operation="assign")
        .edge("frame:out", "WRITES", "dataset:scores.parquet", "scoring/score.py:8")
        .column("dataset:scores.parquet", "score", ("prediction:p", "prediction"))
        .edge("dataset:scores.parquet", "READS", "frame:scores", f"{reader}:4")
        .use("dataset:scores.parquet", "score", "filter", f"{reader}:9")
    )


def test_a_reader_of_another_owner_is_found_where_it_reads() -> None:
    (finding,) = findings(published())
    assert finding.headline == (
        "pricing reads the predictions in `scores.parquet` without being declared as a consumer."
    )
    assert [str(location) for location in finding.locations] == ["pricing/discounts.py:4", "scoring/score.py:8"]
    assert (finding.evidence, finding.subject) == ("certain", ("dataset:scores.parquet",))
    assert "(`score`: filters by it)" in finding.message
    assert 'consumer = "pricing/discounts.py"' in finding.help


def test_owners_that_only_a_folder_tells_apart_are_silent() -> None:
    building = published().unit("pricing/discounts.py", ["score"], owner="pricing", owner_evidence="guessed")
    assert findings(building) == []


def test_an_experiment_in_a_folder_of_its_own_publishes_nothing() -> None:
    building = (
        published()
        .unit("scoring/score.py", ["train"], owner="growth", owner_evidence="guessed")
        .unit("pricing/discounts.py", owner="pricing", owner_evidence="guessed")
    )
    assert findings(building) == []


def test_folders_named_after_parts_of_a_system_say_nothing_about_owners() -> None:
    building = published("dags/retrain.py").unit("dags/retrain.py", ["train"], owner="dags", owner_evidence="guessed")
    assert findings(building) == []


def test_a_declared_consumer_is_silent_by_file_folder_or_owner() -> None:
    for said in ("pricing/discounts.py", "pricing", "pricing/*.py"):
        assert findings(published(), {"dataset": "scores.parquet", "consumer": said}) == []
    assert findings(published(), {"dataset": "scores.*", "consumer": "discounts", "owner": "pricing"}) == []


def test_a_declaration_of_somebody_else_does_not_help() -> None:
    assert len(findings(published(), {"dataset": "scores.parquet", "consumer": "marketing"})) == 1
    assert len(findings(published(), {"dataset": "other.parquet", "consumer": "pricing"})) == 1


def test_a_consumer_that_a_manifest_declares_is_silent() -> None:
    building = (
        published()
        .node("consumer:pricing", declared=True)
        .edge("dataset:scores.parquet", "CONSUMES", "consumer:pricing", "exposures.yml:3", "declared")
    )
    assert findings(building) == []


def test_one_owner_or_no_known_owner_is_silent() -> None:
    assert findings(published().unit("pricing/discounts.py", ["score"], owner="scoring")) == []
    assert findings(published().unit("pricing/discounts.py", ["score"])) == []


def test_tests_and_notebooks_that_nobody_runs_are_silent() -> None:
    assert findings(published().unit("pricing/discounts.py", ["test"], owner="pricing")) == []
    assert findings(published("x.ipynb").unit("x.ipynb", ["explore"], kind="notebook", owner="pricing")) == []


def test_who_asks_for_other_columns_only_is_no_consumer() -> None:
    building = (
        Building()
        .unit("a/score.py", ["score"], owner="a")
        .unit("b/report.py", ["ops"], owner="b")
        .edge("model:m", "PREDICTS", "prediction:p", "a/score.py:6")
        .edge("prediction:p", "WRITES", "dataset:t.parquet", "a/score.py:8")
        .column("dataset:t.parquet", "score", ("prediction:p", "prediction"))
        .edge("dataset:t.parquet", "READS", "frame:x", "b/report.py:4", columns=("user_id",))
    )
    assert findings(building) == []


def test_metrics_of_a_model_are_no_published_predictions() -> None:
    building = (
        Building()
        .unit("a/score.py", ["eval"], owner="a")
        .unit("b/report.py", ["ops"], owner="b")
        .edge("model:m", "PREDICTS", "prediction:p", "a/score.py:6")
        .edge("prediction:p", "WRITES", "dataset:metrics.json", "a/score.py:8")
        .edge("dataset:metrics.json", "READS", "frame:x", "b/report.py:4")
    )
    assert findings(building) == []
