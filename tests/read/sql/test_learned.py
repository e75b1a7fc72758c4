"""Models that a database learns and asks itself."""

from __future__ import annotations

import pytest

from mldebt.read.facts import SqlStatement
from mldebt.read.sql import read_sql


def only(text: str) -> SqlStatement:
    (statement,) = read_sql(text)
    return statement


BIGQUERY = "OPTIONS(model_type='logistic_reg', input_label_cols=['y']) AS SELECT a, y FROM s.t"


@pytest.mark.parametrize(
    "text",
    [
        f"CREATE MODEL s.m {BIGQUERY}",
        f"create or replace model `s.m` {BIGQUERY}",
        f"CREATE MODEL IF NOT EXISTS s.m TRANSFORM(ML.STANDARD_SCALER(a) OVER() AS a, y) {BIGQUERY}",
        "CREATE MODEL s.m FROM (SELECT a, y FROM s.t) TARGET y FUNCTION f IAM_ROLE 'r' SETTINGS (S3_BUCKET 'b')",
        "CREATE MODEL s.m OPTIONS(time_series_data_col='y') AS (training_data AS (SELECT a, y FROM s.t))",
    ],
)
def test_a_model_learns_from_a_query(text: str) -> None:
    statement = only(text)
    assert (statement.kind, statement.model, statement.labels) == ("create_model", "s.m", ("y",))
    assert statement.reads == ("s.t",)
    assert [output.name for output in statement.outputs] == ["a", "y"]
    assert not statement.target
    assert not statement.incomplete


def test_the_kind_of_a_model_is_kept() -> None:
    assert only(f"CREATE MODEL s.m {BIGQUERY}").model_kind == "logistic_reg"


def test_a_redshift_model_learns_from_a_table() -> None:
    assert only("CREATE MODEL m FROM s.t TARGET y FUNCTION f").reads == ("s.t",)


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        ("ML.PREDICT(MODEL s.m, (SELECT * FROM s.new))", ("s.new",)),
        ("ML.PREDICT(MODEL `s.m`, TABLE s.new)", ("s.new",)),
        ("ML.PREDICT(MODEL s.m, (SELECT * FROM s.new WHERE t = ')'), STRUCT(0.5 AS threshold))", ("s.new",)),
        ("ML.FORECAST(MODEL s.m, STRUCT(30 AS horizon))", ()),
    ],
)
def test_a_model_is_asked_about_a_query(asked: str, reads: tuple[str, ...]) -> None:
    statement = only(f"CREATE TABLE s.scores AS SELECT id, predicted_y FROM {asked}")
    assert (statement.kind, statement.target, statement.asked) == ("create_table", "s.scores", ("s.m",))
    assert statement.reads == reads
    assert ("s.new", "predicted_y", "value") not in statement.uses


def test_what_only_judges_a_model_asks_for_no_prediction() -> None:
    statement = only("SELECT * FROM ML.EVALUATE(MODEL s.m, (SELECT * FROM s.t))")
    assert (statement.asked, statement.reads) == ((), ("s.t",))


@pytest.mark.parametrize("text", ["SELECT model FROM cars", "CREATE TABLE model (a INT)", "SELECT ML.PREDICT(MODEL m"])
def test_a_word_is_no_model(text: str) -> None:
    assert not any(statement.model for statement in read_sql(text))
