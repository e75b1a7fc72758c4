"""Reads and writes of stored things: files, tables, topics, and open handles."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.frames import as_frame, flow, names_of, new_frame, select
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.strings import concatenate, label_of, to_text
from mldebt.evaluate.values import (
    Connection,
    Const,
    Frame,
    Handle,
    Loaded,
    Map,
    Method,
    Model,
    Seq,
    Text,
    Unknown,
    Value,
    children,
    columns_of,
    derived,
    frames_in,
    join,
    options_of,
    sources_of,
    text,
)
from mldebt.sites import Site

TRANSIENT = ("memory", "temp")


def dataset_node(machine: Machine, identity: Identity, site: Site, kind: str = "dataset") -> str:
    return machine.trace.node(
        f"{kind}:{identity.name}",
        kind,
        identity.name,
        site,
        store=identity.store,
        format=identity.format or None,
        template=identity.template or None,
    )


def gap(machine: Machine, reason: str, detail: str, site: Site, blocks: str, **facts: object) -> str:
    """A place where lineage stops, and why."""
    name = f"{machine.scope.file}::{machine.scope.qualname or 'module'}"
    node = machine.node_id("gap", blocks.lower(), (site.line, site.cell, blocks))
    return machine.trace.node(node, "gap", name, site, reason=reason, detail=detail, blocks=blocks, **facts)


def stored_names(operation: Operation, field: str = "name") -> list[tuple[Text | Handle | None, Value | None]]:
    """The alternatives for the stored thing that a call names."""
    value = operation.given(field)
    if value is None and operation.call.spread:
        value = derived("argument passed through * or **", *operation.call.spread)
    expression = operation.call.label(operation.entry.selector(field))
    found: list[tuple[Text | Handle | None, Value | None]] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Seq) and option.items and not isinstance(option.items[0], (Const, Frame)):
            found += [(to_text(item), item) for item in option.items]
        elif isinstance(option, (Text, Handle)):
            found.append((option, option))
        else:
            found.append((to_text(option, expression), option))
    return found or [(None, None)]


def resolve(operation: Operation, field: str, blocks: str) -> list[Identity | Handle | str]:
    """Identities of what a call reads or writes; a string is the id of a gap."""
    machine, entry, site = operation.machine, operation.entry, operation.site
    store = entry.text(f"{field}_store") or entry.text("store", "topic" if field == "topic" else "file")
    if store == "builtin":
        name = entry.text("dataset") or operation.dotted.rpartition(".")[2]
        return [Identity(f"{operation.dotted.partition('.')[0]}::{name}", "builtin")]
    if store in TRANSIENT:
        return [Identity(f"{store}", store)]
    results: list[Identity | Handle | str] = []
    for name, value in stored_names(operation, field):
        if isinstance(name, Handle):
            results.append(name)
            continue
        if name is not None and store == "s3":
            name = _in_bucket(operation, name)
        identity = identify(machine, name, store, entry.text("format")) if name is not None else None
        if identity is not None and identity.known:
            results.append(identity)
        else:
            facts = {"store": store, "format": entry.text("format") or None}
            results.append(gap(machine, reason_of(value), _detail(operation, value), site, blocks, **facts))
    return results


def _in_bucket(operation: Operation, name: Text) -> Text:
    """The key of an object, behind its bucket."""
    bucket = operation.given("bucket")
    if bucket is None or name.template.startswith("s3://"):
        return name
    return concatenate([text("s3://"), to_text(bucket, ("name", "bucket")), text("/"), name])


def reason_of(value: Value | None) -> str:
    if value is None:
        return "no name given"
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Method):
        return value.receiver.reason if isinstance(value.receiver, Unknown) else "attribute of an unknown value"
    return "name with unknown parts" if isinstance(value, Text) else "computed name"


def _detail(operation: Operation, value: Value | None) -> str:
    what = operation.dotted.rpartition(".")[2]
    label = value.label if isinstance(value, Unknown) and value.label else ""
    named = f"`{label}`" if label else "its name"
    return f"{what}() names its file through {named}: {reason_of(value)}"


def outcome(machine: Machine, target: Identity | Handle | str, site: Site, kind: str) -> None:
    """Count the access in the coverage."""
    if isinstance(target, str):
        reason = str(machine.trace.nodes[target].attributes["reason"])
        machine.trace.access(site, kind, "unresolved", reason)
    elif isinstance(target, Handle):
        known = "transient" if target.store in TRANSIENT else "resolved" if target.name.known else "unresolved"
        machine.trace.access(site, kind, known, "handle of an unknown file")
    else:
        machine.trace.access(site, kind, "transient" if target.store in TRANSIENT else "resolved")


def node_of(machine: Machine, target: Identity | Handle | str, site: Site, kind: str = "dataset") -> tuple[str, str]:
    """(node id, evidence) of a resolved target; "" for what only lives in memory or in a temporary file."""
    if isinstance(target, str):
        return target, "guessed"
    if isinstance(target, Handle):
        target.touched = True
        if target.store in TRANSIENT:
            return "", "resolved"
        identity = identify(machine, target.name, target.store, target.format)
        if not identity.known:
            return gap(
                machine, "handle of an unknown file", "an open file whose name is not known", site, "READS"
            ), "guessed"
    else:
        identity = target
    if identity.store in TRANSIENT:
        return "", "resolved"
    return dataset_node(machine, identity, site, kind), identity.evidence


# -- reading


def read(operation: Operation) -> Value:
    from mldebt.evaluate.queries import read_query

    if operation.given("sql") is not None:
        return read_query(operation)
    if operation.entry.text("returns") == "text":
        return read_text(operation)
    machine, site = operation.machine, operation.site
    if operation.entry.text("column_separator"):
        return read_columns_by_name(operation)
    results: list[Value] = []
    for target in resolve(operation, "name", "READS"):
        outcome(machine, target, site, "read")
        if isinstance(target, str) and _data_is_given(operation):
            target = ""
        results.append(read_target(operation, target, str(len(results))))
    return join(results)


def read_columns_by_name(operation: Operation) -> Value:
    """A read that is told its columns as `data set:column`: one frame out of several data sets."""
    machine, site, entry = operation.machine, operation.site, operation.entry
    frame = new_frame(machine, operation.name_in_scope("data"), operation.call.ordinal, site, operation="read")
    columns: dict[str, list[str]] = {}
    for name, _ in stored_names(operation):
        if isinstance(name, Text) and name.known:
            owner, _, column = name.template.partition(entry.text("column_separator"))
            columns.setdefault(owner, []).append(column)
    for owner, names in columns.items():
        identity = identify(machine, text(owner), entry.text("store"))
        outcome(machine, identity, site, "read")
        node = dataset_node(machine, identity, site)
        machine.trace.edge(
            node, frame.node, "READS", site, operation.evidence, columns=tuple(filter(None, names)) or None
        )
        for name in filter(None, names):
            machine.trace.column((node, name), "projection", site)
            frame.columns[name] = frozenset(((node, name),))
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
    return join(results) if results else derived("text of an unknown file", *([source] if source else []))


def _data_is_given(operation: Operation) -> bool:
    """The reader was given data, not a name (a response's text, a buffer)."""
    value = operation.given("name")
    return value is not None and not isinstance(value, Text) and bool(sources_of(value))


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
        machine.trace.edge(node, frame.node, "READS", site, evidence, columns=asked)
        _set_columns(operation, frame, node, names or given, whole and given_whole, "projection" if names else "schema")
    else:
        value = operation.given("name")
        if value is not None:
            flow(machine, value, frame.node, site, "read")
        frame.columns, frame.vague = {"": columns_of(value) if value is not None else frozenset()}, True
    frame.form = {"records": "records", "array": "array", "series": "series"}.get(entry.text("returns"), "table")
    frame.named = frame.form != "array"
    for joined in frames_in(operation.given("data") or Const(None)):
        _join(machine, frame, joined, site)
    return frame


def _join(machine: Machine, frame: Frame, joined: Frame, site: Site) -> None:
    """A read that is told for which rows to read brings their columns along; which of them are keys is not said."""
    use_frame(machine, joined, "escape", site)
    machine.trace.edge(joined.node, frame.node, "DERIVES", site, operation="merge")
    frame.columns = {**joined.columns, **frame.columns}
    frame.open = tuple(dict.fromkeys((*frame.open, *joined.open)))
    frame.dropped = joined.dropped


def _set_columns(operation: Operation, frame: Frame, node: str, names: list[str], whole: bool, source: str) -> None:
    """The columns that a read brings: those asked for, else those that the file is known to have, else all."""
    machine, site = operation.machine, operation.site
    literal = operation.entry.fields.get("column_names")
    if isinstance(literal, list) and not names:
        names, whole, source = [str(name) for name in literal], True, "schema"
    if not names and node.startswith("dataset:"):
        known = machine.workspace.columns(node.removeprefix("dataset:"))
        names, whole, source = list(known or ()), known is not None, "header"
    for name in names:
        machine.trace.column((node, name), source, site)
        frame.columns[name] = frozenset(((node, name),))
    if not names or not whole:
        frame.open = (node,) if node.startswith("dataset:") else ()
        frame.vague = not frame.open
    elif source in ("header", "schema"):
        machine.trace.node(node, "dataset", machine.trace.nodes[node].name, closed=True)


# -- writing


def write(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    data = operation.data()
    if operation.given("name") is None and not operation.call.spread and operation.entry.text("store") not in TRANSIENT:
        return data if data is not None else Const(None)  # `df.to_csv()` gives the text back
    for target in resolve(operation, "name", "WRITES"):
        outcome(machine, target, site, "write")
        write_target(operation, data, target)
    return Const(None)


def write_target(operation: Operation, data: Value | None, target: Identity | Handle | str) -> None:
    machine, site = operation.machine, operation.site
    node, evidence = node_of(machine, target, site)
    if not node:
        return
    mode = write_mode(operation, target)
    evidence = "inferred" if operation.inferred and evidence == "resolved" else evidence
    if isinstance(data, Frame) and operation.entry.selector("columns"):
        data = _projected(operation, data)
    write_data(machine, data, node, site, evidence, mode)


def _projected(operation: Operation, data: Frame) -> Frame:
    """What is written of a frame where the call names columns."""
    names, whole = names_of(operation.given("columns"))
    return select(operation.machine, data, names, whole=whole) if names else data


def write_mode(operation: Operation, target: Identity | Handle | str) -> str:
    """replace, append, merge or error."""
    value = operation.given("mode")
    default = operation.entry.text("default_mode", "replace")
    if isinstance(target, Handle):
        return "append" if "a" in target.mode else "replace"
    if isinstance(value, Text) and value.literal is not None:
        return {"a": "append", "append": "append", "w": "replace", "overwrite": "replace", "fail": "error",
                "replace": "replace", "ignore": "error", "x": "error", "error": "error"}.get(value.literal, default)  # fmt: skip
    return "unknown" if value is not None and not isinstance(value, Const) else default


def write_data(machine: Machine, data: Value | None, node: str, site: Site, evidence: str, mode: str) -> None:
    """WRITES edges from everything that the written value is made of, and what becomes of its columns."""
    value = data if data is not None else Unknown("nothing")
    if isinstance(value, Loaded):
        value = as_frame(machine, value)
    names = written_names(value)
    sources = sorted(sources_of(value))
    if not sources:
        made = new_frame(machine, label_of(None) or "value", ("written", site.line, node), site, operation="made")
        sources = [made.node]
    for source in sources:
        machine.trace.edge(source, node, "WRITES", site, evidence, columns=names, mode=mode)
    _written_columns(machine, value, node, site)


def written_names(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Frame):
        return value.names()
    if isinstance(value, Map) and not value.open:
        return tuple(str(key) for key in value.entries)
    if isinstance(value, Seq) and value.items and not isinstance(value.items[0], (Seq, Frame)):
        return written_names(value.items[0])
    return None


def _written_columns(machine: Machine, value: Value, node: str, site: Site) -> None:
    for option in options_of(value):
        if isinstance(option, Frame):
            for name, refs in option.columns.items():
                if name:
                    machine.trace.column((node, name), "written", site, refs)
            use_frame(machine, option, "sink", site)
        elif isinstance(option, Map):
            for key, item in option.entries.items():
                machine.trace.column((node, str(key)), "written", site, columns_of(item))
        for ref in sorted(columns_of(option)):
            machine.trace.use(ref, "sink", site)
        if isinstance(option, (Seq, Map)):
            for child in children(option):
                for frame in [child] if isinstance(child, Frame) else []:
                    use_frame(machine, frame, "sink", site)


# -- objects of unknown nature


def load(operation: Operation) -> Value:
    """joblib.load and its kin: what it is shows when it is used, or by who wrote it."""
    machine, site = operation.machine, operation.site
    results: list[Value] = []
    for target in resolve(operation, "name", "LOADS"):
        outcome(machine, target, site, "load")
        node, evidence = node_of(machine, target, site, "stored")
        ordinal = (operation.call.ordinal, len(results))
        loaded = machine.node_id("loaded", operation.name_in_scope("loaded"), ordinal)
        scope = f"{machine.scope.file}::{machine.scope.qualname}"
        machine.trace.node(
            loaded, "loaded", operation.name_in_scope("loaded"), site, scope=scope, **{"class": operation.dotted}
        )
        if operation.entry.text("returns") == "model":
            machine.trace.loaded_as.setdefault(loaded, set()).add("model")
        if node:
            machine.trace.edge(node, loaded, "LOADS", site, evidence)
        results.append(Loaded(loaded, node))
    if operation.entry.text("into") == "self":
        return _into_receiver(operation, results)
    return join(results)


def _into_receiver(operation: Operation, results: list[Value]) -> Value:
    """`booster.load_model(path)`: the receiver becomes what was stored."""
    loaded = next((result for result in results if isinstance(result, Loaded)), None)
    for option in options_of(operation.receiver) if operation.receiver is not None and loaded else ():
        if isinstance(option, Model) and loaded is not None:
            option.node, option.loaded = loaded.node, True
    return join(results)


def models_in(value: Value | None, depth: int = 4) -> list[Model]:
    if isinstance(value, Model):
        return [value]
    if value is None or depth == 0:
        return []
    return [model for child in children(value) for model in models_in(child, depth - 1)]


def save(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    data = operation.data()
    models = models_in(data)
    if operation.given("name") is None and not operation.call.spread and not models:
        return data if data is not None else Const(None)  # `yaml.dump(data)` gives the text back
    for target in resolve(operation, "name", "PERSISTS"):
        outcome(machine, target, site, "save")
        if models:
            persist(machine, models, target, site)
        elif _is_data(data):
            write_target(operation, data, target)
        else:
            _save_unknown(machine, data, target, site)
    return Const(None)


def _is_data(value: Value | None) -> bool:
    return any(isinstance(option, (Frame, Map, Seq, Text, Const)) for option in options_of(value)) if value else False


def persist(machine: Machine, models: list[Model], target: Identity | Handle | str, site: Site) -> None:
    node, evidence = node_of(machine, target, site, "artifact")
    for model in models if node else ():
        machine.trace.edge(model.node, node, "PERSISTS", site, evidence)


def _save_unknown(machine: Machine, data: Value | None, target: Identity | Handle | str, site: Site) -> None:
    node, evidence = node_of(machine, target, site, "stored")
    if not node:
        return
    sources = sorted(sources_of(data)) if data is not None else []
    if not sources:
        label = data.label if isinstance(data, Unknown) else ""
        made = new_frame(machine, label or "object", ("saved", site.line, node), site, operation="made")
        sources = [made.node]
    for source in sources:
        machine.trace.edge(source, node, "PERSISTS", site, evidence)


# -- handles


def open_(operation: Operation) -> Value:
    mode = operation.given("mode")
    literal = mode.literal if isinstance(mode, Text) and mode.literal else operation.entry.text("default_mode", "r")
    store = operation.entry.text("store", "file")
    handles: list[Value] = []
    for name, value in stored_names(operation):
        if isinstance(name, Handle):
            handles.append(name)
        else:
            handles.append(Handle(name or Text(("",)), literal, store, format=operation.entry.text("format")))
    return join(handles)


def transient(operation: Operation) -> Value:
    """Temporary files, folders and buffers in memory."""
    store = "memory" if operation.entry.op == "memory" else "temp"
    if operation.entry.text("returns") in ("str", "path"):
        from mldebt.evaluate.values import Hole

        return Text((Hole("temporary", "tmp"),), True)
    return Handle(Text(("",)), "r+", store)


def touch(machine: Machine, handle: Handle, site: Site) -> None:
    """An open file that goes where it can't be followed counts as read or written."""
    if handle.touched or handle.store in TRANSIENT or not handle.name.known:
        return
    if any(letter in handle.mode for letter in "wax"):
        node, evidence = node_of(machine, handle, site)
        made = new_frame(machine, "value", ("touched", site.line, node), site, operation="made")
        machine.trace.edge(
            made.node, node, "WRITES", site, "inferred", mode="append" if "a" in handle.mode else "replace"
        )
    else:
        read_handle(machine, handle, site, "records")


def read_handle(machine: Machine, handle: Handle, site: Site, form: str) -> Value:
    """The contents of an open file."""
    outcome(machine, handle, site, "read")
    node, evidence = node_of(machine, handle, site)
    known = handle.name.literal
    frame = new_frame(
        machine, machine.scope.hint or "contents", ("contents", site.line, site.cell, node), site, operation="read"
    )
    if node and not _is_code(known):
        machine.trace.edge(node, frame.node, "READS", site, evidence)
        frame.open = (node,)
    frame.form = form
    return frame


def _is_code(name: str | None) -> bool:
    return bool(name) and str(name).endswith((".py", ".sql", ".md", ".html", ".j2", ".jinja", ".css", ".js"))


def handle_contents(machine: Machine, handle: Handle, site: Site) -> Value:
    """`handle.read()`: the text itself where it is a small query or template of the repository."""
    if handle.name.literal and _is_code(handle.name.literal):
        identity = identify(machine, handle.name)
        found = machine.workspace.text(identity.name)
        if found is not None:
            handle.touched = True
            return Text((found,))
        return Unknown("text of a file that is not there", handle.name.literal)
    if handle.name.template.endswith(".sql"):
        return Unknown("text of a file whose name is not known")
    return read_handle(machine, handle, site, "records")


def write_handle(operation: Operation) -> Value:
    """`handle.write(data)`, and writers built on a handle."""
    machine, site = operation.machine, operation.site
    data = operation.given("data")
    for option in options_of(operation.receiver) if operation.receiver else ():
        if isinstance(option, Handle):
            outcome(machine, option, site, "write")
            write_target(operation, data, option)
    return Const(None)


def copy(operation: Operation) -> Value:
    """shutil.copy and its kin: one stored thing becomes another."""
    machine, site = operation.machine, operation.site
    sources = [node_of(machine, target, site, "stored") for target in resolve(operation, "from", "READS")]
    targets = [node_of(machine, target, site, "stored") for target in resolve(operation, "to", "WRITES")]
    for source, evidence in sources:
        for target, other in targets:
            if source and target:
                machine.trace.edge(source, target, "DERIVES", site, max(evidence, other), operation="copy")
    return Const(None)


__all__ = ["Connection", "read", "write"]
