import pytest

from mldebt.evaluate.sql_texts import SqlTexts
from tests.evaluate.small import GraphOf


@pytest.mark.parametrize("end", [") AS part", ") part", "\n) as part;"])
def test_a_query_in_the_place_of_a_table_is_read_as_one(end: str) -> None:
    (statement,) = SqlTexts().statements(f"\n(\n  SELECT a FROM trips WHERE at > '2024' AND (b = 1){end}")
    assert statement.reads == ("trips",)
    assert {(name, use) for _, name, use in statement.uses} >= {("at", "filter"), ("b", "filter")}


def test_two_queries_in_brackets_are_not_one_in_brackets() -> None:
    (statement,) = SqlTexts().statements("(SELECT a FROM one) UNION ALL (SELECT a FROM two) last")
    assert set(statement.reads) == {"one", "two"}


LEARN = "CREATE OR REPLACE MODEL shop.churn OPTIONS(input_label_cols=['left']) AS SELECT age, `left` FROM shop.history"
ASK = (
    "CREATE OR REPLACE TABLE shop.scores AS SELECT id, predicted_left FROM ML.PREDICT(MODEL shop.churn, TABLE shop.now)"
)


@pytest.mark.parametrize(
    "files",
    [
        {"learn.sql": LEARN, "ask.sql": ASK},
        {
            "learn.py": f'from google.cloud import bigquery\nbigquery.Client().query("""{LEARN}""").result()\n',
            "ask.py": f'from google.cloud import bigquery\nbigquery.Client().query("""{ASK}""").result()\n',
        },
        {"learn.sql": LEARN, "ask.py": f'from google.cloud import bigquery\nbigquery.Client().query("""{ASK}""")\n'},
    ],
)
def test_a_database_learns_a_model_and_asks_it(files: dict[str, str | bytes], graph_of: GraphOf) -> None:
    seen = graph_of(files)
    names = {node.name.removeprefix("bigquery://"): node.name for node in seen.graph.of_kind("dataset")}
    assert seen.trained() == [("age",)]
    assert seen.flows(names["shop.history"], names["shop.scores"])
    assert seen.flows(names["shop.now"], names["shop.scores"])
    assert not seen.flows(names["shop.now"], "shop.churn")
    assert seen.use(names["shop.history"], "age") == {"feature"}
    assert seen.use(names["shop.history"], "left") == {"label"}
