"""Columns chosen and made at once: `select`, `with_columns`, aggregates given as expressions."""

from __future__ import annotations

from mldebt.evaluate.formulas import KIND, bound
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.keeping import store
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.meanings import over
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.tables import on_each, subjects
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Frame, Object, Seq, Text, Value
from mldebt.terms import HOLE


def project(operation: Operation) -> Value:
    results: list[Value] = [_projected(operation, frame) for frame in subjects(operation)]
    return on_each(operation, results)


def _projected(operation: Operation, frame: Frame) -> Frame:
    """The frame with the columns that the arguments name or make, and all others where they are to be kept."""
    machine, keep = operation.machine, operation.entry.flag("keeps")
    result = frame.copy() if keep else frame.copy(columns={}, open=(), dropped=frozenset(), vague=False, terms={})
    for value in operation.call.args:
        _take(machine, frame, result, value)
    for name, value in operation.call.kwargs.items():
        for _, made in bound(machine, frame, value):
            store(machine, result, Text((name,)), _spread(machine, frame, name, made))
    if operation.call.spread:
        _take_any(frame, result)
    if not keep and result.closed:
        result.ordered, result.rest = True, ()
    return result


def _take_any(frame: Frame, result: Frame) -> None:
    """Names that are not known may be those of any columns."""
    result.columns = {**frame.columns, **result.columns}
    result.terms = {**frame.terms, **result.terms}
    result.open, result.dropped, result.vague = frame.open, frame.dropped, True


def _take(machine: Machine, frame: Frame, result: Frame, value: Value) -> None:
    if isinstance(value, Seq):
        for item in value.items:
            _take(machine, frame, result, item)
        if value.open:
            _take_any(frame, result)
        return
    if isinstance(value, Frame) and value.node != frame.node:
        for name in value.columns:
            store(machine, result, Text((name,) if name else ()), value)
        return
    found = bound(machine, frame, value)
    if isinstance(value, Object) and value.kind == KIND and value.facts["every"] and not value.facts["output"]:
        result.open, result.vague = frame.open, result.vague or frame.vague or value.facts["some"]
        result.dropped = frame.dropped | frozenset(value.facts["but"])
        result.term = None if value.facts["touched"] else frame.term
    elif not found:
        _take_any(frame, result)
    for name, made in found:
        put_column(machine, frame, result, name, made)


def put_column(machine: Machine, frame: Frame, result: Frame, name: str, made: Frame) -> None:
    """A column as it is where nothing was done to it, else a derived one."""
    if not name:
        result.vague = True
        result.columns[""] = result.columns.get("", frozenset()) | made.refs()
    elif name in made.columns and made.term in (frame.term, frame.terms.get(name, frame.term)):
        result.columns[name] = made.columns[name]
        if name in frame.terms:
            result.terms[name] = frame.terms[name]
    else:
        kept = all(column in result.columns for column in frame.columns)
        store(machine, result, Text((name,)), _spread(machine, frame, name, made) if kept else made)


def _spread(machine: Machine, frame: Frame, name: str, made: Frame) -> Frame:
    """A column beside all rows into which a statistic over them goes: its node says so."""
    apart = made.term is None or any(part.op in APART for part in made.term.walk())
    if not made.state or frame.state or apart or made.node != frame.node:
        return made
    node = new_frame(
        machine, name, ("spread", machine.scope.statement, name, frame.node), machine.site(), rows=made.rows
    )
    machine.trace.edge(frame.node, node.node, "DERIVES", machine.site(), operation="compute", state=True)
    return made.copy(node=node.node, state=False)


APART = frozenset({"over", "where", "lt", "le", "eq", "ne", "and", "or", "not"})
"""What is said of groups is another matter, and yes or no carries no statistic on."""


def aggregates(operation: Operation, frame: Frame, made: Frame, keys: tuple[str, ...]) -> None:
    """`.agg(pl.col("a").mean())`: one column for each expression, computed within the groups."""
    machine = operation.machine
    given = [("", value) for value in operation.call.args] + list(operation.call.kwargs.items())
    made.columns, made.open, made.vague, made.term, made.terms = {}, (), False, HOLE, {}
    for alias, value in given:
        for name, part in bound(machine, frame, value):
            term = term_of(machine, part)
            done = over(term, keys) if keys else term
            ref = (made.node, alias or name)
            machine.trace.column(ref, "derived", operation.site, part.refs())
            machine.trace.computed(ref, done)
            made.columns[ref[1]], made.terms[ref[1]] = frozenset((ref,)), done
