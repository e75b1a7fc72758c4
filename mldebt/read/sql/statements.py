"""A script → its statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mldebt.read.facts import SqlStatement
from mldebt.read.sql.describe import Facts, describe
from mldebt.read.sql.fallback import tables_in
from mldebt.read.sql.learned import learned
from mldebt.read.sql.parse import UnparsableError, parse_statement
from mldebt.read.sql.split import Piece, statements, without_copied_rows
from mldebt.read.sql.templates import Templates, neutralise

MODEL_WORD = re.compile(r"\bMODEL\s", re.IGNORECASE)


def read_statements(text: str, first_line: int, dialect: str | None) -> tuple[SqlStatement, ...]:
    script, templates = neutralise(without_copied_rows(text))
    found = (
        SqlStatement(first_line + piece.line, first_line + piece.end_line, **_facts(piece, templates, dialect))
        for piece in statements(script)
    )
    return tuple(_made_anew(found))


def _made_anew(found: Iterable[SqlStatement]) -> Iterator[SqlStatement]:
    """`CREATE TABLE IF NOT EXISTS` replaces what was dropped before."""
    dropped: set[str] = set()
    for statement in found:
        if statement.kind == "drop":
            dropped.add(statement.target.lower())
        elif statement.mode == "error" and statement.target.lower() in dropped:
            statement = replace(statement, mode="replace")
        yield statement


def _facts(piece: Piece, templates: Templates, dialect: str | None) -> Facts:
    if MODEL_WORD.search(piece.text) is None:
        return _tables(piece, templates, dialect)
    said = learned(piece.text)
    facts = _tables(replace(piece, text=said.query), templates, dialect)
    made = {"kind": "create_model", "target": "", "mode": ""} if said.model else {}
    return facts | made | {
        "model": templates.put_back(said.model),
        "model_kind": said.kind,
        "labels": tuple(templates.put_back(name) for name in said.labels),
        "asked": tuple(templates.put_back(name) for name in said.asked),
    }  # fmt: skip


def _tables(piece: Piece, templates: Templates, dialect: str | None) -> Facts:
    try:
        return describe(parse_statement(piece.text, dialect), templates)
    except UnparsableError as reason:
        return _clear_tables(piece, templates, str(reason))
    except Exception as slip:  # the shapes of nine dialects' trees are more than can be foreseen
        return _clear_tables(piece, templates, f"the statement has an unexpected form ({type(slip).__name__})")


def _clear_tables(piece: Piece, templates: Templates, reason: str) -> Facts:
    reads, target = tables_in(piece.text)
    return {
        "kind": "other",
        "target": templates.put_back(target),
        "mode": "append" if target else "",
        "reads": tuple(templates.put_back(name) for name in reads),
        "incomplete": reason,
    }
