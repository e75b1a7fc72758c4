"""Columns that get other names."""

from __future__ import annotations

from mldebt.evaluate.column_names import renamed
from mldebt.evaluate.frames import column_refs, under_new_names
from mldebt.evaluate.frames import rename_all as rename_columns
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.tables import _in_place, on_each, subjects
from mldebt.evaluate.terms_of import rekey
from mldebt.evaluate.values import ColumnRef, Frame, Map, Seq, Text, Value


def rename(operation: Operation) -> Value:
    results: list[Value] = []
    mapping = operation.given("columns")
    for frame in subjects(operation):
        result = frame.copy()
        old, new = operation.given("old"), operation.given("new")
        if isinstance(old, Text) and old.literal is not None and new is not None:
            mapping = Map({old.literal: new})
        if isinstance(mapping, Map):
            _rename(operation, result, mapping)
        elif mapping is not None and not isinstance(mapping, Text):
            _rename_each(operation, result, mapping)
        else:
            _rename_all(operation, result, mapping)
        results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def _rename_each(operation: Operation, frame: Frame, function: Value) -> None:
    """`df.rename(columns=str.lower)`."""
    known = [name for name in frame.columns if name not in frame.index]
    names = renamed(operation.machine, known, function) if frame.form == "table" else None
    if names is None or not frame.closed:
        under_new_names(operation.machine, frame, names or ())
    else:
        rename_columns(operation.machine, frame, Seq([Text((name,)) for name in names]))


def _rename_all(operation: Operation, frame: Frame, name: Value | None) -> None:
    """New names for every column: one name for a series, a list, a prefix or a suffix."""
    given = operation.given("names") or name
    prefix, suffix = operation.given("prefix"), operation.given("suffix")
    if isinstance(given, Text) and given.literal is not None:
        frame.columns = _one_value(frame, given.literal)
    elif isinstance(given, Seq):
        rename_columns(operation.machine, frame, given)
    for text, form in ((prefix, "{0}{1}"), (suffix, "{1}{0}")):
        if isinstance(text, Text) and text.literal is not None and frame.closed:
            rekey(frame, {old: form.format(text.literal, old) for old in frame.columns})
            frame.columns = {form.format(text.literal, old): refs for old, refs in frame.columns.items()}
        elif text is not None:
            under_new_names(operation.machine, frame)


def _one_value(frame: Frame, name: str) -> dict[str, frozenset[ColumnRef]]:
    """The columns where the only one that is no key gets a name."""
    keys = {key: refs for key, refs in frame.columns.items() if key in frame.index}
    values = {key: refs for key, refs in frame.columns.items() if key not in frame.index}
    if len(values) == 1:
        rekey(frame, dict.fromkeys(values, name))
    return {**keys, name: frozenset[ColumnRef]().union(*values.values())} if len(values) <= 1 else dict(frame.columns)


def _rename(operation: Operation, frame: Frame, mapping: Map) -> None:
    columns: dict[str, frozenset[ColumnRef]] = {}
    new_names = {str(old): new.literal for old, new in mapping.entries.items() if isinstance(new, Text) and new.literal}
    for old in new_names:
        if old not in frame.columns and frame.open:
            frame.columns[old] = column_refs(operation.machine, frame, old, operation.site)
            frame.dropped |= {old}
    for name, refs in frame.columns.items():
        columns[new_names.get(name, name)] = refs
    rekey(frame, new_names)
    frame.columns = columns
    frame.vague = frame.vague or mapping.open
