"""Operations on frames: what happens to columns and rows. Which call does which is said by the knowledge base."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.frames import (
    as_frame,
    column_refs,
    drop as drop_columns,
    flow,
    from_items,
    names_of,
    new_frame,
    select as select_columns,
    select_rows,
    store,
)
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.values import (
    Class,
    ColumnRef,
    Const,
    Frame,
    Function,
    Map,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    columns_of,
    derived,
    is_none,
    join,
    options_of,
    sources_of,
)


def subjects(operation: Operation, field: str = "data") -> list[Frame]:
    """The frames that an operation works on."""
    value = operation.data(field)
    if value is None and operation.entry.selector("arrays"):
        value = operation.call.args[0] if operation.call.args else None
    return [as_frame(operation.machine, option) for option in options_of(value)] if value is not None else []


def on_each(operation: Operation, results: list[Value]) -> Value:
    if results:
        return join(results)
    return derived("operation on unknown data", *operation.call.values(), label=operation.hint)


def _use(operation: Operation, frame: Frame, names: list[str], kind: str) -> None:
    site = operation.site
    for name in names:
        for ref in sorted(column_refs(operation.machine, frame, name, site)):
            operation.machine.trace.use(ref, kind, site)


def _in_place(operation: Operation, frame: Frame, result: Frame) -> Frame:
    """`inplace=True` changes the receiver itself."""
    if truthy(operation.call.kwargs.get("inplace"), False) and isinstance(operation.receiver, Frame):
        target = operation.receiver
        for name in Frame.__slots__:
            setattr(target, name, getattr(result, name))
    return result


def same(operation: Operation) -> Value:
    """Equal rows, same columns; other data among the arguments goes into the values."""
    results: list[Value] = []
    for frame in subjects(operation):
        others = [value for value in operation.call.values() if sources_of(value) and value is not operation.data()]
        state = operation.entry.flag("state") or frame.state or any(_has_state(value) for value in others)
        foreign = {source for value in others for source in sources_of(value)} - {frame.node}
        if state or foreign:
            results.append(_in_place(operation, frame, _changed(operation, frame, others, state)))
        else:
            result = frame.copy()
            if others:
                extra = frozenset().union(*(columns_of(value) for value in others))
                result.columns = {name: refs | extra for name, refs in result.columns.items()}
            results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def _has_state(value: Value) -> bool:
    return isinstance(value, Frame) and value.state


def _changed(operation: Operation, frame: Frame, others: list[Value], state: bool) -> Frame:
    machine, site = operation.machine, operation.site
    made = new_frame(machine, operation.name_in_scope(_name(operation, frame)), (operation.call.ordinal, frame.node), site,
                     rows=frame.rows)  # fmt: skip
    attributes = {"state": True} if state else {}
    last = operation.dotted.rpartition(".")[2]
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation=last, **attributes)
    for value in others:
        flow(machine, value, made.node, site, last, state=state)
    extra: frozenset[ColumnRef] = frozenset().union(*(columns_of(value) for value in others)) if others else frozenset()
    return frame.copy(node=made.node, columns={name: refs | extra for name, refs in frame.columns.items()}, state=False)


def _name(operation: Operation, frame: Frame) -> str:
    known = operation.machine.trace.nodes.get(frame.node)
    return known.name if known else "data"


def reduce(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, _ = names_of(operation.given("columns"))
        _use(operation, frame, names, "filter")
        made = select_rows(operation.machine, frame, (operation.call.ordinal, frame.node), operation.site, "filter",
                           name=operation.hint)  # fmt: skip
        results.append(_in_place(operation, frame, made))
    return on_each(operation, results)


def sample(operation: Operation) -> Value:
    if operation.entry.selector("arrays") == ("*",) and len(operation.call.args) > 1:
        return Seq(
            [_sampled(operation, as_frame(operation.machine, array)) for array in operation.call.args], kind="tuple"
        )
    results: list[Value] = [_sampled(operation, frame) for frame in subjects(operation)]
    return on_each(operation, results)


def _sampled(operation: Operation, frame: Frame) -> Frame:
    return select_rows(
        operation.machine, frame, (operation.call.ordinal, frame.node, tuple(frame.columns)), operation.site, "sample",
        name=operation.hint, random=True, seed=operation.seed_status(),
    )  # fmt: skip


def sort(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        _use(operation, frame, names, "order")
        if not whole:
            use_frame(operation.machine, frame, "escape", operation.site)
        results.append(_in_place(operation, frame, frame.copy()))
    return on_each(operation, results)


def select(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        results.append(
            select_columns(operation.machine, frame, names, whole=whole) if names else frame.copy(vague=True)
        )
    return on_each(operation, results)


def drop(operation: Operation) -> Value:
    """Columns go, unless the call drops rows."""
    results: list[Value] = []
    axis = operation.given("axis")
    literal = axis.value if isinstance(axis, Const) else axis.literal if isinstance(axis, Text) else None
    by_columns = "columns" in operation.call.kwargs or literal in (1, "columns")
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        if by_columns or (axis is None and operation.entry.flag("columns_by_default")):
            results.append(_in_place(operation, frame, drop_columns(frame, names)))
            if not whole:
                results[-1].vague = True  # type: ignore[union-attr]
        else:
            made = select_rows(operation.machine, frame, (operation.call.ordinal, frame.node), operation.site, "filter",
                               name=operation.hint)  # fmt: skip
            results.append(_in_place(operation, frame, made))
    return on_each(operation, results)


def rename(operation: Operation) -> Value:
    results: list[Value] = []
    mapping = operation.given("columns")
    for frame in subjects(operation):
        result = frame.copy()
        if isinstance(mapping, Map):
            _rename(operation, result, mapping)
        elif mapping is not None and not isinstance(mapping, Text):
            result.vague = True
        elif isinstance(mapping, Text) and mapping.literal is not None and frame.form == "series":
            result.columns = {mapping.literal: frame.refs()}
        results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def _rename(operation: Operation, frame: Frame, mapping: Map) -> None:
    columns: dict[str, frozenset[ColumnRef]] = {}
    new_names = {str(old): new.literal for old, new in mapping.entries.items() if isinstance(new, Text) and new.literal}
    for old in new_names:
        if old not in frame.columns and frame.open:
            frame.columns[old] = column_refs(operation.machine, frame, old, operation.site)
            frame.dropped |= {old}
    for name, refs in frame.columns.items():
        columns[new_names.get(name, name)] = refs
    frame.columns = columns
    frame.vague = frame.vague or mapping.open


def assign(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        in_place = operation.entry.flag("in_place")
        result = frame if in_place else frame.copy()
        if (column := operation.given("column")) is not None:
            store(operation.machine, result, column, operation.given("value") or Const(None))
        for name, value in operation.call.kwargs.items() if column is None else ():
            if isinstance(value, Function):
                value = invoke(
                    operation.machine, value, Call(operation.call.line, operation.call.ordinal, [result], {})
                )
            store(operation.machine, result, Text((name,)), value)
        results.append(result)
    return on_each(operation, results)


def index(operation: Operation) -> Value:
    """set_index, reset_index, reindex: the columns stay known."""
    results: list[Value] = []
    for frame in subjects(operation):
        _use(operation, frame, names_of(operation.given("keys"))[0], "key")
        results.append(_in_place(operation, frame, frame.copy()))
    return on_each(operation, results)


def merge(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    results: list[Value] = []
    others = operation.given("other")
    for left in subjects(operation):
        for option in options_of(others) if others is not None else ():
            items = option.items if isinstance(option, Seq) else [option]
            rights = [as_frame(machine, item) for item in items]
            results.append(_merged(operation, left, rights))
    del site
    return on_each(operation, results)


def _merged(operation: Operation, left: Frame, rights: list[Frame]) -> Frame:
    machine, site = operation.machine, operation.site
    everyone = [left, *rights]
    made = new_frame(machine, operation.name_in_scope(_name(operation, left)),
                     (operation.call.ordinal, *(frame.node for frame in everyone)), site, rows=left.rows)  # fmt: skip
    made.rows = machine.trace.rowset(f"rows:{made.node}", "join", site, tuple(frame.rows for frame in everyone))
    machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    keys = names_of(operation.given("on"))[0]
    validated = operation.given("validate") is not None
    for frame, field in [(left, "left_on"), *((right, "right_on") for right in rights)]:
        _use(operation, frame, keys + names_of(operation.given(field))[0], "key")
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="merge", validated=validated)
    return _union(made, everyone)


def _union(made: Frame, parts: list[Frame]) -> Frame:
    for frame in parts:
        for name, refs in frame.columns.items():
            made.columns[name] = made.columns.get(name, frozenset()) | refs
        made.open = tuple(dict.fromkeys((*made.open, *frame.open)))
        made.vague |= frame.vague
        made.state |= frame.state
    made.dropped = frozenset.intersection(*(frame.dropped for frame in parts)) if parts else frozenset()
    made.named = all(frame.named for frame in parts)
    made.form = parts[0].form if parts and parts[0].form == "array" else "table"
    return made


def concat(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    value = operation.given("arrays")
    frames = [as_frame(machine, item) for item in _items(value) if sources_of(item)]
    if not frames:
        return derived("concatenation of unknown data", *operation.call.values(), label=operation.hint)
    made = new_frame(machine, operation.name_in_scope("joined"), operation.call.ordinal, site, rows=frames[0].rows)
    axis = operation.given("axis")
    sideways = isinstance(axis, Const) and axis.value == 1
    if axis is None:
        sideways = operation.entry.fields.get("default_axis") == 1
    rows = tuple(dict.fromkeys(frame.rows for frame in frames))
    if not sideways or len(rows) > 1:
        made.rows = machine.trace.rowset(f"rows:{made.node}", "join" if sideways else "concat", site, rows)
    machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    for frame in frames:
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="concat")
    return _union(made, frames)


def _items(value: Value | None) -> list[Value]:
    if isinstance(value, Seq):
        return list(value.items)
    if isinstance(value, Map):
        return list(value.entries.values())
    return [option for option in options_of(value)] if value is not None else []


def group(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, _ = names_of(operation.given("keys"))
        _use(operation, frame, names, "key")
        results.append(Object("groupby", facts={"frame": frame, "key": names[0] if names else "", "keys": tuple(names)},
                              sources=frozenset((frame.node,))))  # fmt: skip
    return on_each(operation, results)


def aggregate(operation: Operation) -> Value:
    """One row for each group."""
    results: list[Value] = []
    receiver = operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
        grouped = isinstance(option, Object) and option.kind == "groupby"
        frame = option.facts["frame"] if grouped else as_frame(operation.machine, option)
        results.append(_aggregated(operation, frame, option.facts.get("keys", ()) if grouped else ()))
    return on_each(operation, results)


def _aggregated(operation: Operation, frame: Frame, keys: tuple[str, ...]) -> Frame:
    machine, site = operation.machine, operation.site
    made = select_rows(
        machine, frame, (operation.call.ordinal, frame.node), site, "group", name=operation.hint, state=True
    )
    named = {name: value for name, value in operation.call.kwargs.items() if isinstance(value, Seq)}
    for name, value in named.items():
        source = names_of(value)[0][:1]
        refs = frozenset[ColumnRef]().union(*(column_refs(machine, frame, one, site) for one in source))
        machine.trace.column((made.node, name), "derived", site, refs)
        made.columns[name] = frozenset(((made.node, name),))
    spec = operation.call.args[0] if operation.call.args else None
    if isinstance(spec, Map):
        kept = {str(name): column_refs(machine, frame, str(name), site) for name in spec.entries}
        made.columns, made.open = {**kept, **named_only(made, named)}, ()
    for key in keys:
        made.columns.setdefault(key, column_refs(machine, frame, key, site))
    if named:
        made.columns = {name: refs for name, refs in made.columns.items() if name in named or name in keys}
        made.open = ()
    elif operation.entry.text("returns") != "series":
        made.vague = True
    return made


def named_only(frame: Frame, named: dict[str, Value]) -> dict[str, frozenset[ColumnRef]]:
    return {name: refs for name, refs in frame.columns.items() if name in named}


def window(operation: Operation) -> Value:
    """Equal rows whose values come from other rows too."""
    results: list[Value] = []
    receiver = operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
        if isinstance(option, Object) and isinstance(option.facts.get("frame"), Frame):
            frame = option.facts["frame"]
        else:
            frame = as_frame(operation.machine, option)
        backward = operation.entry.flag("backward")
        for value in operation.call.args[:1]:
            if isinstance(value, (Function, Class)):
                _call_on(operation, value, frame)
        results.append(frame.copy(state=frame.state or not backward))
    return on_each(operation, results)


def statistic(operation: Operation) -> Value:
    """A number, or one for each column, computed over all rows."""
    results: list[Value] = []
    for frame in subjects(operation, "data"):
        results.append(
            frame.copy(
                form="scalar", state=True, columns={"": frame.refs()} if frame.form == "series" else dict(frame.columns)
            )
        )
    return on_each(operation, results)


def encode(operation: Operation) -> Value:
    """Columns become codes or indicators: names are no longer known."""
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        result = frame.copy()
        if names and whole:
            refs = frozenset[ColumnRef]().union(
                *(column_refs(operation.machine, frame, name, operation.site) for name in names)
            )
            result.columns = {name: known for name, known in result.columns.items() if name not in names}
            result.dropped |= frozenset(names)
            result.columns["*".join(names[:1]) + "_*"] = refs
        result.vague = operation.entry.flag("opens_columns") or result.vague
        results.append(result)
    return on_each(operation, results)


def make(operation: Operation) -> Value:
    """A frame from literals, records or arrays."""
    machine, site = operation.machine, operation.site
    value = operation.given("data")
    if value is None:
        frame = new_frame(machine, operation.name_in_scope("data"), operation.call.ordinal, site, operation="made")
        return frame
    results: list[Value] = []
    for option in options_of(value):
        if isinstance(option, Frame) and option.form != "scalar":
            results.append(_reshaped(operation, option))
        else:
            results.append(from_items(machine, option, operation.name_in_scope("data"), operation.call.ordinal, site))
    names, whole = names_of(operation.given("columns"))
    for result in results:
        if names and isinstance(result, Frame):
            _name_columns(result, names, whole)
        if isinstance(result, Frame):
            result.form = {"array": "array", "series": "series"}.get(operation.entry.text("returns"), "table")
            result.named = result.form == "table" or result.named
    return join(results)


def _reshaped(operation: Operation, frame: Frame) -> Frame:
    result = frame.copy()
    if frame.form in ("records", "row"):
        result.named = True
    return result


def _name_columns(frame: Frame, names: list[str], whole: bool) -> None:
    known = list(frame.columns.values())
    refs = frame.refs()
    if len(known) == len(names) and "" not in frame.columns:
        keep = all(name in frame.columns for name in names)
        frame.columns = {name: frame.columns[name] for name in names} if keep else dict(zip(names, known, strict=True))
    else:
        frame.columns = {
            name: frame.columns.get(name) or frozenset((o, name) for o in frame.open) or refs for name in names
        }
    frame.open, frame.vague, frame.named = (), not whole, True


def array(operation: Operation) -> Value:
    results: list[Value] = [frame.copy(form="array", named=False) for frame in subjects(operation)]
    return on_each(operation, results)


def records(operation: Operation) -> Value:
    """A frame as dictionaries or text; other data keeps its own shape."""
    data = operation.data()
    results: list[Value] = []
    for option in options_of(data) if data is not None else ():
        results.append(option.copy(form="records") if isinstance(option, Frame) else option)
    return join(results) if results else derived("records of unknown data", *operation.call.values())


def value(operation: Operation) -> Value:
    """Element by element: rows stay, values change."""
    results: list[Value] = []
    function = operation.given("function")
    data = operation.data()
    if data is None:
        return derived("computed value", *operation.call.values(), label=operation.hint)
    others = [item for item in operation.call.values() if item is not data and sources_of(item)]
    for option in options_of(data):
        if not sources_of(option):
            results.append(derived("computed value", option, *others, label=operation.hint))
            continue
        frame = as_frame(operation.machine, option)
        if isinstance(function, (Function, Class)):
            results.append(_call_on(operation, function, frame))
        else:
            results.append(_with_others(operation, frame, others))
    return join(results)


def _with_others(operation: Operation, frame: Frame, others: list[Value]) -> Value:
    from mldebt.evaluate.frames import combine

    result: Value = frame.copy()
    for other in others:
        if isinstance(result, Frame) and isinstance(other, Frame):
            result = combine(operation.machine, result, other)
    return result


def apply(operation: Operation) -> Value:
    """A function of the repository on rows, columns or the whole frame."""
    function = operation.given("function")
    results: list[Value] = []
    receiver = operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
        grouped = isinstance(option, Object) and isinstance(option.facts.get("frame"), Frame)
        frame = option.facts["frame"] if grouped else as_frame(operation.machine, option)
        if isinstance(function, (Function, Class)):
            results.append(_call_on(operation, function, frame))
        elif isinstance(function, Symbol) or function is None or isinstance(function, (Text, Map, Seq)):
            results.append(frame.copy())
        else:
            use_frame(operation.machine, frame, "escape", operation.site)
            results.append(frame.copy(vague=True))
    return on_each(operation, results)


def _call_on(operation: Operation, function: Function | Class, frame: Frame) -> Value:
    whole = operation.dotted.endswith("pipe")
    form = frame.form if whole else "row" if frame.form == "table" else "scalar"
    extra = [] if not whole else operation.call.args[1:]
    keywords = {name: item for name, item in operation.call.kwargs.items() if name not in ("axis", "func", "args")}
    result = invoke(
        operation.machine,
        function,
        Call(operation.call.line, operation.call.ordinal, [frame.copy(form=form), *extra], keywords),
    )
    if whole:
        return result
    refs = columns_of(result)
    if isinstance(result, Frame) and result.form == "row" and frame.form == "table":
        return result.copy(form="table", rows=frame.rows)
    return frame.copy(columns={"": refs or frame.refs()}, open=(), form="series", vague=False)


def iterate(operation: Operation) -> Value:
    rows: list[Value] = []
    for frame in subjects(operation, "data"):
        row = frame.copy(form="row")
        plain = operation.dotted.endswith(("itertuples", "values"))
        rows.append(row if plain else Seq([Unknown("row number", "index"), row], kind="tuple"))
    return Seq(rows, True, "generator")


def duplicate(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        results.append(
            select_rows(
                operation.machine,
                frame,
                (operation.call.ordinal, frame.node),
                operation.site,
                "duplicate",
                name=operation.hint,
            )  # fmt: skip
        )
    return on_each(operation, results)


def statistic_or_value(operation: Operation) -> Value:
    return statistic(operation) if not is_none(operation.data() or Const(None)) else Const(None)
