"""What a query asks of the tables that it reads: columns, and what it does with them; and the rows that it gives."""

from __future__ import annotations

import re

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import summarises
from mldebt.evaluate.trace import ALL
from mldebt.evaluate.values import Frame
from mldebt.read.facts import SqlColumn, SqlStatement
from mldebt.sites import Site
from mldebt.terms import Term, apply, column
from mldebt.terms.term import unpacked

_PLAIN = re.compile(r"[\w ,.()*=<>+/-]{12,}")
"""A line that is written in code as it is run: without holes, quotes and letters that need an escape."""
USES = ("filter", "key", "order", "distinct")
"""Uses within a query; a value is used by whatever the query is for."""


FETCHED = {"frame": "table", "row": "row", "value": "scalar"}
"""The form of what a query gives, by what a call is said to return."""
ONE = ("row", "scalar")


def cells_of_query(statement: SqlStatement) -> tuple[Term | None, ...] | None:
    """How each value of a row is computed, by its place."""
    if not statement.outputs or any(output.name == "*" for output in statement.outputs):
        return None
    return tuple(_cell(output) for output in statement.outputs)


def _cell(output: SqlColumn) -> Term | None:
    if output.term is not None:
        return unpacked(output.term)
    return column(output.sources[0][1]) if not output.transform and len(output.sources) == 1 else None


def first_row(frame: Frame, form: str) -> Frame:
    """The one row that is fetched, or its only value: the first one, where rows are put into an order."""
    cells = frame.cells and tuple(_first(frame, cell) for cell in frame.cells)
    terms = {name: _first(frame, term) for name, term in frame.terms.items()}
    row = frame.copy(form="row", cells=cells, terms=terms, term=_first(frame, frame.term), picked=())
    return row_value(row, 0) or row.copy(form="scalar") if form == "scalar" else row


def _first(frame: Frame, term: Term | None) -> Term | None:
    """A row that a query finds by a key is the only one; a statistic is one for all rows."""
    if not any(pick[0] == "sorted" for pick in frame.picked) or (term is not None and summarises(term)):
        return term
    for op, told, test in frame.picked:
        term = apply(op, [term] if test is None else [term, test], told)
    return apply("item", [term], [("at", "0")])


def row_value(row: Frame, place: int) -> Frame | None:
    """The value at a place of a row that a query gave."""
    if row.cells is None or not -len(row.cells) <= place < len(row.cells):
        return None
    names = list(row.columns)
    known = len(names) == len(row.cells) and row.columns[names[place]]
    refs = known if known else row.refs()
    return row.copy(form="scalar", columns={"": refs}, open=(), term=row.cells[place], terms={}, cells=None)


def note_uses(machine: Machine, statement: SqlStatement, nodes: dict[str, str], site: Site) -> None:
    for table, name, use in statement.uses:
        if name == ALL:
            for node in owners(nodes, table):
                machine.trace.use_all(node, use, site)
        else:
            _note_use(machine, nodes, (table, name), use if use in USES else "sink" if statement.target else "", site)


def _note_use(machine: Machine, nodes: dict[str, str], named: tuple[str, str], use: str, site: Site) -> None:
    table, name = named
    for node in () if table or len(nodes) == 1 else nodes.values():
        machine.trace.use((node, name), "escape", site)  # it may be a column of each
    for node in owners(nodes, table):
        machine.trace.column((node, name), "projection", site)
        if use:
            machine.trace.use((node, name), use, site)


def asked_columns(statement: SqlStatement, table: str, tables: int) -> tuple[str, ...] | None:
    """The columns of a table that a query names; None where it takes all."""
    owned = {table, ""} if tables == 1 else {table}
    every = any(owner in owned and name == ALL for owner, name, _ in statement.uses)
    if every or any(output.name == ALL for output in statement.outputs) or statement.incomplete:
        return None
    named = [name for output in statement.outputs for owner, name in output.sources if owner in owned]
    named += [name for owner, name, _ in statement.uses if owner in owned]
    return tuple(sorted(set(named)))


def note_borrowed(machine: Machine, frame: str, sql: str, site: Site) -> None:
    """Whether the text of a query is written elsewhere: in a script, or in a module that others import, too."""
    lines = [line.strip() for line in sql.splitlines()]
    probe = max((line for line in lines if _PLAIN.fullmatch(line)), key=len, default="")
    facts = machine.workspace.facts.get(site.file)
    if probe and facts is not None and probe.encode() not in facts.packed:
        machine.trace.nodes[frame].attributes["borrowed"] = True


def owners(nodes: dict[str, str], table: str) -> list[str]:
    if table in nodes:
        return [nodes[table]]
    return list(nodes.values()) if not table and len(nodes) == 1 else []
