"""Frames as cells: columns read and stored, rows selected, values combined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.origins import last_of
from mldebt.evaluate.picking import some_rows
from mldebt.evaluate.provenance import has_statistic, on_statistic, sources_of
from mldebt.evaluate.stored_values import looked_up as looked_up_value
from mldebt.evaluate.terms_of import rekey, term_of, with_term
from mldebt.evaluate.trace import PICKED
from mldebt.evaluate.values import (
    ColumnRef,
    Const,
    Frame,
    Map,
    Object,
    Pick,
    Seq,
    Text,
    Value,
)
from mldebt.sites import Site
from mldebt.terms import HOLE, Term, apply

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call


def new_frame(
    machine: Machine, name: str, ordinal: object, site: Site, *, rows: str = "", operation: str = "", **fields: object
) -> Frame:
    """A frame with a node of its own. `rows` of "" makes a new row set of its own by `operation`."""
    node = machine.node_id("frame", name or "value", ordinal)
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    rows = rows or machine.trace.rowset(f"rows:{node}", operation or "made", site)
    machine.trace.node(node, "frame", name or "value", site, variable=name, scope=scope, rows=rows)
    fields.setdefault("columns", {})
    return Frame(node, rows=rows, **fields)  # type: ignore[arg-type]


def flow(machine: Machine, value: Value, target: str, site: Site, operation: str, **attributes: object) -> None:
    """DERIVES edges from everything that a value is made of."""
    if bool(attributes.pop("state", False)) or has_statistic(value):
        attributes |= on_statistic(value)
    for source in last_of(machine, sources_of(value)):
        machine.trace.edge(source, target, "DERIVES", site, operation=operation, **attributes)


def next_version(machine: Machine, frame: Frame, key: object, site: Site, rows: str = "") -> None:
    """Give a changed frame a node of its own, so that what was derived before does not depend on the change."""
    before = frame.node
    name = machine.trace.nodes[before].name if before in machine.trace.nodes else "value"
    made = new_frame(machine, name, ("version", key), site, rows=rows or frame.rows)
    if made.node != before:
        machine.trace.edge(before, made.node, "DERIVES", site, operation="changed")
    if is_encoded(machine, before):
        machine.trace.node(made.node, "frame", name, encoded=True)
    frame.node = made.node
    frame.rows = made.rows


def is_encoded(machine: Machine, node: str) -> bool:
    """Whether a frame has columns that depend on which categories its rows happen to have."""
    known = machine.trace.nodes.get(node)
    return known is not None and bool(known.attributes.get("encoded"))


def brought_into_line(machine: Machine, frame: Frame, key: object, site: Site, name: str = "") -> Frame:
    """A frame of the columns that are wanted, whichever were there."""
    known = machine.trace.nodes.get(frame.node)
    made = new_frame(machine, name or (known.name if known else "data"), ("columns", key, frame.node), site,
                     rows=frame.rows)  # fmt: skip
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="reindex")
    return frame.copy(node=made.node)


def select_rows(
    machine: Machine, frame: Frame, key: object, site: Site, operation: str, *, name: str = "", split: str = "",
    part: str = "", drawn: Mapping[str, object] | None = None, pick: Pick | None = None, **attributes: object,
) -> Frame:  # fmt: skip
    """A frame with some of the rows of another. `drawn` says where chance chose them: random, seed."""
    known = machine.trace.nodes.get(frame.node)
    made = new_frame(
        machine, name or machine.scope.hint or (known.name if known else "rows"), key, site, rows=frame.rows
    )
    made.rows = machine.trace.rowset(f"rows:{made.node}", operation, site, (frame.rows,), split, part)
    machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, rows=made.rows)
    without = tuple(sorted(frame.dropped & machine.dropped.get(frame.node, set()))) or None
    machine.trace.edge(
        frame.node, made.node, "DERIVES", site, operation=operation, without=without, **{**attributes, **(drawn or {})}
    )
    rows = () if operation == "group" else (*frame.picked, pick or some_rows(operation))
    unique = () if operation in MORE_ROWS else frame.unique
    return frame.copy(node=made.node, rows=made.rows, picked=rows, unique=unique)


MORE_ROWS = ("group", "duplicate", "reshaped")
SOMEHOW = (frozenset[str](),)
"""What is unique, where it can't be told by which columns."""


# -- columns


def column_refs(machine: Machine, frame: Frame, name: str, site: Site) -> frozenset[ColumnRef]:
    """What a column is made of; a name that is not known yet is looked for in the open sources."""
    known = frame.columns.get(name)
    if known is not None:
        return known
    if frame.vague or "" in frame.columns:
        for owner in frame.open:  # it may be any of them
            machine.trace.use_all(owner, "escape", site, frame.dropped | frozenset(frame.columns))
        return frame.refs()
    refs = frozenset((owner, name) for owner in frame.open)
    for ref in refs:
        machine.trace.column(ref, "mention", site)
    if refs:
        _may_be_renamed(machine, frame, name, site)
    return refs


def _may_be_renamed(machine: Machine, frame: Frame, name: str, site: Site) -> None:
    """A column may have got an ending in a join with a side whose columns are not known: `age_y` may be its `age`."""
    for known, refs in frame.columns.items():
        if known and name.startswith(known):
            for ref in refs:
                machine.trace.use(ref, "escape", site)


def column(machine: Machine, frame: Frame, name: str) -> Frame:
    if name not in frame.columns and (owners := within_record(machine, frame)):
        frame = frame.copy(columns={}, open=owners, vague=False, term=_of_one(frame.term) or HOLE)
    known = name in frame.columns or not frame.vague
    refs = column_refs(machine, frame, name, machine.site())
    term = frame.terms.get(name, frame.term) if known else None
    if term is None or term.op == "stored":
        term = looked_up_value(machine, frame, name) or term
    return frame.copy(
        columns={name: refs}, open=(), dropped=frozenset(), vague=False, form="series", term=term, terms={}, cells=None,
        rest=(),
    )  # fmt: skip


def _of_one(term: Term | None) -> Term | None:
    """How one of several nested records was taken, for its fields: `order.lines[0].price`."""
    if term is None or term.op not in ("item", "sorted", "head", "tail", "span"):
        return HOLE if term is not None and term.op == "column" else None
    inner = _of_one(term.args[0])
    return Term(term.op, (inner,), term.settings) if inner is not None and len(term.args) == 1 else None


def within_record(machine: Machine, frame: Frame) -> tuple[str, ...]:
    """The requests and messages whose nested records a value holds: what is looked up in it is a part of these."""
    if frame.open or len(frame.columns) != 1 or frame.form not in ("series", "scalar", "records"):
        return ()
    owners = sorted({owner for owner, _ in frame.refs()})
    nodes = [machine.trace.nodes.get(owner) for owner in owners]
    return tuple(owners) if all(node and node.attributes.get("store") in SENT for node in nodes) else ()


SENT = ("http", "topic")


def _is_sent(machine: Machine, frame: Frame) -> bool:
    """Whether a record came from outside: it may lack what others have."""
    owners = (*frame.open, *sorted({owner for owner, _ in frame.refs()}))
    nodes = [machine.trace.nodes.get(owner) for owner in owners]
    return any(node is None or node.attributes.get("store") in SENT for node in nodes)


def looked_up(machine: Machine, frame: Frame, call: Call) -> Value | None:
    """`record.get("age", 0)`: the value under a key, or the default where the record has none."""
    key = call.args[0] if call.args else None
    if not isinstance(key, Text) or key.literal is None:
        return None
    found = column(machine, frame, key.literal)
    default = call.args[1] if len(call.args) > 1 else call.kwargs.get("default", Const(None))
    if isinstance(default, Seq) and not default.items and not default.open:
        return found  # no list is as good as one that nothing is in
    if frame.form == "row" and found.refs() and not _is_sent(machine, frame):
        return found  # every row of a table has all of its columns
    return with_term(found, apply("default", [term_of(machine, found), term_of(machine, default)]))


def select(machine: Machine, frame: Frame, names: Iterable[str], *, whole: bool = True) -> Frame:
    """The named columns. `whole` is False where there may be more of them than are known."""
    if not whole:
        from mldebt.evaluate.selection import use_any

        use_any(machine, frame, machine.site())
    chosen = dict.fromkeys([*frame.index, *names])
    if whole and len(chosen) > 1:
        choose(machine, frame, chosen, PICKED)
    columns = {name: column_refs(machine, frame, name, machine.site()) for name in chosen}
    changes: dict[str, object] = {"columns": columns, "open": (), "dropped": frozenset(), "vague": not whole}
    ordered = whole or frame.ordered
    named = frame.named or whole  # no array is asked for columns by their names
    return frame.copy(**changes, ordered=ordered, rest=(), placed=True, cells=None, named=named)


def choose(machine: Machine, frame: Frame, names: Iterable[str], how: str) -> None:
    """Note which columns of stored tables are taken or dropped by name."""
    for name in names:
        refs = frame.columns[name] if name in frame.columns else [(owner, name) for owner in frame.open]
        for ref in refs:
            machine.trace.use(ref, how, machine.site())


def names_of(value: Value | None) -> tuple[list[str], bool]:
    """Column names in a value, and whether all of it is known."""
    if isinstance(value, Text):
        return ([value.literal], True) if value.literal is not None else ([], False)
    if isinstance(value, Seq) and len(value.items) == 1 and isinstance(value.items[0], Seq) and value.kind == "tuple":
        return names_of(value.items[0])  # all that is passed is one list
    if isinstance(value, Seq):
        names = [item.literal for item in value.items if isinstance(item, Text) and item.literal is not None]
        if len(names) == len(value.items) or all(not isinstance(item, (Seq, Object)) for item in value.items):
            return names, len(names) == len(value.items) and not value.open
        found = [names_of(item) for item in value.items]
        return [name for inner, _ in found for name in inner], all(whole for _, whole in found) and not value.open
    if isinstance(value, Map):
        return [str(key) for key in value.entries], not value.open
    if isinstance(value, Object) and value.kind == "columns":
        return list(value.facts["names"]), bool(value.facts["complete"])
    if isinstance(value, Object) and value.kind == "expression":
        return list(value.facts["names"]), not value.facts["every"]
    return [], value is None


def drop(frame: Frame, names: Iterable[str]) -> Frame:
    gone = frozenset(names)
    columns = {name: refs for name, refs in frame.columns.items() if name not in gone}
    return frame.copy(columns=columns, dropped=frame.dropped | gone)


# -- storing


def rename_all(machine: Machine, frame: Frame, value: Value) -> None:
    """`df.columns = [...]`: new names; which is which is known where all old ones are."""
    names, known = names_of(value)
    if not names or not known:
        own = isinstance(value, Object) and value.kind == "columns" and value.facts["frame"].node == frame.node
        under_new_names(machine, frame, names if own else ())
        return
    index = {name: refs for name, refs in frame.columns.items() if name in frame.index}
    old = [refs for name, refs in frame.columns.items() if name not in index]
    everything = frame.refs()
    if frame.closed and len(old) == len(names):
        known_names = [name for name in frame.columns if name not in index]
        rekey(frame, dict(zip(known_names, names, strict=True)))
        frame.columns = {**index, **dict(zip(names, old, strict=True))}
    else:
        owners = frame.open
        frame.unique = SOMEHOW if frame.unique else ()
        refs = {name: frozenset((owner, name) for owner in owners) or everything for name in names}
        for name_refs in refs.values():
            for ref in name_refs:
                machine.trace.column(ref, "mention", machine.site())
        frame.columns = {**index, **refs}
    frame.open, frame.vague = (), False


def under_new_names(machine: Machine, frame: Frame, names: Sequence[str] = ()) -> None:
    """Every column has a name that is not known yet: from here on they are columns of this table, whatever they were.

    `names`: those of the known columns; without them, these may be anywhere.
    """
    old = [name for name in frame.columns if name not in frame.index]
    if not frame.open or len(old) != len(names):
        frame.vague = True
        return
    site, known = machine.site(), machine.trace.nodes.get(frame.node)
    for owner in frame.open:
        machine.trace.use_all(owner, "escape", site, frame.dropped | frozenset(frame.columns))
    made = new_frame(machine, known.name if known else "data", ("renamed", frame.node), site, rows=frame.rows)
    machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="rename")
    kept = dict(zip(old, names, strict=True))
    rekey(frame, kept)
    index = {name: refs for name, refs in frame.columns.items() if name in frame.index}
    frame.columns = {**index, **{new: frame.columns[name] for name, new in kept.items()}}
    frame.node, frame.open, frame.dropped = made.node, (made.node,), frozenset()
    frame.unique, frame.ordered = SOMEHOW if frame.unique else (), False


def group_columns(machine: Machine, base: Object, key: Value) -> Object:
    """`df.groupby("k")["x"]`."""
    frame: Frame = base.facts["frame"]
    names, whole = names_of(key)
    chosen = select(machine, frame, names, whole=whole) if names else frame
    return Object("groupby", facts={**base.facts, "frame": chosen}, sources=base.sources)


def held_by(value: Object) -> Value | None:
    """What an object stands for that is an index of a frame, or data in a wrapper without labels."""
    if value.kind == "index":
        frame: Frame = value.facts["frame"]
        return frame.copy(form="index", columns={"": frozenset()}, open=(), vague=True)
    return value.facts.get("X") if value.facts.get("y") is None else None


def rows_of(machine: Machine, node: str) -> str:
    """The row set of a frame, "" where it has none."""
    known = machine.trace.nodes.get(node)
    return str(known.attributes.get("rows", "")) if known else ""
