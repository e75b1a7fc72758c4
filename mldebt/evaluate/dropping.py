"""`df.drop`: columns that go, or rows."""

from __future__ import annotations

from mldebt.evaluate.frames import choose, names_of, select_rows
from mldebt.evaluate.frames import drop as drop_columns
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.positions import is_loose
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.tables import _in_place, on_each, subjects
from mldebt.evaluate.trace import IGNORED
from mldebt.evaluate.values import MORE, Frame, Object, Seq, Text, Value

AXES = ("index", "rows", "columns")


def drop(operation: Operation) -> Value:
    """Columns go, unless the call drops rows."""
    results: list[Value] = []
    axis = operation.axis(1 if operation.entry.flag("columns_by_default") else 0)
    by_columns = "columns" in operation.call.kwargs or axis in (1, "columns")
    for frame in subjects(operation):
        labels = _labels(operation)
        names, whole = names_of(labels)
        by_columns = by_columns or _are_columns(frame, labels, names)
        if isinstance(labels, Object) and labels.kind == "index":
            results.append(_in_place(operation, frame, _others(operation, frame, labels.facts["frame"])))
        elif by_columns:
            if _is_ignored(operation):
                choose(operation.machine, frame, names, IGNORED)
            operation.machine.dropped.setdefault(frame.node, set()).update(names)
            rest = () if labels is not None and _is_of_data(labels) else frame.rest
            gone = names if whole else [*names, MORE]
            results.append(_in_place(operation, frame, drop_columns(frame, gone).copy(rest=rest)))
            if not whole and not frame.open:
                results[-1].vague = True  # type: ignore[union-attr]
        else:
            made = select_rows(operation.machine, frame, (operation.call.ordinal, frame.node), operation.site, "filter",
                               name=operation.hint)  # fmt: skip
            results.append(_in_place(operation, frame, made))
    return on_each(operation, results)


def _is_of_data(labels: Value) -> bool:
    """Whether the names are those that some table has: whatever it gets is dropped, too."""
    return is_loose(labels) or (not names_of(labels)[1] and bool(sources_of(labels)))


def _is_ignored(operation: Operation) -> bool:
    """`errors="ignore"`: whether the columns are there doesn't matter."""
    errors = operation.call.kwargs.get("errors")
    return isinstance(errors, Text) and errors.literal == "ignore"


def _labels(operation: Operation) -> Value | None:
    """What is dropped: one list, or names one by one."""
    args = operation.call.args
    several = len(args) > 1 and all(isinstance(arg, Text) for arg in args) and names_of(args[1])[0][0] not in AXES
    return Seq(list(args), kind="tuple") if several else operation.given("columns")


def _are_columns(frame: Frame, labels: Value | None, names: list[str]) -> bool:
    """Whether labels without an axis can only be columns: several names, expressions, or names that columns have."""
    if isinstance(labels, Seq) and labels.kind == "tuple" and len(names) > 1 and len(names) == len(labels.items):
        return True
    return bool(names) and all(name in frame.columns for name in names)


def _others(operation: Operation, frame: Frame, taken: Frame) -> Frame:
    """`df.drop(sample.index)`: the rows that a selection left."""
    chosen = operation.machine.trace.rows.get(taken.rows)
    split = chosen.split if chosen is not None else ""
    key = (operation.call.ordinal, frame.node)
    operation_name = "part" if split else "filter"
    return select_rows(
        operation.machine, frame, key, operation.site, operation_name, name=operation.hint, split=split,
        part=("train" if chosen is not None and chosen.part == "test" else "test") if split else "",
    )  # fmt: skip
