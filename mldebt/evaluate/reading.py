"""Reads of stored things: which columns and rows they bring."""

from __future__ import annotations

import re

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.documents import picked_by
from mldebt.evaluate.frames import column_refs, drop, flow, names_of, new_frame, select
from mldebt.evaluate.handles import code_lines, handle_contents
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.provenance import columns_of, columns_of_all, derived, frames_in, sources_of
from mldebt.evaluate.scratch import held
from mldebt.evaluate.storage import dataset_node, gap, node_of, outcome, resolve, revision_of, settled, stored_names
from mldebt.evaluate.strings import label_of
from mldebt.evaluate.values import (
    NONE,
    Const,
    Frame,
    Handle,
    Hole,
    Map,
    Object,
    Seq,
    Text,
    Value,
    is_none,
    options_of,
    text,
)
from mldebt.sites import Site

_PLACE = re.compile(r"(?:^|_)(?:path|filename|filepath|fname|fpath|folder|dir|url|uri)s?$", re.IGNORECASE)


def read(operation: Operation) -> Value:
    from mldebt.evaluate.queries import read_query

    if operation.given("sql") is not None:
        rows = read_query(operation)
        _use_keys(operation, [rows])
        return _in_chunks(operation, rows)
    if operation.entry.text("returns") == "text":
        return read_text(operation)
    if (lines := code_lines(operation.machine, operation.receiver)) is not None:
        return lines
    machine, site = operation.machine, operation.site
    if operation.entry.text("column_separator"):
        return read_columns_by_name(operation)
    results: list[Value] = []
    field = "topic" if operation.given("topic") is not None else "name"
    for target in resolve(operation, field, "READS"):
        if isinstance(target, str) and (_whole_is_given(operation) or _text_is_given(operation)):
            machine.trace.access(site, "read", "transient")
            machine.trace.nodes.pop(target, None)
            target = ""
        else:
            outcome(machine, target, site, "read")
        listed = isinstance(target, str) and _data_is_given(operation)
        if listed and not _is_called_a_path(operation):
            target = ""
        results.append(read_target(operation, target, str(len(results))))
        given = operation.given(field) or NONE
        if isinstance(results[-1], Frame) and ((listed and target) or _is_one_of_many(given)):
            flow(machine, given, results[-1].node, site, "read")
    _use_keys(operation, results)
    _use_sent(operation)
    labels = names_of(operation.given("label"))[0]
    return _in_chunks(operation, join(results)) if not labels else _with_labels(operation, join(results), labels)


def _with_labels(operation: Operation, value: Value, labels: list[str]) -> Value:
    """A read that is told which column is the label gives the others, and that one beside them."""
    frames = list(frames_in(value))
    features = [drop(frame, labels) for frame in frames]
    found = {"X": join(features), "y": join(select(operation.machine, frame, labels) for frame in frames)}
    return Object("matrix", operation.dotted, found, sources_of(value))


def _in_chunks(operation: Operation, value: Value) -> Value:
    """With `chunksize`, a reader gives one table after the other."""
    chunks = operation.given("chunks")
    if chunks is None or (isinstance(chunks, Const) and not chunks.value):
        return value
    return join(one.copy(form="chunks") if isinstance(one, Frame) else one for one in options_of(value))


def _use_keys(operation: Operation, results: list[Value]) -> None:
    """What every one of the `keys` names is needed: the times and identities of a declared source."""
    given = [operation.call.kwargs.get(key) for key in operation.entry.selector("keys") if isinstance(key, str)]
    names = [name for value in given if value is not None for name in names_of(value)[0]]
    for frame in (frame for result in results for frame in frames_in(result)):
        for name in names:
            for ref in sorted(column_refs(operation.machine, frame, name, operation.site)):
                operation.machine.trace.use(ref, "key", operation.site)


def _use_sent(operation: Operation) -> None:
    """`requests.get(url, json=rows)`: what is sent with the question is used by who answers it."""
    sent = [*operation.call.kwargs.values()] if operation.entry.text("store") == "http" else []
    for frame in (frame for value in sent for frame in frames_in(value)):
        use_frame(operation.machine, frame, "escape", operation.site)
    for ref in sorted(columns_of_all(sent)):
        operation.machine.trace.use(ref, "escape", operation.site)


def read_columns_by_name(operation: Operation) -> Value:
    """A read that is told its columns as `data set:column`: one frame out of several data sets."""
    machine, site, entry = operation.machine, operation.site, operation.entry
    frame = new_frame(machine, operation.name_in_scope("data"), operation.call.ordinal, site, operation="read")
    columns: dict[str, list[str]] = {}
    for name, _ in stored_names(operation):
        if isinstance(name, Text) and name.known:
            owner, _, asked = name.template.partition(entry.text("column_separator"))
            columns.setdefault(owner, []).append(asked)
    for owner, names in columns.items():
        identity = identify(machine, text(owner), entry.text("store"))
        outcome(machine, identity, site, "read")
        node = dataset_node(machine, identity, site)
        machine.trace.edge(
            node, frame.node, "READS", site, operation.evidence, columns=tuple(filter(None, names)) or None
        )
        if "" in names:
            frame.open = (*frame.open, node)
        for column in filter(None, names):
            machine.trace.column((node, column), "projection", site)
            frame.columns[column] = frozenset(((node, column),))
    if not columns:
        node = gap(machine, "no name given", "the columns that are asked for are not known", site, "READS")
        outcome(machine, node, site, "read")
        machine.trace.edge(node, frame.node, "READS", site, "guessed")
        frame.vague = True
    for joined in frames_in(operation.given("data") or Const(None)):
        _join(machine, frame, joined, site)
    frame.form = "records" if entry.text("returns") == "records" else "table"
    return frame


def read_text(operation: Operation) -> Value:
    """`handle.read()` and `path.read_text()`."""
    source = operation.given("name")
    results: list[Value] = []
    for option in options_of(source) if source is not None else ():
        handle = Handle(option) if isinstance(option, Text) else option
        if isinstance(handle, Handle):
            results.append(handle_contents(operation.machine, handle, operation.site))
            _follow_names(operation, option, results[-1])
    return join(results) if results else derived("text of an unknown file", *([source] if source else []))


def _follow_names(operation: Operation, name: Value, contents: Value) -> None:
    """What is read from some files of a folder follows from how these were divided up."""
    for frame in frames_in(contents) if _is_one_of_many(name) else ():
        flow(operation.machine, name, frame.node, operation.site, "read")


def _whole_is_given(operation: Operation) -> bool:
    """The reader was given a table as text (what `to_json` gave back), not a name out of one."""
    value = operation.given("name")
    return value is not None and all(isinstance(one, Frame) and one.form == "table" for one in options_of(value))


def _text_is_given(operation: Operation) -> bool:
    """The reader also takes the text itself, and was given what came from somewhere."""
    return operation.entry.flag("parses") and _data_is_given(operation)


def _data_is_given(operation: Operation) -> bool:
    """The reader was given data, not a name (a response's text, a buffer). By HTTP it always is an address."""
    value = operation.given("name")
    if operation.entry.text("store") == "http":
        return False
    return value is not None and not isinstance(value, Text) and bool(sources_of(value))


def _is_called_a_path(operation: Operation) -> bool:
    """Whether what is given comes out of data, but is spoken of as the place of a file: a list says what to read."""
    return _PLACE.search(label_of(operation.call.label(operation.entry.selector("name")))) is not None


def _is_one_of_many(name: Value) -> bool:
    """Whether a name is one of those of a folder that were divided up before."""
    holes = [part for part in name.parts if isinstance(part, Hole)] if isinstance(name, Text) else []
    return bool(holes) and bool(sources_of(name)) and all(one.kind == "loop" for one in holes)


FORMS_READ = ("records", "array", "series", "response", "examples", "scalar", "row")


def read_target(operation: Operation, target: Identity | Handle | str, number: str) -> Value:
    machine, site, entry = operation.machine, operation.site, operation.entry
    node, evidence = node_of(machine, target, site) if target != "" else ("", "resolved")
    frame = new_frame(
        machine, operation.name_in_scope("data"), (operation.call.ordinal, number), site, operation="read"
    )
    names, whole = names_of(operation.given("columns"))
    given, given_whole = names_of(operation.given("names"))
    asked = tuple(names) if names and whole else None
    if node:
        evidence = "inferred" if operation.inferred and evidence == "resolved" else evidence
        machine.trace.edge(
            node, frame.node, "READS", site, evidence, columns=asked, header=False if _is_headless(operation) else None,
            revision=revision_of(operation, target), whole_rows=entry.text("returns") == "records" or None,
        )  # fmt: skip
        _set_columns(operation, frame, node, names or given, whole and given_whole, "projection" if names else "schema")
    else:
        _of_memory(operation, frame, target)
    frame.form = entry.text("returns") if entry.text("returns") in FORMS_READ else "table"
    if frame.form == "array" and truthy(operation.given("names"), False):
        frame.form = "table"  # an array of records has names like a table
    frame.named = frame.form != "array"
    frame.picked = picked_by(machine, operation.given("filter"))
    frame.ordered = asked is not None and not entry.flag("anyhow")
    for joined in frames_in(operation.given("data") or Const(None)):
        _join(machine, frame, joined, site)
    return frame


def _is_headless(operation: Operation) -> bool:
    """Whether a read says that the file has no line with names."""
    header = operation.given("header")
    return is_none(header) if header is not None else operation.given("names") is not None


def _of_memory(operation: Operation, frame: Frame, target: Identity | Handle | str) -> None:
    """A read of what is in memory or in a temporary file: what was put there."""
    machine = operation.machine
    kept = held(machine, settled(machine, target))
    value = kept if kept is not None else operation.given("name")
    if value is None:
        frame.vague = True
        return
    flow(machine, value, frame.node, operation.site, "read")
    whole = [one for one in frames_in(value) if one.form in ("records", "response")]
    if len(whole) == 1 and len(options_of(value)) == 1 and not isinstance(value, (Seq, Map)):
        frame.columns, frame.open, frame.dropped = dict(whole[0].columns), whole[0].open, whole[0].dropped
        frame.vague = whole[0].vague
    else:
        frame.columns, frame.vague = {"": columns_of(value)}, True


def _join(machine: Machine, frame: Frame, joined: Frame, site: Site) -> None:
    """A read that is told for which rows to read brings their columns along; which of them are keys is not said."""
    use_frame(machine, joined, "escape", site)
    machine.trace.edge(joined.node, frame.node, "DERIVES", site, operation="merge")
    frame.columns = {**joined.columns, **frame.columns}
    frame.open = tuple(dict.fromkeys((*frame.open, *joined.open)))
    frame.dropped = joined.dropped


def _as_stored(machine: Machine, frame: Frame, node: str, names: list[str]) -> list[str]:
    """Columns in the order of the file, which is theirs however they are asked for."""
    known = machine.workspace.columns(node.removeprefix("dataset:")) if node.startswith("dataset:") else None
    if known is None:
        frame.placed = len(names) < 2
        return names
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


def _set_columns(operation: Operation, frame: Frame, node: str, names: list[str], whole: bool, source: str) -> None:
    """The columns that a read brings: those asked for, else those that the file is known to have, else all."""
    machine, site = operation.machine, operation.site
    literal = operation.entry.fields.get("column_names")
    if isinstance(literal, list) and not names:
        names, whole, source = [str(name) for name in literal], True, "schema"
    if not names and node.startswith("dataset:"):
        known = machine.workspace.columns(node.removeprefix("dataset:"))
        names, whole, source = list(known or ()), known is not None, "header"
    if operation.entry.flag("anyhow") and source == "projection":
        names = _as_stored(machine, frame, node, names)
    for name in names:
        machine.trace.column((node, name), source, site)
        frame.columns[name] = frozenset(((node, name),))
    if node.startswith("dataset:") and (source == "header" or not names or not whole):
        frame.rest = (node,)
    if not names or not whole:
        frame.open = (node,)
    elif source in ("header", "schema"):
        machine.trace.node(node, "dataset", machine.trace.nodes[node].name, closed=True)
