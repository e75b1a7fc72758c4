"""Queries of tables that are frames of the program itself: views that it registered, variables that a database sees."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import ColumnRef, Connection, Frame, options_of
from mldebt.read.facts import SqlColumn, SqlStatement
from mldebt.sites import Site
from mldebt.terms.term import unpacked


def read_views(operation: Operation, frame: Frame, tables: tuple[str, ...]) -> dict[str, Frame]:
    """The tables that are frames of the program itself, by name; what is read comes from these."""
    views = {table: view for table in tables if (view := _view(operation, table)) is not None}
    for view in views.values():
        use_frame(operation.machine, view, "escape", operation.site)
        operation.machine.trace.edge(view.node, frame.node, "DERIVES", operation.site, operation="query")
        operation.machine.trace.access(operation.site, "read", "transient")
        frame.open = tuple(dict.fromkeys((*frame.open, *view.open)))
        frame.columns.update(view.columns)
        frame.vague |= view.vague
    return views


def _view(operation: Operation, table: str) -> Frame | None:
    """A registered view, of this file or of the only file that has one of the name; a variable where these count."""
    machine, name = operation.machine, table.lower()
    known = machine.views.get((machine.scope.file, name))
    if known is not None:
        return known
    others = [view for (_, other), view in machine.views.items() if other == name]
    local = machine.scope.env.get(table) if _sees_variables(operation) else None
    return others[0] if len(others) == 1 else local if isinstance(local, Frame) else None


def _sees_variables(operation: Operation) -> bool:
    """DuckDB takes a variable that holds a frame for a table, whichever way it is asked."""
    receiver = operation.receiver
    asked = (option.store for option in options_of(receiver) if isinstance(option, Connection)) if receiver else ()
    return operation.entry.flag("locals") or "duckdb" in asked


def choose_of_views(
    machine: Machine, frame: Frame, statement: SqlStatement, views: dict[str, Frame], site: Site
) -> None:
    """What a query of frames has of their columns, where it names what it takes."""
    outputs = [output for output in statement.outputs if output.name]
    if not views or not outputs or any(output.name == "*" for output in outputs):
        return
    frame.columns, frame.open, frame.vague = {}, (), False
    for output in outputs:
        refs = {ref for table, name in output.sources for view in _asked_for(views, table) for ref in _refs(view, name)}
        put_output(machine, frame, output, refs, site)


def put_output(machine: Machine, frame: Frame, output: SqlColumn, refs: set[ColumnRef], site: Site) -> None:
    """What a query calls by a name: the columns themselves, or one that it computes of them."""
    if output.transform and refs:
        own = (frame.node, output.name)
        machine.trace.column(own, "derived", site, refs)
        machine.trace.computed(own, unpacked(output.term) if output.term else None)
        refs = {own}
    elif output.term:
        frame.terms[output.name] = unpacked(output.term)  # `COUNT(*)` is made of no column
    frame.columns[output.name] = frozenset(refs)


def _asked_for(views: dict[str, Frame], table: str) -> list[Frame]:
    return [views[table]] if table in views else list(views.values()) if not table else []


def _refs(view: Frame, name: str) -> frozenset[ColumnRef]:
    return view.columns[name] if name in view.columns else frozenset((node, name) for node in view.open)
