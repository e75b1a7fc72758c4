"""What is stored into frames: columns, elements, and data from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.evaluate.choices import both
from mldebt.evaluate.combining import is_an_end
from mldebt.evaluate.frames import names_of, next_version
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import columns_of, derived, has_statistic, on_statistic, sources_of
from mldebt.evaluate.terms_of import column_term, term_of
from mldebt.evaluate.values import ColumnRef, Const, Frame, Value
from mldebt.read.facts import Expr
from mldebt.sites import Site
from mldebt.terms import Term, apply, const


def store(
    machine: Machine, frame: Frame, key: Value, value: Value, *, partly: bool = False, where: Term | None = None
) -> None:
    """`df[key] = value`: a derived column. `partly`: only in some rows, `where` says in which."""
    from mldebt.evaluate.formulas import on_frame

    site = machine.site()
    value = on_frame(machine, frame, value)
    _fill_empty(machine, frame, value)
    names, _ = names_of(key)
    if not names:
        _store_in_some(machine, frame, key, value)
        frame.vague = frame.vague or not _fills(frame, key, value)
        for ref in columns_of(value):
            machine.trace.use(ref, "escape", site)  # it lives on under a name that nobody knows
        _note_foreign(machine, frame, _placed(frame, key, value), key, site)
        return
    _note_foreign(machine, frame, value, tuple(names), site)
    if frame.form in ("records", "series"):
        _store_element(machine, frame, names, value)
        return
    term = term_of(machine, value)
    for name in names:
        parents = columns_of(value)
        if isinstance(value, Frame) and name in value.columns and len(names) > 1:
            parents, term = value.columns[name], column_term(machine, value, name)
        ref = (frame.node, name)
        old = frame.columns.get(name, frozenset((owner, name) for owner in frame.open if name not in frame.dropped))
        if partly:
            parents = parents | old
        before = column_term(machine, frame, name) if name in frame.columns or frame.open else const(None)
        machine.trace.column(ref, "derived", site, parents)
        _set_term(machine, frame, ref, apply("where", [where, term, before]) if partly else term)
        frame.columns[name] = frozenset((ref,))


def _placed(frame: Frame, key: Value, value: Value) -> Value:
    """`seen[row.user, row.item] = 1`: of a mark that is set in an array, where it stands is what it says."""
    if frame.form != "array" or isinstance(key, Frame) or sources_of(value):
        return value
    return derived("mark at a place", key) if sources_of(key) - {frame.node} else value


def _fills(frame: Frame, key: Value, value: Value) -> bool:
    """`for name in wanted: if name not in df: df[name] = 0`: columns that are there stay what they are."""
    return bool(frame.open) and frame.form == "table" and isinstance(value, Const) and not isinstance(key, Frame)


def mix_in(machine: Machine, frame: Frame, value: Value) -> None:
    """A column of a name that isn't known gets other values where it stands: no new column comes of it."""
    _note_foreign(machine, frame, value, None, machine.site())


def _store_in_some(machine: Machine, frame: Frame, key: Value, value: Value) -> None:
    """`v[v > 3] = 0`: other values in some rows; of a table, in all of its columns."""
    mask = isinstance(key, Frame)
    if frame.form in ("series", "array"):
        parts = [term_of(machine, key), term_of(machine, value), term_of(machine, frame)] if mask else [None]
        frame.term = apply("where", parts) if _is_sure(machine) else None
        frame.terms = {}
    elif mask:
        frame.term, frame.terms = None, {}
        for name in frame.columns:
            if (frame.node, name) in machine.trace.columns:
                _set_term(machine, frame, (frame.node, name), None)


def _is_sure(machine: Machine) -> bool:
    return machine.undecided == 0 and None not in machine.scope.path


def _condition(machine: Machine) -> Term | None:
    """When what is run here is run, as far as the branches around it say."""
    return both(machine.scope.path) if machine.undecided == len(machine.scope.path) else None


def _fill_empty(machine: Machine, frame: Frame, value: Value) -> None:
    """`made = pd.DataFrame()` has the rows of its first column."""
    known = machine.trace.rows.get(frame.rows)
    empty = not (frame.columns or frame.open or frame.vague) and known is not None and known.operation == "made"
    if empty and isinstance(value, Frame) and value.rows and value.form in ("series", "array", "table"):
        frame.rows = value.rows
        machine.trace.node(frame.node, "frame", machine.trace.nodes[frame.node].name, rows=value.rows)


def _set_term(machine: Machine, frame: Frame, ref: ColumnRef, term: Term | None) -> None:
    """How a stored column is computed from here on; what may not be reached leaves two possibilities."""
    name = ref[1]
    sure = _is_sure(machine)
    there = name in frame.columns or name in frame.terms
    if not sure and there and column_term(machine, frame, name) != term:
        term = None
    frame.terms[name] = term
    machine.trace.computed(ref, term, surely=sure)


def _store_element(machine: Machine, frame: Frame, names: Iterable[str], value: Value) -> None:
    """A value under a key of a record or an entry of a series: no column of a table comes of it."""
    if frame.form == "series":
        frame.term, frame.terms = None, {}
        frame.columns = {name: refs | columns_of(value) for name, refs in frame.columns.items()}
    else:
        for name in names:
            term = term_of(machine, value)
            known = name in frame.columns or name in frame.terms or frame.open
            if not _is_sure(machine) and known and (before := column_term(machine, frame, name)) != term:
                term = apply("where", [_condition(machine), term, before])
            frame.columns[name] = columns_of(value)
            frame.terms[name] = term


def _note_foreign(machine: Machine, frame: Frame, value: Value, key: object, site: Site) -> None:
    """Data from elsewhere that is stored into a frame makes a new version of it."""
    foreign = sources_of(value) - {frame.node}
    state = has_statistic(value) and not is_an_end(machine, value)
    if not foreign and not state:
        return
    for source in foreign:
        if source.startswith("prediction:") and not any(
            e.kind == "DERIVES" for e in machine.trace.into.get(source, ())
        ):
            machine.trace.edge(frame.node, source, "DERIVES", site, operation="predict")  # by names of its columns
    label = key if isinstance(key, tuple) else machine.scope.statement
    next_version(machine, frame, (machine.scope.statement, label), site)
    for source in sorted(foreign):
        attributes = on_statistic(value) if state else {}
        machine.trace.edge(source, frame.node, "DERIVES", site, operation="assign", **attributes)
    if state and not foreign:
        machine.trace.node(frame.node, "frame", machine.trace.nodes[frame.node].name, **on_statistic(value))


def _predicted_by_names(machine: Machine, frame: Frame, source: str, site: Site) -> None:
    """`df.withColumn("p", model("a", "b"))`: what was told names of columns predicts from the frame it is put into."""
    made_of = machine.trace.into.get(source, ())
    if source.startswith("prediction:") and not any(edge.kind == "DERIVES" for edge in made_of):
        machine.trace.edge(frame.node, source, "DERIVES", site, operation="predict")


def store_unknown(machine: Machine, base: Value, key: Value, value: Value, target: Expr) -> None:
    """A store into something unknown: its name now stands for what was stored, too."""
    from mldebt.evaluate.statements import bind

    if sources_of(value) and target[1][0] == "name":
        merged = derived("unknown container", base, value, label=target[1][1])
        bind(machine, target[1], merged)
