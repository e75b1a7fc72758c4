"""One statement's text → syntax tree, by the first dialect that understands all of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlglot
from sqlglot import exp

from mldebt.read.sql.argument_order import unit_last
from mldebt.read.sql.variants import variants

DIALECTS = ("", "postgres", "sqlite", "bigquery", "spark", "tsql", "duckdb", "snowflake", "mysql")
STATEMENTS = (
    exp.Query, exp.Insert, exp.Create, exp.Update, exp.Delete, exp.Merge, exp.Drop, exp.TruncateTable, exp.Copy,
    exp.Command, exp.Set, exp.Alter, exp.Transaction, exp.Commit, exp.Rollback, exp.Use, exp.Pragma, exp.Describe,
    exp.Show, exp.Grant, exp.Comment, exp.Analyze, exp.Cache, exp.LoadData, exp.Semicolon, exp.Declare,
)  # fmt: skip
FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
FIRST_WORDS = frozenset((
    "select", "with", "insert", "update", "delete", "merge", "create", "drop", "alter", "truncate", "copy", "replace",
    "values", "table", "explain", "set", "use", "begin", "start", "commit", "rollback", "grant", "revoke", "comment",
    "analyze", "describe", "show", "pragma", "load", "cache", "declare", "exec", "execute", "call", "do", "lock", "if",
    "export", "vacuum", "refresh", "optimize", "unload", "put", "get", "attach", "install",
))  # fmt: skip
TOO_LONG = 100_000


class UnparsableError(Exception):
    """No dialect can read the statement; its text is the reason."""


def parse_statement(text: str, dialect: str | None) -> exp.Expr:
    """The tree of one statement; raises `UnparsableError`."""
    if len(text) > TOO_LONG:
        raise UnparsableError("the statement is too long to be parsed")
    word = FIRST_WORD.match(text)
    known = DIALECTS if word is None or word[1].lower() in FIRST_WORDS else ("", "duckdb")
    dialects = (dialect, *known) if dialect else known
    command: exp.Expr | None = None
    with _silence():
        for variant in variants(text):
            for name in dict.fromkeys(dialects):
                tree = _parsed(variant, name)
                if isinstance(tree, STATEMENTS) and not isinstance(tree, exp.Command):
                    return unit_last(tree)
                command = command or (tree if isinstance(tree, exp.Command) else None)
    if command is None:
        raise UnparsableError("no SQL dialect can parse the statement")
    return command


def _parsed(text: str, dialect: str) -> exp.Expr | None:
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
    except Exception:  # parse and token errors, unknown dialects, and slips of the parser on text that is no SQL
        return None
    return trees[0] if len(trees) == 1 else None


@contextmanager
def _silence() -> Iterator[None]:
    """The parser warns on its own logger about text that it keeps as an opaque command."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before
