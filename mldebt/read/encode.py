"""FileFacts ↔ plain tuples, for the cache and for other processes. The file's name is not part of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mldebt.read.facts import Command, FileFacts, Layout, Outline, Pragma, SqlColumn, SqlStatement


def encode(facts: FileFacts) -> tuple[Any, ...]:
    """Facts as tuples, strings and numbers."""
    return (
        facts.kind,
        facts.packed,
        facts.cells,
        facts.lines,
        tuple(_fields(command) for command in facts.commands),
        encode_statements(facts.sql),
        facts.problem,
        _fields(facts.outline),
        tuple(_fields(pragma) for pragma in facts.pragmas),
        _fields(facts.layout),
    )


def decode(file: str, data: tuple[Any, ...]) -> FileFacts:
    """The facts of a file, from what `encode` made."""
    kind, packed, cells, lines, commands, sql, problem, drawn, pragmas, laid_out = data
    return FileFacts(
        file,
        kind,
        packed,
        cells,
        lines,
        tuple(Command(*command) for command in commands),
        decode_statements(sql),
        problem,
        Outline(*drawn),
        tuple(Pragma(*pragma) for pragma in pragmas),
        Layout(*laid_out),
    )


def encode_statements(statements: Iterable[SqlStatement]) -> tuple[Any, ...]:
    return tuple(_encode_sql(statement) for statement in statements)


def decode_statements(data: Iterable[Any]) -> tuple[SqlStatement, ...]:
    return tuple(_decode_sql(statement) for statement in data)


def _encode_sql(statement: SqlStatement) -> tuple[Any, ...]:
    fields = _fields(statement)
    at = statement.__struct_fields__.index("outputs")
    return (*fields[:at], tuple(_fields(column) for column in statement.outputs), *fields[at + 1 :])


def _decode_sql(fields: tuple[Any, ...]) -> SqlStatement:
    at = SqlStatement.__struct_fields__.index("outputs")
    columns = tuple(SqlColumn(*column) for column in fields[at])
    return SqlStatement(*(*fields[:at], columns, *fields[at + 1 :]))


def _fields(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in record.__struct_fields__)
