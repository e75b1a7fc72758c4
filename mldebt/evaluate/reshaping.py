"""Tables in another shape: columns that become rows, columns that become the index and back."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.frames import column_refs, drop, names_of, select_rows
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.renaming import _one_value
from mldebt.evaluate.tables import _in_place, _use, on_each, subjects
from mldebt.evaluate.terms_of import column_term
from mldebt.evaluate.values import ColumnRef, Frame, Text, Value


def duplicate(operation: Operation) -> Value:
    """More rows of the same columns; of others, where the entry says so."""
    results: list[Value] = []
    for frame in subjects(operation):
        made = _more_rows(operation, frame, "reshaped" if operation.entry.flag("reshapes") else "duplicate")
        if operation.entry.flag("opens_columns"):
            made.columns, made.vague = {**made.columns, "": made.refs()}, True
        results.append(made)
    return on_each(operation, results)


def _more_rows(operation: Operation, frame: Frame, kind: str = "reshaped") -> Frame:
    key = (operation.call.ordinal, frame.node)
    return select_rows(operation.machine, frame, key, operation.site, kind, name=operation.hint)


def melt(operation: Operation) -> Value:
    """`df.melt(id_vars, value_vars)`: some columns stay; of the others one holds the names, one the values."""
    results: list[Value] = []
    for frame in subjects(operation):
        kept, kept_whole = names_of(operation.given("columns"))
        values, whole = _melted(operation, frame, kept)
        made = _more_rows(operation, frame)
        if not (whole and kept_whole):
            made.columns, made.vague = {**made.columns, "": made.refs()}, True
            results.append(made)
            continue
        refs = [column_refs(operation.machine, frame, name, operation.site) for name in values]
        made.columns = {name: column_refs(operation.machine, frame, name, operation.site) for name in kept}
        made.terms = {name: column_term(operation.machine, frame, name) for name in kept}
        for field, default, parents in (("name", "variable", []), ("value", "value", refs)):
            made.columns[_name(operation, field, default)] = frozenset[ColumnRef]().union(*parents)
            made.terms[_name(operation, field, default)] = None
        made.open, made.dropped, made.vague, made.index = (), frozenset(), False, ()
        results.append(made)
    return on_each(operation, results)


def _melted(operation: Operation, frame: Frame, kept: list[str]) -> tuple[list[str], bool]:
    given = operation.given("values")
    if given is not None:
        return names_of(given)
    if not frame.closed:
        use_frame(operation.machine, frame, "escape", operation.site)
    return [name for name in frame.columns if name not in kept], frame.closed


def _name(operation: Operation, field: str, default: str) -> str:
    given = operation.given(field)
    return given.literal or default if isinstance(given, Text) else default


def set_index(operation: Operation) -> Value:
    """The keys become the index; they stand before the other columns from then on."""
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("keys"))
        _use(operation, frame, names, "key")
        result = frame.copy()
        if truthy(operation.given("drop"), True) is not False and names and whole and frame.form == "table":
            keys = {name: column_refs(operation.machine, frame, name, operation.site) for name in names}
            result.columns = {**keys, **{name: refs for name, refs in frame.columns.items() if name not in keys}}
            result.dropped |= frozenset(keys)
            result.index = tuple(keys)
        results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def reset_index(operation: Operation) -> Value:
    """The index becomes columns again, or goes."""
    results: list[Value] = []
    name = operation.given("names") or operation.call.kwargs.get("name")
    for frame in subjects(operation):
        result = without_index(frame) if truthy(operation.given("drop"), False) else frame.copy()
        if isinstance(name, Text) and name.literal is not None:
            result.columns = _one_value(result, name.literal)  # `.reset_index(name="total")`
        result.index, result.form = (), "table" if frame.form != "records" else frame.form
        results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def without_index(frame: Frame) -> Frame:
    """The frame without the columns that are its index."""
    result = drop(frame, frame.index) if frame.index else frame.copy()
    result.index = ()
    return result
