"""Values that come from several rows: groups, windows, statistics, codes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.formulas import is_expression
from mldebt.evaluate.frames import SOMEHOW, column_refs, names_of, new_frame, select_rows
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.meanings import aggregated, over
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.projection import aggregates
from mldebt.evaluate.provenance import frames_in
from mldebt.evaluate.score_tables import pick_the_best
from mldebt.evaluate.supported import weighed
from mldebt.evaluate.tables import along_rows, on_each, subjects, use_keys
from mldebt.evaluate.terms_of import column_term, term_of
from mldebt.evaluate.values import Class, ColumnRef, Frame, Function, Map, Object, Seq, Symbol, Text, Value, options_of
from mldebt.terms import HOLE, Term, column

COUNTED_TIME = re.compile(r"(?<![a-z])(date|datetime|timestamp|cycle|timestep)s?(?![a-z])", re.IGNORECASE)


def group(operation: Operation) -> Value:
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = _keys_of(operation.given("keys"))
        use_keys(operation, frame, operation.given("keys"))
        results.append(Object("groupby", facts={"frame": frame, "key": names[0] if names else "", "keys": tuple(names),
                                                 "whole": whole and bool(names),
                                                 "as_index": truthy(operation.call.kwargs.get("as_index"), True)},
                              sources=frozenset((frame.node,))))  # fmt: skip
    return on_each(operation, results)


def _keys_of(given: Value | None) -> tuple[list[str], bool]:
    """The names that rows are grouped by; columns themselves have theirs: `sold.groupby(df["shop"])`."""
    options = given.items if isinstance(given, Seq) and not given.open else [given]
    columns = [name for option in options if (name := _stored_name(option)) is not None]
    return (columns, True) if columns and len(columns) == len(options) else names_of(given)


def _stored_name(given: Value | None) -> str | None:
    """The name of a column that stands alone, as it was read."""
    if not isinstance(given, Frame) or given.form != "series" or not given.closed or len(given.columns) != 1:
        return None
    name = next(iter(given.columns))
    return name if name and given.term in (None, HOLE) and given.terms.get(name, HOLE) in (HOLE, column(name)) else None


def aggregate(operation: Operation) -> Value:
    """One row for each group."""
    results: list[Frame] = []
    given = operation.data()
    for option in options_of(given) if given is not None else ():
        if isinstance(option, Object) and option.kind == "groupby":
            results.append(_aggregated(operation, option.facts["frame"], option.facts.get("keys", ())))
            if option.facts.get("whole"):
                results[-1].unique = (frozenset(option.facts["keys"]),)
            if option.facts.get("as_index") is False:
                results[-1].index = ()
        else:
            frame = as_frame(operation.machine, option)
            results.append(_aggregated(operation, frame, ()))
            if operation.entry.flag("opens_columns"):
                _name_by_values(operation, frame, results[-1])
    return on_each(operation, [*results])


def _name_by_values(operation: Operation, frame: Frame, made: Frame) -> None:
    """`df.pivot_table(index="day", columns="shop", values="sold")`: values of a column are names of columns."""
    machine, site = operation.machine, operation.site
    kept, _ = names_of(operation.given("keys"))
    named, _ = names_of(operation.given("columns"))
    values, _ = names_of(operation.given("values"))
    for ref in sorted(frozenset[ColumnRef]().union(*(column_refs(machine, frame, name, site) for name in named))):
        machine.trace.use(ref, "key", site)
    by = {name: column_refs(machine, frame, name, site) for name in kept}
    refs = [column_refs(machine, frame, name, site) for name in values] or [frame.refs()]
    made.columns, made.vague = {**by, "": frozenset[ColumnRef]().union(*refs)}, True


def _aggregated(operation: Operation, frame: Frame, keys: tuple[str, ...]) -> Frame:
    machine, site = operation.machine, operation.site
    state = None if _is_an_end(operation, frame) else True
    made = select_rows(
        machine, frame, (operation.call.ordinal, frame.node), site, "group", name=operation.hint, state=state
    )
    made.index, made.unique, made.rest = keys, SOMEHOW, ()
    if operation.entry.flag("counts"):
        as_index = operation.receiver.facts.get("as_index") if isinstance(operation.receiver, Object) else None
        made.columns = {"size" if as_index is False else "": frozenset()}
        made.open, made.vague, made.form = (), False, "series"
    named = _named_aggregates(operation, frame, keys)
    spec = operation.call.args[0] if operation.call.args else None
    if any(map(_has_expression, operation.call.values())):
        aggregates(operation, frame, made, keys)
    elif named:
        _name_aggregates(operation, made, frame, named)
    elif isinstance(spec, Map) and any(isinstance(how, Seq) for how in spec.entries.values()) and not spec.open:
        _name_aggregates(operation, made, frame, _each_of_several(spec))
    elif isinstance(spec, Map):
        made.columns = {str(name): column_refs(machine, frame, str(name), site) for name in spec.entries}
        made.terms = {str(name): aggregated(machine, frame, str(name), how, keys) for name, how in spec.entries.items()}
        made.open, made.vague, made.term = (), spec.open, None
        if spec.open:
            use_frame(machine, frame, "escape", site)
    elif operation.given("function") is not None:
        made.terms = {name: aggregated(machine, frame, name, spec, keys) for name in frame.columns}
        made.term = None
    by = {key: column_refs(machine, frame, key, site) for key in keys}
    for ref in sorted(frozenset[ColumnRef]().union(*by.values())):
        machine.trace.use(ref, "key", site)  # lines of a chain have places of their own
    made.columns = {**by, **made.columns}
    made.terms |= {key: column_term(machine, frame, key) for key in keys}
    return made


def _is_an_end(operation: Operation, frame: Frame) -> bool:
    """When something was first or last seen: all that is told of others by it is how long it has been there."""
    names = [name for _, name in frame.refs()]
    ends = operation.dotted.rpartition(".")[2] in ("min", "max", "first", "last")
    return ends and bool(names) and all(map(COUNTED_TIME.search, names))


def _named_aggregates(operation: Operation, frame: Frame, keys: tuple[str, ...]) -> dict[str, Value]:
    """`agg(total=("price", "sum"))`; of one column `agg(total="sum")`, and `agg(["sum", "mean"])`."""
    named: dict[str, Value] = {name: value for name, value in operation.call.kwargs.items() if isinstance(value, Seq)}
    values = [name for name in frame.columns if name not in keys]
    if named or len(values) != 1 or frame.open or frame.vague or not keys or frame.form != "table":
        return named
    column = Text((values[0],))
    spec = operation.call.args[0] if len(operation.call.args) == 1 else None
    if isinstance(spec, Seq) and not spec.open:
        return {
            str(one.literal): Seq([column, one], kind="tuple")
            for one in spec.items
            if isinstance(one, Text) and one.literal
        }
    functions = {name: value for name, value in operation.call.kwargs.items() if isinstance(value, (Text, Symbol))}
    return {} if operation.call.args else {name: Seq([column, one], kind="tuple") for name, one in functions.items()}


def _each_of_several(spec: Map) -> dict[str, Value]:
    """`agg({"price": ["sum", "mean"]})`: by the names that the two levels give together."""
    found: dict[str, Value] = {}
    for name, given in spec.entries.items():
        for how in given.items if isinstance(given, Seq) else (given,):
            word = (
                how.literal
                if isinstance(how, Text)
                else how.dotted.rpartition(".")[2]
                if isinstance(how, Symbol)
                else ""
            )
            found[f"{name}_{word}"] = Seq([Text((str(name),)), how], kind="tuple")
    return found


def _has_expression(value: Value) -> bool:
    return any(map(is_expression, value.items if isinstance(value, Seq) else [value]))


def _name_aggregates(operation: Operation, made: Frame, frame: Frame, named: Mapping[str, Value]) -> None:
    """`.agg(total=("price", "sum"))`: new columns, each made of one."""
    made.columns, made.open, made.vague = {}, (), False
    for name, value in named.items():
        source = names_of(value)[0][:1]
        refs = [column_refs(operation.machine, frame, one, operation.site) for one in source]
        ref = (made.node, name)
        operation.machine.trace.column(ref, "derived", operation.site, frozenset().union(*refs))
        function = value.items[1] if isinstance(value, Seq) and len(value.items) > 1 else None
        made.terms[name] = aggregated(operation.machine, frame, source[0], function, made.index) if source else None
        operation.machine.trace.computed(ref, made.terms[name])
        made.columns[name] = frozenset((ref,))


def window(operation: Operation) -> Value:
    """Equal rows whose values come from other rows too."""
    results: list[Value] = []
    receiver = operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
        if isinstance(option, Object) and isinstance(option.facts.get("frame"), Frame):
            frame = option.facts["frame"]
        else:
            frame = along_rows(operation, as_frame(operation.machine, option))
        made = _made_by_function(operation, frame)
        result = frame.copy(state=frame.state or _takes_all_rows(operation, frame, made))
        result = _by_each_function(operation, frame, result)
        if isinstance(option, Object):
            result.unique = SOMEHOW  # a function may give one row for each group
        if made is not None:
            keys = option.facts.get("keys", ()) if isinstance(option, Object) else None
            result.term, result.terms, result.picked = _in_groups(operation, frame, made, keys), {}, ()
        if isinstance(option, Object) and frame.form == "table" and _is_one_column(frame, option.facts.get("keys", ())):
            result.form = "series"
        results.append(result)
    return on_each(operation, results)


def _by_each_function(operation: Operation, frame: Frame, result: Frame) -> Frame:
    """`rolling(7).agg(["mean", "std"])`: a column for each function, by its name."""
    listed = operation.given("function")
    values = [name for name in frame.columns if name not in frame.index]
    if not isinstance(listed, Seq) or listed.open or len(values) != 1 or frame.open or frame.form != "window":
        return result
    words = [one for one in listed.items if isinstance(one, Text) and one.literal]
    if len(words) != len(listed.items):
        return result
    terms = {str(one.literal): aggregated(operation.machine, frame, values[0], one, ()) for one in words}
    kept = {name: refs for name, refs in frame.columns.items() if name in frame.index}
    return result.copy(columns={**kept, **dict.fromkeys(terms, frame.refs())}, terms=terms, form="table", picked=())


def _is_one_column(frame: Frame, keys: tuple[str, ...]) -> bool:
    return frame.closed and len([name for name in frame.columns if name not in keys]) == 1


def _made_by_function(operation: Operation, frame: Frame) -> Value | None:
    """What a function of the repository gives for a column of each group."""
    function = operation.given("function")
    if not isinstance(function, (Function, Class)):
        return None
    one = frame.copy(form="series", state=False)
    return invoke(operation.machine, function, Call(operation.call.line, operation.call.ordinal, [one], {}))


def _in_groups(operation: Operation, frame: Frame, made: Value, keys: tuple[str, ...] | None) -> Term | None:
    """`keys`: None where there are no groups; groups of which these are not known may be any."""
    values = [name for name in frame.columns if name not in (*(keys or ()), *frame.index)]
    term = term_of(operation.machine, made) if len(values) == 1 and not frame.open else None
    return term if keys is None else over(term, keys) if keys else None


def _takes_all_rows(operation: Operation, frame: Frame, made: Value | None) -> bool:
    """Whether a value comes from all rows, or all of its group; not known of a function is not true."""
    function = operation.given("function")
    if made is not None:
        learned = any(
            result.state or (result.node != frame.node and _holds_statistic(operation, result.node))
            for result in frames_in(made)
        )
        return learned and not operation.entry.flag("nearby")
    if isinstance(function, Text) and function.literal is not None:
        entry = operation.machine.knowledge.method("groupby", function.literal)
        return entry is None or not entry.flag("nearby")
    return not operation.entry.flag("nearby")


def _holds_statistic(operation: Operation, node: str) -> bool:
    edges = operation.machine.trace.into.get(node, ())
    return any(edge.kind == "DERIVES" and bool(edge.attributes.get("state")) for edge in edges)


def _is_of_all(operation: Operation, frame: Frame) -> bool:
    """Whether it is one number: of a column, or for all columns, as `X.max()` of an array."""
    several = frame.form == "array" and len(frame.columns) > 1 and operation.axis(None) is None
    return several or frame.form == "series"


def statistic(operation: Operation) -> Value:
    """A number, or one for each column, computed over all rows; across columns, one for each row.

    Which values occur says nothing of a row, nor does the place of the largest one.
    """
    results: list[Value] = []
    down = operation.axis(0) in (0, "index", "rows")
    for frame in subjects(operation, "data"):
        if not down or (operation.machine.in_one_row and frame.form in ("array", "row", "scalar")):
            results.append(frame.copy(form="series", columns={"": frame.refs()}, open=(), vague=False, rest=()))
            continue
        pick_the_best(operation, frame)
        result = frame.copy(
            form="scalar",
            state=not operation.entry.flag("distinct"),
            learned=operation.site,
            columns={"": frame.refs()} if _is_of_all(operation, frame) else dict(frame.columns),
            unique=(frozenset(("",)),) if operation.entry.flag("distinct") else SOMEHOW,
        )
        results.append(weighed(operation, frame, result) if operation.entry.flag("weighs") else result)
    return on_each(operation, results)


def _of_the_batch(operation: Operation, frame: Frame) -> Frame:
    """Values whose codes or indicators depend on which others there are."""
    name = operation.hint or operation.dotted.rpartition(".")[2]
    made = new_frame(operation.machine, name, (operation.call.ordinal, frame.node), operation.site, rows=frame.rows)
    method = operation.dotted.rpartition(".")[2]
    # bounds between which as many rows lie, not only which values occur
    learns = operation.entry.flag("learns") or None
    operation.machine.trace.edge(
        frame.node, made.node, "DERIVES", operation.site, operation=method, by_batch=True, state=learns
    )
    operation.machine.trace.node(made.node, "frame", name, encoded=True)
    return frame.copy(node=made.node)


def encode(operation: Operation) -> Value:
    """Columns become codes or indicators: names are no longer known."""
    results: list[Value] = []
    for frame in subjects(operation):
        names, whole = names_of(operation.given("columns"))
        result = _of_the_batch(operation, frame) if operation.entry.flag("by_batch") else frame.copy()
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
