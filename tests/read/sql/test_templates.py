"""Templates inside SQL."""

from __future__ import annotations

import pytest

from mldebt.read.facts import SqlColumn, SqlStatement
from mldebt.read.sql import read_sql


def one(text: str) -> SqlStatement:
    (statement,) = read_sql(text)
    return statement


def test_dbt_models_name_their_references() -> None:
    statement = one(
        "{{ config(materialized='incremental', unique_key='id') }}\n"
        "{# a comment; with ' in it #}\n"
        "SELECT o.id, {{ cents('amount') }} AS amount\n"
        "FROM {{ ref('orders') }} o JOIN {{ source('raw', 'customers') }} c ON o.customer_id = c.id\n"
        "{% if is_incremental() %}\n"
        "WHERE o.ts > (SELECT max(ts) FROM {{ this }})\n"
        "{% else %}\n"
        "WHERE true\n"
        "{% endif %}"
    )
    assert statement.reads == ("orders", "raw.customers", "{this}")
    assert statement.line == 3
    assert statement.incomplete == ""


def test_reference_to_another_package_is_the_model() -> None:
    assert one("SELECT 1 FROM {{ ref('finance', 'orders') }}").reads == ("orders",)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("SELECT a FROM {table}", "{table}"),
        ("SELECT a FROM {schema}.{table}_{date}", "{schema}.{table}_{date}"),
        ("SELECT a FROM {cfg['table']} WHERE x = {y!r}", "{cfg['table']}"),
        ("SELECT {', '.join(names)} FROM {tables[0]}", "{tables[0]}"),
        ("SELECT a {f', {x} AS y' if z else ''} FROM t", "t"),
        ("CREATE TABLE x AS ({query})", "{query}"),
        ("SELECT a FROM {t} WHERE b < f('x'){more}", "{t}"),
        ("SELECT a FROM %s WHERE x = %s", "%s"),
        ("SELECT a FROM %(table)s", "%(table)s"),
        ("SELECT a FROM %schema.metric", "%schema.metric"),
        ("SELECT a FROM {{ var('source_table') }}", "{source_table}"),
        ("SELECT a FROM prefix_{{ env }}_x", "prefix_{env}_x"),
        ('SELECT a FROM "{schema}"."t"', "{schema}.t"),
        ("SELECT a FROM `{project}.d.t`", "{project}.d.t"),
        ("SELECT a FROM {table} {where} LIMIT {n}", "{table}"),
        ("SELECT a FROM {table} WHERE b = 1 {more}", "{table}"),
    ],
)
def test_hole_in_the_place_of_a_table_stays_as_written(text: str, table: str) -> None:
    statement = one(text)
    assert (statement.reads, statement.incomplete) == ((table,), "")


@pytest.mark.parametrize("place", ["%s", "%(a)s", ":a", "?", "{a}", "%a", "$1", "@a"])
def test_place_for_a_value_is_no_column(place: str) -> None:
    assert one(f"SELECT x FROM t WHERE y = {place}").uses == (("t", "x", "value"), ("t", "y", "filter"))


def test_hole_among_the_columns_says_that_columns_are_chosen_at_run_time() -> None:
    assert one("SELECT {columns} FROM t").outputs == (SqlColumn("{columns}", (("t", "{columns}"),)),)


def test_hole_inside_a_name_is_part_of_it() -> None:
    assert [column.name for column in one("SELECT count(*) AS n_%event_per_month FROM t").outputs] == [
        "n_%event_per_month"
    ]


def test_templates_inside_texts_do_no_harm() -> None:
    statement = one("SELECT a FROM t WHERE d >= '{start}' AND e LIKE '%%x%s' AND f = '%from_yyyy-mm-dd'::timestamp")
    assert statement.uses == (
        ("t", "a", "value"),
        ("t", "d", "filter"),
        ("t", "e", "filter"),
        ("t", "f", "filter"),
    )


def test_remainder_and_casts_are_no_templates() -> None:
    statement = one("SELECT a % 2 AS odd, b::int AS c FROM t")
    assert [(output.name, output.sources, output.transform) for output in statement.outputs] == [
        ("odd", (("t", "a"),), True),
        ("c", (("t", "b"),), True),
    ]


def test_holes_among_the_columns_of_a_new_table() -> None:
    assert one("CREATE TABLE {table} (a TEXT, {more} b INT, PRIMARY KEY (a))").columns == ("a", "b")


def test_insert_of_values_from_elsewhere() -> None:
    assert one("INSERT INTO {table} (a, b) VALUES %s").target == "{table}"
    assert one("INSERT INTO t VALUES (:a, :b)").target == "t"
