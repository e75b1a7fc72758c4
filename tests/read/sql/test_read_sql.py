"""What a SQL statement reads, writes and uses."""

from __future__ import annotations

import pytest

from mldebt.read.facts import OUTPUT, SqlColumn, SqlStatement
from mldebt.read.sql import read_sql
from mldebt.terms import Term, column
from mldebt.terms.term import packed


def one(text: str, **options: object) -> SqlStatement:
    (statement,) = read_sql(text, **options)  # type: ignore[arg-type]
    return statement


def names(statement: SqlStatement) -> list[str]:
    return [column.name for column in statement.outputs]


def test_select_tells_tables_columns_and_what_they_are_used_for() -> None:
    statement = one(
        """
        SELECT o.id, sum(o.amount) AS total
        FROM shop.orders o JOIN customers AS c ON o.customer_id = c.id
        WHERE c.country = 'DE' AND o.amount > 0
        GROUP BY o.id HAVING sum(o.amount) > 10
        ORDER BY o.created
        """
    )
    assert statement.kind == "select"
    assert statement.reads == ("shop.orders", "customers")
    amount, country = ("column", (), (("name", "amount"),)), ("column", (), (("name", "country"),))
    german = ("eq", (country, ("const", (), (("value", '"DE"'),))), ())
    paid = ("lt", (("const", (), (("value", "0"),)), amount), ())
    kept = ("filter", (amount, ("and", (paid, german), ())), ())
    assert statement.outputs == (
        SqlColumn("id", (("shop.orders", "id"),)),
        SqlColumn(
            "total",
            (("shop.orders", "amount"),),
            transform=True,
            term=("over", (("sum", (kept,), ()),), (("by", '["id"]'),)),
        ),
    )
    assert statement.uses == (
        ("customers", "country", "filter"),
        ("customers", "id", "key"),
        ("shop.orders", "amount", "filter"),
        ("shop.orders", "amount", "value"),
        ("shop.orders", "created", "order"),
        ("shop.orders", "customer_id", "key"),
        ("shop.orders", "id", "key"),
        ("shop.orders", "id", "value"),
    )


def test_common_table_expressions_are_no_tables_and_columns_are_followed_through_them() -> None:
    statement = one(
        "WITH recent AS (SELECT user_id AS u, max(ts) AS last FROM events GROUP BY 1),"
        "     named AS (SELECT * FROM recent)"
        " SELECT u, last FROM named WHERE last > 5"
    )
    latest = Term("over", (Term("max", (column("ts"),)),), (("by", '["user_id"]'),))
    assert statement.reads == ("events",)
    assert statement.outputs == (
        SqlColumn("u", (("events", "user_id"),)),
        SqlColumn("last", (("events", "ts"),), transform=True, term=packed(latest)),
    )
    assert ("events", "ts", "filter") in statement.uses
    assert ("events", "user_id", "key") in statement.uses


def test_common_table_may_carry_the_name_of_the_table_that_it_reads() -> None:
    statement = one("WITH orders AS (SELECT * FROM orders WHERE paid) SELECT id FROM orders")
    assert statement.reads == ("orders",)
    assert statement.outputs == (SqlColumn("id", (("orders", "id"),)),)


def test_recursion_ends() -> None:
    statement = one(
        "WITH RECURSIVE r AS (SELECT id FROM staff UNION ALL SELECT s.id FROM staff s JOIN r ON s.boss = r.id)"
        " SELECT id FROM r"
    )
    assert statement.reads == ("staff",)


def test_union_has_the_names_of_its_left_side_and_the_sources_of_both() -> None:
    statement = one("SELECT a AS x FROM t UNION ALL SELECT b FROM u")
    assert statement.outputs == (SqlColumn("x", (("t", "a"), ("u", "b"))),)
    assert statement.reads == ("t", "u")


def test_star_keeps_its_table() -> None:
    statement = one("SELECT o.*, c.name FROM orders o JOIN customers c USING (customer_id)")
    assert statement.outputs == (
        SqlColumn("*", (("orders", "*"),)),
        SqlColumn("name", (("customers", "name"),)),
    )
    assert ("orders", "customer_id", "key") in statement.uses
    assert ("customers", "customer_id", "key") in statement.uses


def test_unqualified_column_of_several_tables_is_ambiguous() -> None:
    assert one("SELECT a FROM t, u").outputs == (SqlColumn("a", (("", "a"),)),)


def test_unqualified_column_belongs_to_the_table_where_the_other_source_is_known_not_to_have_it() -> None:
    statement = one("WITH d AS (SELECT now() AS today) SELECT account_id, today FROM event JOIN d ON ts < today")
    assert statement.outputs == (
        SqlColumn("account_id", (("event", "account_id"),)),
        SqlColumn("today", (), transform=True, term=("now", (), (("tz", '"UTC"'),))),
    )


def test_sub_query_in_a_condition_filters() -> None:
    statement = one("SELECT a FROM t WHERE id IN (SELECT t_id FROM blocked)")
    assert ("blocked", "t_id", "filter") in statement.uses
    assert statement.reads == ("t", "blocked")


def test_windows_have_keys_and_an_order() -> None:
    statement = one("SELECT row_number() OVER (PARTITION BY u ORDER BY ts) AS n FROM t")
    assert ("t", "u", "key") in statement.uses
    assert ("t", "ts", "order") in statement.uses


def test_table_functions_are_no_tables() -> None:
    statement = one("SELECT i::date AS day, v FROM t CROSS JOIN generate_series('a', 'b', '7 day'::interval) i")
    assert statement.reads == ("t",)
    assert statement.outputs == (SqlColumn("day", (), transform=True), SqlColumn("v", (("t", "v"),)))


def test_files_are_read_where_the_dialect_reads_them() -> None:
    assert one("SELECT x FROM read_parquet('s3://bucket/k.parquet')").reads == ("s3://bucket/k.parquet",)
    assert one("SELECT x FROM read_csv('${train_path}')").reads == ("{train_path}",)


def test_computed_parts_of_a_file_name_are_holes() -> None:
    assert one("SELECT x FROM read_csv(coalesce(getvariable('dir'), '.') || '/a.csv')").reads == ("{dir}/a.csv",)
    assert one("SELECT x FROM read_parquet(concat(folder, '/', 'a.parquet'))").reads == ("{folder}/a.parquet",)
    assert one("SELECT x FROM read_csv({folder} || '/a.csv')").reads == ("{folder}/a.csv",)
    assert one("SELECT x FROM read_csv(getvariable('file'))").reads == ()


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("INSERT INTO scores (id, score) SELECT id, p FROM predictions", "append"),
        ("INSERT OVERWRITE TABLE scores SELECT id, p FROM predictions", "replace"),
        ("INSERT OR REPLACE INTO scores (id, score) SELECT id, p FROM predictions", "merge"),
        ("REPLACE INTO scores (id, score) SELECT id, p FROM predictions", "merge"),
        ("INSERT INTO scores (id) SELECT id FROM predictions ON CONFLICT (id) DO NOTHING", "append"),
        ("INSERT INTO scores (id) SELECT id FROM predictions ON CONFLICT (id) DO UPDATE SET id = excluded.id", "merge"),
    ],
)
def test_insert_appends_replaces_or_merges(text: str, mode: str) -> None:
    statement = one(text)
    assert (statement.kind, statement.target, statement.mode) == ("insert", "scores", mode)
    assert statement.reads == ("predictions",)


def test_insert_names_its_columns() -> None:
    assert one("INSERT INTO scores (id, score) VALUES (1, 0.5), (2, 0.7)").columns == ("id", "score")


def test_insert_behind_a_common_table_expression_reads_through_it() -> None:
    statement = one("WITH d AS (SELECT a FROM raw) INSERT INTO t (x) SELECT a FROM d")
    assert (statement.kind, statement.target, statement.reads) == ("insert", "t", ("raw",))


def test_create_table_defines_columns() -> None:
    statement = one("CREATE TABLE IF NOT EXISTS s.users (id INT PRIMARY KEY, name TEXT, UNIQUE (name))")
    assert (statement.kind, statement.target, statement.mode) == ("create_table", "s.users", "")
    assert statement.columns == ("id", "name")


def test_create_table_with_options_that_no_dialect_knows_keeps_its_columns() -> None:
    statement = one("CREATE TABLE dbo.t ([when] datetime2(0), [x] float) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)")
    assert (statement.target, statement.columns, statement.incomplete) == ("dbo.t", ("when", "x"), "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CREATE TABLE x AS SELECT a FROM y", "create_table"),
        ("CREATE OR REPLACE VIEW x AS SELECT a FROM y", "create_view"),
        ("SELECT a INTO x FROM y", "create_table"),
    ],
)
def test_tables_and_views_made_by_a_query_replace_what_was_there(text: str, kind: str) -> None:
    statement = one(text)
    assert (statement.kind, statement.target, statement.mode) == (kind, "x", "replace")
    assert (statement.reads, names(statement)) == (("y",), ["a"])


def test_what_is_only_made_where_it_is_missing_replaces_what_was_dropped_before() -> None:
    made = "CREATE TABLE IF NOT EXISTS x AS SELECT a FROM y"
    assert one(made).mode == "error"
    assert [statement.mode for statement in read_sql(f"DROP TABLE IF EXISTS X; {made}")] == ["", "replace"]


def test_update_changes_columns_of_its_target() -> None:
    statement = one("UPDATE t SET a = b + 1, c = :value WHERE id = ?")
    assert (statement.kind, statement.target, statement.mode) == ("update", "t", "merge")
    assert statement.columns == ("a", "c")
    assert statement.uses == (("t", "b", "value"), ("t", "id", "filter"))


def test_what_an_inner_query_computes_and_the_outer_one_asks_for_is_a_filter() -> None:
    inner = "SELECT player, AVG(seconds) AS mean FROM games GROUP BY player"
    statement = one(f"WITH played AS ({inner}) SELECT player, mean AS usual FROM played WHERE mean >= 1680")
    assert (OUTPUT, "usual", "filter") in statement.uses


def test_delete_truncate_and_drop_have_a_target_and_read_nothing() -> None:
    assert [(s.kind, s.target, s.reads) for s in read_sql("DELETE FROM a WHERE x; TRUNCATE b; DROP TABLE c.d")] == [
        ("delete", "a", ()),
        ("delete", "b", ()),
        ("drop", "c.d", ()),
    ]


def test_merge_reads_its_source() -> None:
    statement = one(
        "MERGE INTO t AS a USING s AS b ON a.id = b.id"
        " WHEN MATCHED THEN UPDATE SET a.v = b.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (b.id, b.v)"
    )
    assert (statement.kind, statement.target, statement.mode, statement.reads) == ("merge", "t", "merge", ("s",))
    assert statement.columns == ("v", "id")
    assert ("t", "id", "key") in statement.uses


def test_copy_moves_between_tables_and_files() -> None:
    load, unload = read_sql("COPY t (a, b) FROM '/data/x.csv' WITH CSV HEADER; COPY (SELECT a FROM t) TO 'out.csv';")
    assert (load.kind, load.target, load.columns, load.reads) == ("insert", "t", ("a", "b"), ("/data/x.csv",))
    assert (unload.kind, unload.target, unload.reads, names(unload)) == ("create_table", "out.csv", ("t",), ["a"])


@pytest.mark.parametrize("query", ["'SELECT a FROM t WHERE b = ''x'''", "$$SELECT a FROM t WHERE b = 'x'$$"])
def test_unload_is_a_copy_to_files(query: str) -> None:
    (unload,) = read_sql(f"unload ({query})\nto 's3://box/order_'\niam_role 'arn:x' delimiter ',' parallel off;")
    assert (unload.kind, unload.target, unload.reads) == ("create_table", "s3://box/order_", ("t",))
    assert names(unload) == ["a"]


def test_copy_to_the_client_is_a_query() -> None:
    (unload,) = read_sql("COPY (SELECT a FROM t) TO STDOUT WITH CSV")
    assert (unload.kind, unload.target, unload.reads, names(unload)) == ("select", "", ("t",), ["a"])


def test_psql_commands_are_no_sql_but_copy_is() -> None:
    first, second = read_sql("\\set x 1\n\\copy t FROM 'x.csv' CSV\nSELECT count(*) AS c FROM t \\gset\n\\echo done\n")
    assert (first.target, first.line) == ("t", 2)
    assert (second.reads, second.line) == (("t",), 3)


def test_lines_are_counted_from_the_first_line_of_the_string() -> None:
    text = "-- the first\nSELECT 1;\n\n/* two\nlines */\nSELECT ';',\n  2\nFROM t;\n"
    assert [(s.line, s.end_line) for s in read_sql(text, first_line=10)] == [(11, 11), (15, 17)]


def test_rows_of_a_dump_are_skipped() -> None:
    text = "COPY t (a) FROM stdin;\n1\n'2\n\\.\nSELECT a FROM u;"
    assert [(s.kind, s.line) for s in read_sql(text)] == [("insert", 1), ("select", 5)]


def test_long_list_of_values_costs_nothing() -> None:
    rows = ",".join(f"({n}, 'x')" for n in range(100_000))
    statement = one(f"INSERT INTO t (a, b) VALUES {rows}")
    assert (statement.target, statement.columns, statement.incomplete) == ("t", ("a", "b"), "")


def test_statement_that_no_dialect_knows_keeps_the_tables_that_are_clear() -> None:
    statement = one("FROBNICATE x FROM a.b JOIN c ON 1 WHERE extract(day FROM ts) INTO STRANGE (")
    assert statement.kind == "other"
    assert statement.incomplete == "no SQL dialect can parse the statement"
    assert statement.reads == ("a.b", "c")


def test_text_that_is_no_sql_is_said_to_be_incomplete() -> None:
    assert one("hello world").incomplete
    assert read_sql("") == read_sql(" ;; \n-- nothing\n") == ()


def test_settings_and_grants_are_complete_and_touch_no_data() -> None:
    text = "SET search_path = 'x'; ALTER TABLE t OWNER TO me; GRANT SELECT ON t TO u; BEGIN; CREATE INDEX i ON t (a);"
    assert {(s.kind, s.reads, s.target, s.incomplete) for s in read_sql(text)} == {("other", (), "", "")}


def test_quoted_names_lose_their_quotes() -> None:
    assert one("SELECT `a b` FROM `p-1.d.t`").uses == (("p-1.d.t", "a b", "value"),)
    assert one("SELECT [a b] FROM [dbo].[T]").uses == (("dbo.T", "a b", "value"),)


def test_fields_of_a_column_are_that_column() -> None:
    assert one("SELECT t.address.city FROM t").uses == (("t", "address", "value"),)


def test_given_dialect_is_tried_first() -> None:
    assert one("SELECT TOP 5 a FROM t", dialect="tsql").reads == ("t",)
    assert one("SELECT a FROM t", dialect="no such dialect").reads == ("t",)


def test_parser_says_nothing_on_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    read_sql("ALTER TABLE t OWNER TO me; CREATE EXTENSION vector; VACUUM;")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("dialect", [None, "duckdb"])
def test_an_option_of_a_table_function_is_no_column(dialect: str | None) -> None:
    statement = one("SELECT a FROM read_csv('x.csv', header = true, ignore_errors = true)", dialect=dialect)
    assert {name for _, name, _ in statement.uses} == {"a"}


@pytest.mark.parametrize("end", ["ON COMMIT DROP", "on commit preserve rows", "ON COMMIT DELETE ROWS"])
def test_a_table_for_one_transaction_is_made_of_what_is_asked_for(end: str) -> None:
    statement = one(f"CREATE TEMP TABLE late {end} AS SELECT km FROM orders WHERE late")
    assert (statement.reads, statement.target) == (("orders",), "late")


def test_a_table_that_gets_another_name_is_read():
    told = {
        each.reads for each in read_sql("ALTER TABLE staging RENAME TO orders; ALTER TABLE t RENAME COLUMN a TO b;")
    }
    assert told == {("staging",), ()}
