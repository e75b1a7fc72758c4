"""No text makes the SQL reader fail."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.read.sql import looks_like_sql, read_sql

FRAGMENTS = (
    "SELECT", "FROM", "WHERE", "JOIN", "ON", "USING", "WITH", "AS", "INSERT", "INTO", "VALUES", "UPDATE", "SET",
    "DELETE", "MERGE", "CREATE", "TABLE", "VIEW", "DROP", "COPY", "UNION", "ALL", "GROUP", "BY", "ORDER", "HAVING",
    "(", ")", ",", ";", "*", ".", "=", "a", "b.c", "t", "'x'", '"y"', "`z`", "{h}", "{{ref('m')}}", "{{", "{%", "if",
    "x", "%}", "{%", "endif", "%}", "%s", "%(n)s", ":p", "?", "%v", "::", "$$", "--", "/*", "*/", "\\copy", "\\.",
    "stdin", "RECURSIVE", "OVER", "PARTITION", "1", "LATERAL", "UNNEST", "EXCEPT", "MATCHED", "THEN", "WHEN", "NOT",
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(" ".join) | st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    looks_like_sql(text)
    statements = read_sql(text, first_line=3)
    assert all(3 <= statement.line <= statement.end_line for statement in statements)
    assert statements == read_sql(text, first_line=3)


def test_deep_nesting_is_read() -> None:
    (statement,) = read_sql("SELECT " + "(" * 3000 + "1" + ")" * 3000)
    assert statement.kind in ("select", "other")
