"""SQL text → statements: the tables and columns that each one reads and writes."""

from __future__ import annotations

from mldebt.read.facts import SqlStatement
from mldebt.read.sql.recognise import looks_like_sql

__all__ = ["looks_like_sql", "read_sql"]


def read_sql(text: str, first_line: int = 1, dialect: str | None = None) -> tuple[SqlStatement, ...]:
    """The statements of a SQL file, or of a string in code that begins at `first_line`.

    Templates are understood: Jinja with dbt's `ref` and `source`, `%(name)s`, `%s`, `%name`, `:name`, `?`, `{hole}`.
    A statement that no dialect can parse has a reason in `incomplete`, and the tables that are clear all the same.
    """
    from mldebt.read.sql.statements import read_statements

    return read_statements(text, first_line, dialect)
