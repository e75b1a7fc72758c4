"""Values computed row by row, by library functions and by functions of the repository."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.combining import combine
from mldebt.evaluate.conditions import ONE_COLUMN
from mldebt.evaluate.frames import SOMEHOW
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.iteration import row_by_row
from mldebt.evaluate.joins import join
from mldebt.evaluate.listings import is_listing
from mldebt.evaluate.meanings import over
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.picking import goes_over_rows
from mldebt.evaluate.provenance import columns_of, derived, frames_in, has_statistic, sources_of
from mldebt.evaluate.surroundings import parsed_files
from mldebt.evaluate.tables import on_each, subjects
from mldebt.evaluate.terms_of import COMPUTED, term_of
from mldebt.evaluate.values import (
    Class,
    Frame,
    Function,
    Handle,
    Map,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.terms import Term


def array(operation: Operation) -> Value:
    data = operation.data()
    if data is not None and is_listing(data):
        return data
    results: list[Value] = [frame.copy(form="array", named=False) for frame in subjects(operation)]
    return on_each(operation, results)


def records(operation: Operation) -> Value:
    """A frame as dictionaries or text; other data keeps its own shape."""
    data = operation.data()
    results: list[Value] = []
    if data is not None and any(isinstance(option, Handle) for option in options_of(data)):
        return parsed_files(operation, data)
    for option in options_of(data) if data is not None else ():
        results.append(option.copy(form="records") if isinstance(option, Frame) else option)
    return join(results) if results else derived("records of unknown data", *operation.call.values())


def value(operation: Operation) -> Value:
    """Element by element: rows stay, values change."""
    results: list[Value] = []
    function = operation.given("function")
    data = operation.data()
    if data is None:
        return derived(COMPUTED, *operation.call.values(), label=operation.hint)
    others = [item for item in operation.call.values() if item is not data and sources_of(item)]
    for option in options_of(data):
        if not sources_of(option):
            results.append(derived(COMPUTED, option, *others, label=operation.hint))
            continue
        frame = as_frame(operation.machine, option)
        if isinstance(function, (Function, Class)):
            results.append(_call_on(operation, function, frame))
        else:
            results.append(_with_others(operation, frame, others))
    return join(results)


def _with_others(operation: Operation, frame: Frame, others: list[Value]) -> Value:
    result: Value = frame.copy(placed=frame.placed and frame.form != "array")  # it may have another shape
    for other in (each for one in others for each in (frames_in(one) if isinstance(one, Map) else [one])):
        if isinstance(result, Frame) and isinstance(other, Frame):
            result = combine(operation.machine, result, other)
    return result


def apply(operation: Operation) -> Value:
    """A function of the repository on rows, columns or the whole frame."""
    function = operation.given("function")
    results: list[Value] = []
    receiver = operation.receiver
    for option in options_of(receiver) if receiver is not None else ():
        if isinstance(option, Object) and isinstance(option.facts.get("frame"), Frame):
            frame: Frame = option.facts["frame"]
        else:
            frame = as_frame(operation.machine, option)
        if isinstance(function, (Function, Class)):
            grouped = isinstance(option, Object) and option.kind == "groupby"
            results.append(_call_on(operation, function, frame, grouped=grouped))
        elif isinstance(function, Symbol) and _learns_of_columns(operation, function, option, frame):
            results.append(_asked(operation, function, frame))
        elif isinstance(function, Symbol) and _sees_whole_rows(operation, option, frame):
            use_frame(operation.machine, frame, "escape", operation.site)
            results.append(frame.copy())
        elif isinstance(function, Symbol) or function is None or isinstance(function, (Text, Map, Seq)):
            results.append(frame.copy())
        else:
            use_frame(operation.machine, frame, "escape", operation.site)
            results.append(frame.copy(vague=True))
        if isinstance(option, Object) and isinstance(made := results[-1], Frame):
            results[-1] = _in_groups(made, option).copy(unique=SOMEHOW)  # there may be one row for each group
    return on_each(operation, results)


def _learns_of_columns(operation: Operation, function: Symbol, given: Value, frame: Frame) -> bool:
    """`df.apply(zscore)`: whether a library's function learns from all rows of each column that it is given."""
    entry = operation.machine.knowledge.call(function.dotted)
    by_column = frame.form == "table" and operation.axis(0) in (0, "index", "rows") and not isinstance(given, Object)
    return by_column and entry is not None and entry.flag("state")


def _asked(operation: Operation, function: Symbol, frame: Frame) -> Value:
    from mldebt.evaluate.libraries import call_symbol

    given = Call(operation.call.line, operation.call.ordinal, [frame], {})
    return call_symbol(operation.machine, function.dotted, given)


def _in_groups(made: Frame, group: Object) -> Frame:
    """What a function computes from several rows, it computes from those of a group."""
    keys = group.facts.get("keys", ())
    terms = {name: _within(term, keys) for name, term in made.terms.items()}
    return made.copy(term=_within(made.term, keys), terms=terms) if keys else made


def _within(term: Term | None, keys: tuple[str, ...]) -> Term | None:
    across = term is not None and any(goes_over_rows(part.op) for part in term.walk())
    return over(term, keys) if across else term


def _sees_whole_rows(operation: Operation, given: Value, frame: Frame) -> bool:
    """Whether a function of which nothing is known is given more than one column at a time."""
    function, machine = operation.given("function"), operation.machine
    if not isinstance(function, Symbol) or machine.knowledge.call(function.dotted) is not None:
        return False
    parts = operation.entry.flag("whole") or isinstance(given, Object)
    return frame.form not in ONE_COLUMN and (parts or operation.axis(0) not in (0, "index", "rows"))


def _call_on(operation: Operation, function: Function | Class, frame: Frame, *, grouped: bool = False) -> Value:
    """What a function of the repository makes of rows, columns or the whole frame; of a group it is given the whole."""
    whole = operation.entry.flag("whole") or grouped
    by_column = not grouped and frame.form == "table" and operation.axis(0) in (0, "index", "rows")
    form = frame.form if whole else "series" if by_column else "row" if frame.form == "table" else "scalar"
    extra = [] if not whole else operation.call.args[1:]
    keywords = {name: item for name, item in operation.call.kwargs.items() if name not in ("axis", "func", "args")}
    by_row = not whole and not by_column
    call = Call(operation.call.line, operation.call.ordinal, [frame.copy(form=form), *extra], keywords)
    with row_by_row(operation.machine, by_row):
        result = invoke(operation.machine, function, call)
    if whole and (not grouped or (isinstance(result, Frame) and result.form == "table")):
        return result
    refs = columns_of(result)
    if by_column and isinstance(result, Frame) and result.form == "series":
        told = {"term": result.term, "terms": result.terms}
        return frame.copy(node=result.node, rows=result.rows, state=result.state, **told)
    if isinstance(result, Frame) and result.form == "row" and frame.form == "table":
        return result.copy(form="table", rows=frame.rows)
    if sources_of(result) - {frame.node}:
        frame = combine(operation.machine, frame, as_frame(operation.machine, result))
    term = term_of(operation.machine, result)
    return frame.copy(
        columns={"": refs or frame.refs()}, open=(), form="series", vague=False, term=term, terms={},
        state=has_statistic(result),
    )  # fmt: skip


def iterate(operation: Operation) -> Value:
    rows: list[Value] = []
    for frame in subjects(operation, "data"):
        row = frame.copy(form="row")
        plain = operation.dotted.endswith(("itertuples", "values"))
        rows.append(row if plain else Seq([Unknown("row number", "index"), row], kind="tuple"))
    return Seq(rows, True, "generator")
