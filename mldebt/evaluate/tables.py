"""Operations on frames: what happens to columns and rows. Which call does which is said by the knowledge base."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.combining import of_each_column
from mldebt.evaluate.conditions import ONE_COLUMN, condition, decided_by_all, is_unknown, kept, mentioned, tested
from mldebt.evaluate.formulas import bound, is_expression
from mldebt.evaluate.frames import brought_into_line, column_refs, flow, names_of, new_frame, select_rows, within_record
from mldebt.evaluate.frames import drop as drop_columns
from mldebt.evaluate.frames import select as select_columns
from mldebt.evaluate.framing import as_frame, from_items
from mldebt.evaluate.joins import join
from mldebt.evaluate.keeping import store
from mldebt.evaluate.meanings import picking
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.origins import is_literal
from mldebt.evaluate.picking import PICKING, clock_in_text, clocked, kept_by, some_rows, sorted_by
from mldebt.evaluate.positions import is_loose
from mldebt.evaluate.provenance import columns_of, derived, frames_in, has_statistic, on_statistic, sources_of
from mldebt.evaluate.score_tables import note_scores
from mldebt.evaluate.terms_of import in_terms_of
from mldebt.evaluate.values import (
    ColumnRef,
    Const,
    Frame,
    Function,
    Object,
    Pick,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.terms import HOLE
from mldebt.terms.text import parse_expression


def subjects(operation: Operation, field: str = "data") -> list[Frame]:
    """The frames that an operation works on."""
    value = operation.data(field)
    if value is None and operation.entry.selector("arrays"):
        value = operation.call.args[0] if operation.call.args else None
    options = options_of(value) if value is not None else ()
    return [_grouped(option) or as_frame(operation.machine, option) for option in options]


def _grouped(value: Value) -> Frame | None:
    """The table whose rows are put into groups: `df.groupby("user").head(2)` takes some of them."""
    frame = value.facts.get("frame") if isinstance(value, Object) and value.kind == "groupby" else None
    return frame if isinstance(frame, Frame) else None


def on_each(operation: Operation, results: list[Value]) -> Value:
    if results:
        return join(results)
    return derived("operation on unknown data", *operation.call.values(), label=operation.hint)


def _use(operation: Operation, frame: Frame, names: list[str], kind: str) -> None:
    site = operation.site
    for name in names:
        for ref in sorted(column_refs(operation.machine, frame, name, site)):
            operation.machine.trace.use(ref, kind, site)


def use_keys(operation: Operation, frame: Frame, given: Value | None) -> None:
    """Columns by which rows are put together; where not all of them are known, any may be one."""
    names, whole = names_of(given)
    _use(operation, frame, names, "key")
    if given is None or whole:
        return
    if is_expression(given) or (isinstance(given, Seq) and any(map(is_expression, given.items))):
        made = [one for _, one in bound(operation.machine, frame, given)]
        for ref in sorted(frozenset[ColumnRef]().union(*(one.refs() for one in made))):
            operation.machine.trace.use(ref, "key", operation.site)
    elif any(isinstance(option, (Unknown, Seq, Text)) and not sources_of(option) for option in options_of(given)):
        use_frame(operation.machine, frame, "escape", operation.site)


def _in_place(operation: Operation, frame: Frame, result: Frame) -> Frame:
    """`inplace=True` changes the receiver itself."""
    if truthy(operation.call.kwargs.get("inplace"), False) and isinstance(operation.receiver, Frame):
        target = operation.receiver
        for name in Frame.__struct_fields__:
            setattr(target, name, getattr(result, name))
    return result


def same(operation: Operation) -> Value:
    """Equal rows, same columns; other data among the arguments goes into the values."""
    results: list[Value] = []
    for frame in (along_rows(operation, frame) for frame in subjects(operation)):
        others = [value for value in operation.call.values() if sources_of(value) and value is not operation.data()]
        state = operation.entry.flag("state") or frame.state or any(has_statistic(value) for value in others)
        foreign = {source for value in others for source in sources_of(value)} - {frame.node}
        if state or foreign:
            results.append(_in_place(operation, frame, _changed(operation, frame, others, state)))
        else:
            result = frame.copy(placed=frame.placed and not operation.entry.flag("reshapes"))
            if others:
                extra = frozenset().union(*(columns_of(value) for value in others))
                result.columns = {name: refs | extra for name, refs in result.columns.items()}
            results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def along_rows(operation: Operation, frame: Frame) -> Frame:
    """What a call works on: with `axis=1` a value may come from any column of its row."""
    if frame.form in ONE_COLUMN or operation.axis(0) in (0, "index", "rows"):
        return frame
    for owner in frame.open:
        operation.machine.trace.use_all(owner, "escape", operation.site, frame.dropped | frozenset(frame.columns))
    return frame.copy(columns=dict.fromkeys(frame.columns, frame.refs()), term=None, terms={})


def _changed(operation: Operation, frame: Frame, others: list[Value], state: bool) -> Frame:
    machine, site = operation.machine, operation.site
    name = operation.name_in_scope(_name(operation, frame))
    made = new_frame(machine, name, (operation.call.ordinal, frame.node), site, rows=frame.rows)
    told = [value for value in (frame, *others) if has_statistic(value)]
    own = operation.entry.flag("state") or any(value is frame or frame.node in sources_of(value) for value in told)
    attributes = on_statistic(told[0] if told else frame) if own else {}
    last = operation.dotted.rpartition(".")[2]
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation=last, **attributes)
    for value in others:
        flow(machine, value, made.node, site, last, state=state)
    extra = {name: frozenset[ColumnRef]().union(*(_beside(value, name) for value in others)) for name in frame.columns}
    return frame.copy(
        node=made.node, columns={name: refs | extra[name] for name, refs in frame.columns.items()}, state=False
    )


def _beside(value: Value, name: str) -> frozenset[ColumnRef]:
    """What a value brings to a column; a statistic of every column, that of this one."""
    own = value.columns.get(name) if isinstance(value, Frame) and of_each_column(value) else None
    return columns_of(value) if own is None else own


def _name(operation: Operation, frame: Frame) -> str:
    known = operation.machine.trace.nodes.get(frame.node)
    return known.name if known else "data"


def reduce(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, _ = names_of(operation.given("columns"))
        test = operation.given("filter")
        if test is not None:
            names = [*names, *tested(operation.machine, frame, test, operation.site)]
        _use(operation, frame, names, "filter")
        decided_by_all(operation, frame)
        pick = _pick(operation, frame, test)
        told: dict[str, object] = {**clocked(pick), **clock_in_text(operation.machine, test)}
        if operation.entry.flag("distinct"):
            told["distinct"] = True
        made = select_rows(operation.machine, frame, (operation.call.ordinal, frame.node), operation.site, "filter",
                           name=operation.hint, drawn=told, pick=pick)  # fmt: skip
        made.placed = made.placed and made.form != "array"  # columns of an array may be left out
        if operation.entry.flag("distinct"):
            made.unique = (*made.unique, frozenset(names or frame.names() or ()))
        results.append(_in_place(operation, frame, made))
    return on_each(operation, results)


def _pick(operation: Operation, frame: Frame, test: Value | None) -> Pick:
    """Which rows an operation keeps."""
    method = operation.dotted.rpartition(".")[2]
    if isinstance(test, Text):
        term = parse_expression(test.literal) if test.literal is not None else None
        return kept_by(in_terms_of(operation.machine, frame, term))
    meaning = operation.machine.knowledge.meaning(method, "frame")
    if meaning is not None and (op := meaning.operation(method)) in PICKING:
        return picking(operation.machine, meaning, op, operation.call)
    return some_rows(method)


def sample(operation: Operation) -> Value:
    if operation.entry.selector("arrays") == ("*",) and len(operation.call.args) > 1:
        return Seq(
            [_sampled(operation, as_frame(operation.machine, array)) for array in operation.call.args], kind="tuple"
        )
    results: list[Value] = [_sampled(operation, frame) for frame in subjects(operation)]
    return on_each(operation, results)


def _sampled(operation: Operation, frame: Frame) -> Frame:
    """Drawn rows; what the draw leaves (`df.drop(sample.index)`) is the other side of it."""
    key = (operation.call.ordinal, frame.node, tuple(frame.columns))
    drawn = {"random": True, "seed": operation.seed_status()}
    again = truthy(operation.given("replace"), operation.entry.flag("duplicate"))
    kind = "duplicate" if again else "sample"
    return select_rows(
        operation.machine, frame, key, operation.site, kind, name=operation.hint, split=f"sample:{frame.rows}",
        part="train", drawn=drawn,
    )  # fmt: skip


def sort(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        _use(operation, frame, names, "order")
        if not whole:
            use_frame(operation.machine, frame, "escape", operation.site)
        pick = sorted_by(names if whole else [], _ascending(operation))
        results.append(_in_place(operation, frame, frame.copy(picked=(*frame.picked, pick))))
    return on_each(operation, results)


def _ascending(operation: Operation) -> Value | None:
    """`ascending=False`, `descending=True`, `sort("ts", -1)`; None where nothing is said of it."""
    call = operation.call
    if (down := call.kwargs.get("descending")) is not None:
        return Const(not down.value) if isinstance(down, Const) else Unknown("direction")
    if any(map(is_expression, call.args)):
        return Unknown("direction")
    second = call.args[1] if len(call.args) > 1 else None
    if isinstance(second, Const) and isinstance(second.value, int) and not isinstance(second.value, bool):
        return Const(second.value > 0)
    return call.kwargs.get("ascending")


def reindex(operation: Operation) -> Value:
    """Other rows, with empty ones where there were none; other columns where the call names them."""
    if operation.given("columns") is not None:
        return on_each(operation, [_like_others(operation, frame) for frame in frames_in(select(operation))])
    return on_each(operation, [frame.copy() for frame in subjects(operation)])


def _like_others(operation: Operation, frame: Frame) -> Frame:
    """The columns that are wanted, whichever were there."""
    return brought_into_line(operation.machine, frame, operation.call.ordinal, operation.site, operation.hint)


def select(operation: Operation) -> Value:
    results: list[Value] = []
    test = condition(operation)
    for frame in subjects(operation):
        if test is not None:
            results.append(kept(operation, frame, test))
            continue
        given = operation.given("columns")
        names, whole = names_of(given)
        rest = frame.rest if given is None or is_loose(given) else ()
        if is_unknown(operation):
            use_frame(operation.machine, frame, "escape", operation.site)
        results.append(
            select_columns(operation.machine, frame, names, whole=whole) if names else frame.copy(vague=True, rest=rest)
        )
        if operation.entry.flag("removes") and isinstance(operation.receiver, Frame):
            operation.receiver.columns = drop_columns(frame, names).columns  # `df.pop("x")`
            operation.receiver.dropped |= frozenset(names)
    return on_each(operation, results)


def assign(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        in_place = operation.entry.flag("in_place")
        result = frame if in_place else frame.copy()
        if (column := operation.given("column")) is not None:
            store(operation.machine, result, column, operation.given("value") or Const(None))
            _move_to(result, column, operation.given("position"))
        for name, value in operation.call.kwargs.items() if column is None else ():
            if isinstance(value, Function):
                value = invoke(
                    operation.machine, value, Call(operation.call.line, operation.call.ordinal, [result], {})
                )
            store(operation.machine, result, Text((name,)), value)
        results.append(result)
    return on_each(operation, results)


def _move_to(frame: Frame, column: Value, position: Value | None) -> None:
    """`df.insert(0, "x", …)`: the new column stands at its place."""
    name = column.literal if isinstance(column, Text) else None
    if name in frame.columns and isinstance(position, Const) and isinstance(position.value, int):
        others = [(other, refs) for other, refs in frame.columns.items() if other != name]
        others.insert(position.value + len(frame.index), (name, frame.columns[name]))
        frame.columns = dict(others)


def formula(operation: Operation) -> Value:
    """`df.eval("total = price * 2")`: a derived column; without a name, a value of the columns that it names."""
    results: list[Value] = []
    expression = operation.given("expression")
    literal = expression.literal if isinstance(expression, Text) else None
    for frame in subjects(operation):
        if literal is None:
            use_frame(operation.machine, frame, "escape", operation.site)
            results.append(frame.copy(vague=True))
            continue
        target, equals, right = literal.partition("=")
        named = bool(equals) and target.strip().isidentifier() and not right.startswith("=")
        parts = select_columns(operation.machine, frame, mentioned(frame, right if named else literal))
        term = in_terms_of(operation.machine, frame, parse_expression(right if named else literal))
        parts = parts.copy(form="series", term=term, terms={})
        result = frame.copy() if named else parts
        if named:
            store(operation.machine, result, Text((target.strip(),)), parts)
        results.append(_in_place(operation, frame, result))
    return on_each(operation, results)


def make(operation: Operation) -> Value:
    """A frame from literals, records or arrays."""
    machine, site = operation.machine, operation.site
    value = operation.given("data")
    if value is None:
        frame = new_frame(machine, operation.name_in_scope("data"), operation.call.ordinal, site, operation="made")
        frame.form = "array" if operation.entry.text("returns") == "array" else "table"
        if not operation.call.spread and all(is_literal(given) for given in operation.call.args):
            machine.trace.node(frame.node, "frame", operation.name_in_scope("data"), literal=True)
        for given in operation.call.values():
            flow(machine, given, frame.node, site, "made")  # the index of another frame
        return frame
    names, whole = names_of(operation.given("columns"))
    results: list[Value] = []
    for option in options_of(value):
        if isinstance(option, Frame) and option.form != "scalar":
            results.append(_reshaped(operation, option))
        else:
            made = from_items(machine, option, operation.name_in_scope("data"), operation.call.ordinal, site)
            note_scores(machine, made, option)
            made.columns = _by_place(option, names) or made.columns
            results.append(made)
    for result in results:
        if names and isinstance(result, Frame):
            _name_columns(result, names, whole)
        if isinstance(result, Frame):
            result.form = {"array": "array", "series": "series"}.get(operation.entry.text("returns"), "table")
            result.named = result.form == "table" or result.named
    return join(results)


def _by_place(rows: Value, names: list[str]) -> dict[str, frozenset[ColumnRef]]:
    """What columns are made of that are named for rows written as lists: `pd.DataFrame([[age, paid]], columns=…)`."""
    items = rows.items if isinstance(rows, Seq) else []
    lists = [row for row in items if isinstance(row, Seq) and not row.open and len(row.items) == len(names)]
    if not names or not lists or len(lists) < len(items):
        return {}
    cells = ((columns_of(row.items[place]) for row in lists) for place in range(len(names)))
    return {name: frozenset[ColumnRef]().union(*refs) for name, refs in zip(names, cells, strict=True)}


def _reshaped(operation: Operation, frame: Frame) -> Frame:
    owners = within_record(operation.machine, frame)
    result = frame.copy(columns={}, open=owners, vague=False, term=HOLE) if owners else frame.copy()
    if frame.form in ("records", "row"):
        result.named = True
    return result


def _name_columns(frame: Frame, names: list[str], whole: bool) -> None:
    known = list(frame.columns.values())
    refs = frame.refs()
    if frame.cells is not None and len(frame.cells) == len(names):
        frame.terms, frame.cells = dict(zip(names, frame.cells, strict=True)), None
    if len(known) == len(names) and "" not in frame.columns:
        keep = all(name in frame.columns for name in names)
        frame.columns = {name: frame.columns[name] for name in names} if keep else dict(zip(names, known, strict=True))
    else:
        frame.columns = {
            name: frame.columns.get(name) or frozenset((o, name) for o in frame.open) or refs for name in names
        }
    frame.open, frame.vague, frame.named = (), not whole, True
