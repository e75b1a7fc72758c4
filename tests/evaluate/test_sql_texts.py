import pytest

from mldebt.evaluate.sql_texts import SqlTexts


@pytest.mark.parametrize("end", [") AS part", ") part", "\n) as part;"])
def test_a_query_in_the_place_of_a_table_is_read_as_one(end: str) -> None:
    (statement,) = SqlTexts().statements(f"\n(\n  SELECT a FROM trips WHERE at > '2024' AND (b = 1){end}")
    assert statement.reads == ("trips",)
    assert {(name, use) for _, name, use in statement.uses} >= {("at", "filter"), ("b", "filter")}


def test_two_queries_in_brackets_are_not_one_in_brackets() -> None:
    (statement,) = SqlTexts().statements("(SELECT a FROM one) UNION ALL (SELECT a FROM two) last")
    assert set(statement.reads) == {"one", "two"}
