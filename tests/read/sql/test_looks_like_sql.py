"""SQL or prose."""

from __future__ import annotations

import pytest

from mldebt.read.sql import looks_like_sql


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t",
        "select a, b from {table} where x = %s",
        "\n  -- comment\n  SELECT count(*)\n  FROM t",
        "SELECT 1",
        "SELECT now()",
        "(SELECT a FROM b) UNION (SELECT c FROM d)",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "INSERT INTO t VALUES (1)",
        "REPLACE INTO t VALUES (1)",
        "UPDATE t SET a = 1",
        "DELETE FROM t WHERE a = 1",
        "MERGE INTO t USING s ON t.a = s.a",
        "CREATE TABLE IF NOT EXISTS t (a int)",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 1",
        "DROP TABLE IF EXISTS t",
        "TRUNCATE TABLE t",
        "COPY t FROM '/x.csv'",
        "{{ config(materialized='table') }} select * from {{ ref('x') }}",
        "select a from b",
        "SELECT DISTINCT the_date FROM {{ ref('x') }}",
    ],
)
def test_sql(text: str) -> None:
    assert looks_like_sql(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders",
        "Select a file from the list",
        "select the best model from all candidates",
        "Selected 5 rows from the table",
        "With great power comes responsibility",
        "Update the model and set its version",
        "Delete everything",
        "Create a table of results",
        "Create table format from dictionary representation",
        "Truncate every set that the project may have written to",
        "Drop the column",
        "Copy the file to the bucket",
        "Insert coin",
        "Replace missing values into zero",
        "selectors",
        "withdraw",
    ],
)
def test_prose(text: str) -> None:
    assert not looks_like_sql(text)
