"""Frames put together: joins and concatenations."""

from __future__ import annotations

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.cardinality import cardinality, keeps_rows
from mldebt.evaluate.frames import SOMEHOW, names_of, new_frame
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.reshaping import without_index
from mldebt.evaluate.score_tables import put_below
from mldebt.evaluate.tables import _name, _use, on_each, subjects
from mldebt.evaluate.terms_of import column_term, is_open, of_frame, rekey, with_terms
from mldebt.evaluate.values import Choice, Frame, Map, Seq, Text, Unknown, Value, dropped_from, options_of
from mldebt.terms import Term


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
    for frame, field in [(left, "left_on"), *((right, "right_on") for right in rights)]:
        _use(operation, frame, keys + names_of(operation.given(field))[0], "key")
        if any(not names_of(option)[1] for key in ("on", field) for option in _options(operation, key)):
            use_frame(machine, frame, "escape", site)
        side = "left" if frame is left else "right"
        machine.trace.edge(
            frame.node, made.node, "DERIVES", site, operation="merge", **cardinality(operation, frame, side)
        )
    for right in rights if _by_common_columns(operation) else ():
        _use_common(operation, left, right)
    on_left = {*keys, *names_of(operation.given("left_on"))[0]}
    on_right = {*keys, *names_of(operation.given("right_on"))[0]}
    sides = [_with_columns_of_result(left, on_left, operation, "left_index")]
    sides += [_with_columns_of_result(right, on_right, operation, "right_index") for right in rights]
    if len(rights) == 1:
        sides = _apart(sides[0], sides[1], on_left & on_right, operation)
    made = _union(machine, made, sides)
    made.form = "table"
    made.state = any(side.state and side.unique != SOMEHOW for side in sides)  # of groups, it is a row like others
    made.index = sides[0].index
    if all(keeps_rows(operation, right) for right in rights):
        made.unique = left.unique
    return made


def _options(operation: Operation, field: str) -> list[Value]:
    """What may name columns; a condition on columns names them itself."""
    value = operation.given(field)
    options = options_of(value) if value is not None else ()
    return [option for option in options if isinstance(option, (Unknown, Text, Seq)) and not sources_of(option)]


def _by_common_columns(operation: Operation) -> bool:
    """`a.merge(b)`: without keys, the columns that both have are the keys."""
    call, entry = operation.call, operation.entry
    if entry.flag("by_index") or not entry.selector("on") or call.spread:
        return False
    told = any(operation.given(field) is not None for field in ("on", "left_on", "right_on"))
    by_index = {"left_index", "right_index"} & set(call.kwargs)
    how = operation.given("how")
    return not told and not by_index and not (isinstance(how, Text) and how.literal == "cross")


def _use_common(operation: Operation, left: Frame, right: Frame) -> None:
    """Where a side has columns that aren't known, any of the other may be a key."""
    _use(operation, left, [name for name in left.columns if name in right.columns], "key")
    _use(operation, right, [name for name in right.columns if name in left.columns], "key")
    for one, other in ((left, right), (right, left)):
        if other.open or other.vague:
            use_frame(operation.machine, one, "escape", operation.site)


def _with_columns_of_result(frame: Frame, keys: set[str], operation: Operation, by_index: str) -> Frame:
    """A side without an index that the result does not take over: a joined one's own, one that is no key."""
    if operation.entry.flag("by_index"):
        return without_index(frame) if by_index == "right_index" else frame
    if truthy(operation.call.kwargs.get(by_index), False):
        return frame if by_index == "left_index" else without_index(frame)
    return frame if keys & set(frame.index) else without_index(frame)


def _apart(left: Frame, right: Frame, keys: set[str], operation: Operation) -> list[Frame]:
    """Both sides with suffixes at the names that they share besides the keys."""
    shared = (set(left.columns) & set(right.columns)) - keys - {"", *left.index}
    endings = _endings(operation)
    if not shared or len(endings) != 2:
        return [left, right]
    return [_with_ending(frame, shared, ending) for frame, ending in zip((left, right), endings, strict=True)]


def _endings(operation: Operation) -> list[str]:
    given = operation.call.kwargs.get("suffixes")
    if given is not None:
        return names_of(given)[0]
    if operation.entry.flag("by_index"):
        return [(names_of(operation.call.kwargs.get(key))[0] or [""])[0] for key in ("lsuffix", "rsuffix")]
    return ["_x", "_y"] if _has_keys(operation) else []


def _has_keys(operation: Operation) -> bool:
    return any(names_of(operation.given(field))[0] for field in ("on", "left_on", "right_on"))


def _with_ending(frame: Frame, names: set[str], ending: str) -> Frame:
    columns = {f"{name}{ending}" if name in names else name: refs for name, refs in frame.columns.items()}
    made = frame.copy(columns=columns)
    rekey(made, {name: f"{name}{ending}" for name in names})
    return made


def _union(machine: Machine, made: Frame, parts: list[Frame]) -> Frame:
    for frame in parts:
        for name, refs in frame.columns.items():
            made.columns[name] = made.columns.get(name, frozenset()) | refs
        made.open = tuple(dict.fromkeys((*made.open, *frame.open)))
        made.rest = tuple(dict.fromkeys((*made.rest, *frame.rest)))
        made.vague |= frame.vague
        made.state |= frame.state
    with_terms(machine, made, parts)
    made.dropped = dropped_from(parts)
    made.named = all(frame.named for frame in parts)
    made.form = parts[0].form if parts and parts[0].form in ("array", "examples") else "table"
    made.placed = all(frame.placed for frame in parts)
    return made


def below(machine: Machine, frames: list[Frame]) -> Frame:
    """`list(first) + list(second)`: the values of both, one behind the other."""
    site, nodes = machine.site(), [frame.node for frame in frames]
    key = ("below", machine.scope.statement, *nodes)
    made = new_frame(machine, machine.scope.hint or "joined", key, site, rows=frames[0].rows)
    rows = tuple(dict.fromkeys(frame.rows for frame in frames))
    if len(rows) > 1:
        made.rows = machine.trace.rowset(f"rows:{made.node}", "concat", site, rows)
        machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    for frame in frames:
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="concat")
    return _union(machine, made, frames)


def concat(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    own = [operation.receiver] if operation.entry.selector("data") == ("self",) and operation.receiver else []
    items = [*own, *_items(operation.given("arrays"))]
    frames = [as_frame(machine, item) for item in items if sources_of(item)]
    if not frames:
        return derived("concatenation of unknown data", *operation.call.values(), label=operation.hint)
    made = new_frame(machine, operation.name_in_scope("joined"), operation.call.ordinal, site, rows=frames[0].rows)
    axis = operation.axis(operation.entry.fields.get("default_axis"))
    sideways = axis == "columns" or (isinstance(axis, int) and axis != 0)
    rows = tuple(dict.fromkeys(frame.rows for frame in frames))
    if not sideways or len(rows) > 1:
        certain = [] if isinstance(operation.given("arrays"), Choice) else frames  # one or the other is put below
        again = _is_said_twice(operation.call.label(operation.entry.selector("arrays")))
        how = "join" if sideways else "duplicate" if _repeats(machine, certain, again) else "concat"
        made.rows = machine.trace.rowset(f"rows:{made.node}", how, site, rows)
    machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    for frame in frames:
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="concat")
    made = _union(machine, made, frames)
    put_below(machine, made, frames, items)
    if made.form == "array" and not sideways:  # the columns of an array lie below those of the first
        made.placed = made.placed and all(list(frame.columns) == list(made.columns) for frame in frames)
    if sideways and not made.closed:
        made.cells = _side_by_side(machine, frames) if len(frames) == len(items) else None
    return made


def _side_by_side(machine: Machine, frames: list[Frame]) -> tuple[Term | None, ...] | None:
    """How each value of a row is computed that is put together of columns."""
    found: list[Term | None] = []
    for frame in frames:
        names = frame.names()
        if frame.cells is not None:
            found += frame.cells
        elif names is not None:
            found += [column_term(machine, frame, name) for name in names if name not in frame.index]
        elif frame.form in ("series", "array", "scalar") and len(frame.columns) == 1 and not frame.open:
            found.append(of_frame(machine, frame) if frame.term is not None and is_open(frame.term) else frame.term)
        else:
            return None
    return tuple(found)


ONE_ROW = frozenset({"row", "scalar"})
NARROWER = ("filter", "sample", "part", "duplicate")


def _is_said_twice(expression: object) -> bool:
    """`[few, few]`, `[few] * 5`: not two calls of which the same is known."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, tuple) or not part:
            continue
        if part[:2] == ("bin", "*"):
            return True
        names = [item for item in part if isinstance(item, tuple) and len(item) == 2 and item[0] == "name"]
        if len(names) > len(set(names)):
            return True
        waiting += part
    return False


def _repeats(machine: Machine, frames: list[Frame], again: bool) -> bool:
    """Whether the same records, with the same columns, are put below each other: `concat([df, df[df["fraud"]]])`."""
    return any(
        place != other_place
        and (again or one is not other)
        and not {one.form, other.form} & ONE_ROW
        and (_disturbs(machine, one, other) or (one.columns == other.columns and one.open == other.open))
        and one.rows in _above(machine, other)
        for place, one in enumerate(frames)
        for other_place, other in enumerate(frames)
        if (one.columns or one.open) and _is_known(machine, one.rows)
    )


def _disturbs(machine: Machine, one: Frame, other: Frame) -> bool:
    """`X + np.random.normal(0, 0.1, X.shape)`: the same rows with noise on them."""
    made = [edge for edge in machine.trace.into.get(other.node, ()) if edge.attributes.get("operation") == "compute"]
    sources = [machine.trace.nodes[edge.source] for edge in made if edge.source in machine.trace.nodes]
    drawn = any(node.attributes.get("random") for node in sources)
    return drawn and one.form == other.form and any(edge.source == one.node for edge in made)


def _is_known(machine: Machine, rows: str) -> bool:
    """Whether it is told which rows they are, not only what had a part in them: that may be settings."""
    known = machine.trace.rows.get(rows)
    return known is None or known.operation != "unknown"


def _above(machine: Machine, frame: Frame) -> list[str]:
    """The row sets that a frame's rows were taken from, and its own."""
    found = [frame.rows]
    while (known := machine.trace.rows.get(found[-1])) is not None and known.operation in NARROWER:
        found.append(known.parents[0])
    return found


def _items(value: Value | None) -> list[Value]:
    if isinstance(value, Seq):
        return list(value.items)
    if isinstance(value, Map):
        return list(value.entries.values())
    given = options_of(value) if value is not None else ()
    return [one.copy(form="table") if isinstance(one, Frame) and one.form == "chunks" else one for one in given]
