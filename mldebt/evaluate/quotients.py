"""What `/` makes of two whole numbers in a query: some databases cut the fraction off."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.values import Connection
from mldebt.read.facts import SqlColumn, SqlStatement
from mldebt.terms import Term
from mldebt.terms.term import Packed, packed, unpacked
from mldebt.terms.whole import UNTOLD, WHOLE

CUTTING = frozenset({"sqlite", "postgres", "mssql"})
URLS = ("sqlite", "postgres", "mssql", "redshift")
"""How the addresses of such databases begin."""


def divided(statement: SqlStatement, connection: Connection) -> SqlStatement:
    """The statement as the database that is asked understands it."""
    if not any(_divides(output.term) for output in statement.outputs) or not _cuts(connection):
        return statement
    return replace(statement, outputs=tuple(map(_cut, statement.outputs)))


def _cuts(connection: Connection) -> bool:
    return connection.store in CUTTING or connection.name.template.startswith(URLS)


def _divides(term: Packed | None) -> bool:
    return term is not None and (term[0] == UNTOLD or any(map(_divides, term[1])))


def _cut(output: SqlColumn) -> SqlColumn:
    return replace(output, term=packed(_turned(unpacked(output.term)))) if output.term is not None else output


def _turned(term: Term) -> Term:
    return Term(WHOLE if term.op == UNTOLD else term.op, tuple(map(_turned, term.args)), term.settings)
