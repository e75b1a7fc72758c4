"""Data sets of examples: published or stored in several files, in parts, changed example by example."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.frames import column, names_of, select_rows
from mldebt.evaluate.frames import drop as drop_columns
from mldebt.evaluate.joins import join
from mldebt.evaluate.keeping import store
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import columns_of, frames_in
from mldebt.evaluate.reading import read
from mldebt.evaluate.tables import make, on_each, subjects
from mldebt.evaluate.values import Frame, Map, Object, Seq, Text, Unknown, Value, options_of, text
from mldebt.knowledge.entry import Entry

EXAMPLES = "examples"
WHOLE = "train"
"""The part that everything is in where nothing is said of parts."""


def load(operation: Operation) -> Value:
    """`load_dataset("csv", data_files={"train": …, "test": …}, split="train")`."""
    files = operation.given("files")
    if files is None:
        return _read(operation, operation.given("name"), "file" if _is_path(operation.given("name")) else "")
    if isinstance(files, Map):
        return _part(
            operation, Map({key: _read(operation, one, "file", str(key)) for key, one in files.entries.items()})
        )
    return _part(operation, Map({WHOLE: _read(operation, files, "file")}))


def _is_path(name: Value | None) -> bool:
    return isinstance(name, Text) and name.template.startswith((".", "/", "~"))


def _read(operation: Operation, name: Value | None, store: str, part: str = "") -> Value:
    said = operation.entry
    fields = {"name": "name", "returns": EXAMPLES, "store": store or said.text("store")}
    made = Call(operation.call.line, operation.call.ordinal, [], {"name": name} if name is not None else {})
    made.hint = f"{operation.hint or 'data'} {part}" if part else operation.hint
    return read(Operation(operation.machine, made, Entry(said.key, "read", fields), operation.dotted))


def _part(operation: Operation, parts: Map) -> Value:
    """All parts by name, or the one that is asked for: `split="train[:10%]"`."""
    wanted = operation.given("wanted")
    if wanted is None:
        return parts
    named = wanted.template.partition("[")[0] if isinstance(wanted, Text) else ""
    return parts.entries[named] if named in parts.entries else join(parts.entries.values())


def of_data(operation: Operation) -> Value:
    """`Dataset.from_pandas(df)`, `Dataset.from_dict(columns)`."""
    return join(one.copy(form=EXAMPLES) if isinstance(one, Frame) else one for one in options_of(make(operation)))


def as_table(operation: Operation) -> Value:
    """`dataset.to_pandas()`."""
    return on_each(operation, [frame.copy(form="table") for frame in subjects(operation)])


def map_(operation: Operation) -> Value:
    """`dataset.map(function, remove_columns=[…])`: the columns that the function gives are added or replaced."""
    return on_each(operation, [_mapped(operation, frame) for frame in subjects(operation)])


def _mapped(operation: Operation, frame: Frame) -> Frame:
    gone, whole = names_of(operation.given("gone"))
    result = _asked(operation, frame)
    kept = drop_columns(frame, gone) if whole else frame.copy(columns={}, open=())
    for option in options_of(result):
        if isinstance(option, Map):
            for name, item in option.entries.items():
                store(operation.machine, kept, text(str(name)), item)
        elif isinstance(option, Frame) and option.form == "row" and option.node == frame.node:
            kept.columns.update({name: refs for name, refs in option.columns.items() if name not in gone})
        else:
            for ref in sorted(columns_of(option)):
                operation.machine.trace.use(ref, "escape", operation.site)
            kept.columns[""] = kept.columns.get("", frozenset()) | columns_of(option)
    return kept


def filter_(operation: Operation) -> Value:
    """`dataset.filter(function)`: examples for which it is true."""
    made: list[Value] = []
    for frame in subjects(operation):
        for ref in sorted(columns_of(_asked(operation, frame))):
            operation.machine.trace.use(ref, "filter", operation.site)
        key = (operation.call.ordinal, frame.node)
        made.append(select_rows(operation.machine, frame, key, operation.site, "filter", name=operation.hint))
    return on_each(operation, made)


def _asked(operation: Operation, frame: Frame) -> Value:
    """What the function makes of an example, or of the columns of it that it is told to look at."""
    function = operation.given("function")
    names = names_of(operation.given("columns"))[0]
    given: list[Value] = [column(operation.machine, frame, name) for name in names]
    if function is None or isinstance(function, (Unknown, Object)):
        use_frame(operation.machine, frame, "escape", operation.site)
        return Unknown("result of an unknown function", columns=frame.refs())
    made = Call(operation.call.line, operation.call.ordinal, given or [frame.copy(form="row")], {})
    return invoke(operation.machine, function, made)


def of_parts(parts: Map) -> bool:
    """Whether a dictionary is a data set in parts, which is asked like one of them."""
    values = list(parts.entries.values())
    return bool(values) and all(
        any(frame.form == EXAMPLES for frame in frames_in(one, 1)) and not isinstance(one, Seq) for one in values
    )
