"""What table functions read: files, `read_csv(getvariable('folder') || '/users.csv')`; or a function's rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from mldebt.read.sql.templates import HOLE

FILE_READERS = ("read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json", "read_json_auto")
OF_DATABASE = ("ml", "ai", "sys", "pg_catalog", "information_schema", "snowflake")
"""Schemas whose functions come with the database."""


def is_kept_function(table: exp.Table) -> bool:
    """Whether a query is kept in the database as a function: `FROM sales.latest(@day)`, a table to whoever asks it."""
    if not isinstance(table.this, exp.Anonymous):
        return False
    schema = table.db or table.this.name.rpartition(".")[0].rpartition(".")[2]
    return bool(schema) and schema.lower() not in OF_DATABASE


def file_read(function: object) -> str:
    """The file that a table function reads, computed parts of its name as `{hole}`; "" where all of it is computed."""
    if not isinstance(function, exp.Func):
        return ""
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    if name.lower() not in FILE_READERS:
        return ""
    first = next(iter(function.expressions), None)
    return _name(function.this if isinstance(function.this, exp.Expr) else first)


def _name(value: exp.Expr | None) -> str:
    match value:
        case exp.Literal():
            return value.name if value.is_string else ""
        case exp.Paren():
            return _name(value.this)
        case exp.Array():
            return _name(next(iter(value.expressions), None))
        case exp.DPipe():
            return _joined((value.this, value.expression))
        case exp.Concat():
            return _joined(value.expressions)
        case _:
            return ""


def _joined(parts: Iterable[exp.Expr]) -> str:
    return "".join(_name(part) or _hole(part) for part in parts)


def _hole(part: exp.Expr) -> str:
    """What the part asks for first names it: `getvariable('folder')` is `{folder}`."""
    words = [word.name for word in part.find_all(exp.Column, exp.Literal)]
    name = next((word for word in words if word.isidentifier()), "value")
    return name if name.startswith(HOLE) else f"{{{name}}}"
