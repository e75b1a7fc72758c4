"""What a query asks of the tables that it reads: columns, and what it does with them."""

from __future__ import annotations

import re

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.trace import ALL
from mldebt.read.facts import SqlStatement
from mldebt.sites import Site

_PLAIN = re.compile(r"[\w ,.()*=<>+/-]{12,}")
"""A line that is written in code as it is run: without holes, quotes and letters that need an escape."""
USES = ("filter", "key", "order", "distinct")
"""Uses within a query; a value is used by whatever the query is for."""


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
