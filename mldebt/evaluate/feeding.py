"""What a model is fed: frames, wrapped data, files given by name, functions and loaders that bring data."""

from __future__ import annotations

import re

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.iteration import items_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import children, columns_of, sources_of
from mldebt.evaluate.storage import dataset_node
from mldebt.evaluate.terms_of import cell_of
from mldebt.evaluate.values import (
    Choice,
    Const,
    Frame,
    Function,
    Instance,
    Map,
    Model,
    Object,
    Seq,
    Text,
    Value,
    is_none,
    options_of,
)
from mldebt.evaluate.wrappers import held_by

MOST_SOURCES = 50
LABELS = ("y", "label", "labels", "target", "targets", "y_train")
"""What the labels are called where a library that is not known is given them by keyword."""
SERIES = "time series"


def fed(operation: Operation, field: str, model: Model | None = None) -> list[Frame]:
    """The data that a call is given in a role; else what the model was given before; else whatever holds data."""
    value = operation.given(field)
    if value is None and isinstance(operation.receiver, Object):
        value = operation.receiver.facts.get(field)
    value = _only_input(value) if field == "X" else value
    if field == "X" and model is not None and model.task == "transformer" and isinstance(value, Map):
        return [as_records(operation.machine, value)]
    reader = operation if field == "X" else None  # labels are not read from a file: a text names their column
    frames = data_frames(operation.machine, _brought(operation, value) if reader else value, reader)
    if model is None or (frames and not _are_numbers(operation, field, model, frames)):
        return frames
    if value is None and operation.entry.op == "predict" and (other := _anything(operation, field)) is not None:
        return data_frames(operation.machine, other, reader)
    if (held := model.held.get(field)) is not None:
        return data_frames(operation.machine, held, reader)
    return data_frames(operation.machine, _anything(operation, field), reader) if value is None else []


def _are_numbers(operation: Operation, field: str, model: Model, frames: list[Frame]) -> bool:
    """A recommender that is asked by the numbers of users and items says what it knows of them from its data."""
    told = any(operation.machine.trace.into.get(frame.node) for frame in frames)
    return field == "X" and model.family == "recommender" and "X" in model.held and not told


def looks_ahead(operation: Operation, model: Model) -> bool:
    """`fitted.predict(start, end)`: what a model of a series tells of a time is no prediction for the rows it holds."""
    asked = [*operation.call.args, *operation.call.kwargs.values()]
    return model.family == SERIES and bool(asked) and not fed(operation, "X")


def _only_input(value: Value | None) -> Value | None:
    """`session.run(None, {"input": np.array([[a, b]])})`: a row that is written out, under the name of an input."""
    one = next(iter(value.entries.values())) if isinstance(value, Map) and len(value.entries) == 1 else None
    return one if isinstance(one, Frame) and one.form == "array" and one.cells and not one.named else value


def _anything(operation: Operation, field: str) -> Value | None:
    """An argument with data in it, for calls whose arguments have other names than those that are known."""
    call = operation.call
    named = {name: value for name, value in call.kwargs.items() if (name in LABELS) == (field == "y")}
    candidates = [*named.values()] if field == "y" else [*call.args, *named.values(), *call.spread]
    return next((value for value in candidates if sources_of(value)), None)


def _brought(operation: Operation, value: Value | None) -> Value | None:
    """Data that methods of a given object bring, by the names that the entry lists: `datamodule.train_dataloader()`."""
    methods = [str(name) for name in operation.entry.selector("loaders")]
    given = value
    if methods and (given is None or is_none(given)):
        given = operation.given("model")
    brought = (
        [found for option in options_of(given) for found in _loaded_by(operation, option, methods)] if given else []
    )
    return Choice(tuple(brought)) if len(brought) > 1 else brought[0] if brought else value


def _loaded_by(operation: Operation, given: Value, methods: list[str]) -> list[Value]:
    from mldebt.evaluate.attributes import member
    from mldebt.evaluate.calls import Call, call_function

    if not isinstance(given, Instance):
        return []
    found: list[Value] = []
    for name in methods:
        method = member(operation.machine, given, name)
        if isinstance(method, Function):
            made = call_function(operation.machine, method, Call(operation.call.line, operation.call.ordinal, [], {}))
            found += [] if is_none(made) else [made]
    return found[-1:]


def data_frames(machine: Machine, value: Value | None, reader: Operation | None = None) -> list[Frame]:
    """A value as frames. With a `reader`, a text is the name of a file, and a function is asked for its data."""
    if value is None or is_none(value):
        return []
    found: list[Frame] = []
    for option in options_of(value):
        if (held := held_by(option)) is not None:
            found += data_frames(machine, held, reader)
        elif isinstance(option, Object) and "X" in option.facts:
            found += data_frames(machine, option.facts["X"], reader)
        elif reader is not None and isinstance(option, (Text, Map)):
            found += _named_data(reader, option)
        elif reader is not None and isinstance(option, Function):
            found += data_frames(machine, _asked(reader, option))
        elif isinstance(option, Instance) and (items := _opened(machine, option)):
            found += [as_frame(machine, one) for one in items]
        elif not isinstance(option, (Const, Text)):
            found.append(as_records(machine, option) if isinstance(option, Seq) else as_frame(machine, option))
    return found


def _opened(machine: Machine, data: Instance) -> list[Value]:
    """The items of a data set that holds nothing that was read, but the names of the files that it gives one by one."""
    waiting, seen = sorted(sources_of(data)), set(sources_of(data))
    while waiting and len(seen) < MOST_SOURCES:
        before = machine.trace.into.get(waiting.pop(), [])
        if any(edge.kind in ("READS", "LOADS") for edge in before):
            return []
        waiting += [edge.source for edge in before if edge.source not in seen]
        seen.update(edge.source for edge in before)
    return [] if waiting else items_of(machine, data)


def as_records(machine: Machine, value: Map | Seq) -> Frame:
    """A dictionary of values by their names, or a list of such, all alike; else what the value is as it stands."""
    frame = as_frame(machine, value)
    record = value.items[0] if isinstance(value, Seq) and value.items else value
    alike = isinstance(record, Map) and all(isinstance(name, str) for name in record.entries) and record.entries
    if not isinstance(record, Map) or not alike or "" not in frame.columns:
        return frame
    if isinstance(value, Seq) and not all(isinstance(one, Map) and [*one.entries] == [*record.entries]
                                          for one in value.items):  # fmt: skip
        return frame
    columns = {str(name): columns_of(item) for name, item in record.entries.items()}
    terms = {str(name): cell_of(machine, item) for name, item in record.entries.items()}
    return frame.copy(columns=columns, terms=terms, vague=record.open, form="records", named=True, cells=None)


def _asked(reader: Operation, function: Function) -> Value:
    from mldebt.evaluate.calls import Call, invoke

    return invoke(reader.machine, function, Call(reader.call.line, reader.call.ordinal, [], {}))


def _named_data(reader: Operation, value: Text | Map) -> list[Frame]:
    """The files that are named, directly or as the channels of a dictionary; else the dictionary as data."""
    names = [value] if isinstance(value, Text) else texts_in(value)
    read = [frame for name in names if _is_name(name) and (frame := read_named(reader, name)) is not None]
    if isinstance(value, Text) or (read and not sources_of(value)):
        return read
    return [*read, as_frame(reader.machine, value)]


def texts_in(value: Value, depth: int = 5) -> list[Text]:
    """The texts in a dictionary, however deep: `{"train": {"S3Uri": uri}}`."""
    if isinstance(value, Text):
        return [value]
    return [text for child in children(value) for text in texts_in(child, depth - 1)] if depth else []


PATH = re.compile(r"^[^\s\"'<>|,]+$")


def _is_name(name: Text) -> bool:
    """Whether a text looks like the name of a file, and not like a word or a sentence."""
    template = name.template
    return name.known and bool(PATH.match(template)) and ("/" in template or bool(re.search(r"\.\w{1,10}$", template)))


def read_named(reader: Operation, name: Text) -> Frame | None:
    """The data of a file that is given by name where data is expected."""
    machine, site = reader.machine, reader.site
    identity = identify(machine, _without_options(name), "file", reader.entry.text("format"))
    if not identity.known:
        return None
    machine.trace.access(site, "read", "transient" if identity.store == "temp" else "resolved")
    key = ("named", reader.call.ordinal, identity.name)
    frame = new_frame(machine, reader.hint or "data", key, site, operation="read")
    if identity.store != "temp":
        node = dataset_node(machine, identity, site)
        machine.trace.edge(node, frame.node, "READS", site, identity.evidence)
        frame.open = (node,)
    return frame


def _without_options(name: Text) -> Text:
    """`train.txt?format=libsvm#cache`: the file alone."""
    parts: list[object] = []
    for part in name.parts:
        head = re.split(r"[?#]", part, maxsplit=1)[0] if isinstance(part, str) and "http" not in part[:5] else part
        parts.append(head)
        if head != part:
            break
    return Text(tuple(parts), name.path, name.assumed, name.sources)  # type: ignore[arg-type]


def wrapped_labels(machine: Machine, value: Value | None) -> list[Frame]:
    """The labels that a data wrapper (`DMatrix(X, label=y)`) carries."""
    found: list[Frame] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Object) and option.facts.get("y") is not None:
            found += data_frames(machine, option.facts["y"])
    return found


def frames_of(value: Value, depth: int = 3) -> list[Frame]:
    """The frames of an evaluation set: `[(X, y), …]`, `[(matrix, "name"), …]`."""
    if isinstance(value, Frame):
        return [value]
    if isinstance(value, Object) and "X" in value.facts:
        return frames_of(value.facts["X"], depth)
    if isinstance(value, Choice):
        return [frame for option in value.options for frame in frames_of(option, depth)]
    if depth and isinstance(value, Seq):
        return [frame for item in value.items for frame in frames_of(item, depth - 1)]
    return []
