"""What `/` makes of two whole numbers in a query: some databases cut the fraction off."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.values import Connection
from mldebt.read.facts import SqlColumn, SqlStatement
from mldebt.terms.term import Packed, packed, unpacked
from mldebt.terms.whole import UNTOLD, WHOLE, divided_by

CUTTING = frozenset({"sqlite", "postgres", "mssql"})
URLS = ("sqlite", "postgres", "mssql", "redshift")
"""How the addresses of such databases begin."""


def divided(statement: SqlStatement, connection: Connection) -> SqlStatement:
    """The statement as the database that is asked understands it."""
    if not any(_divides(output.term) for output in statement.outputs):
        return statement
    op = WHOLE if _cuts(connection) else "div"
    return replace(statement, outputs=tuple(_with_quotient(output, op) for output in statement.outputs))


def _cuts(connection: Connection) -> bool:
    return connection.store in CUTTING or connection.name.template.startswith(URLS)


def _divides(term: Packed | None) -> bool:
    return term is not None and (term[0] == UNTOLD or any(map(_divides, term[1])))


def _with_quotient(output: SqlColumn, op: str) -> SqlColumn:
    return replace(output, term=packed(divided_by(unpacked(output.term), op))) if output.term is not None else output
