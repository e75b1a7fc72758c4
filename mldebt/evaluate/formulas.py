"""Expressions over columns of a frame that is not there yet (`pl.col("a") / 2`), and what they become on one.

An expression is an object with the names of the columns that it takes, the name that its result gets, and how it is
computed. `every` is true where it stands for all columns but some.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mldebt.evaluate.frames import column, column_refs, names_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.picking import STATISTICS, picked
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.spark_windows import note_step
from mldebt.evaluate.terms_of import in_terms_of, term_of
from mldebt.evaluate.values import ColumnRef, Frame, Object, Seq, Text, Value, options_of
from mldebt.terms import Term, apply
from mldebt.terms import column as named

KIND = "expression"


def is_expression(value: Value | None) -> bool:
    return isinstance(value, Object) and value.kind == KIND


def made_of(parts: Iterable[Value], *, output: str = "", term: Term | None = None, **facts: Any) -> Object:
    """An expression out of others and of values that are there."""
    found = dict(PLAIN)
    names: dict[str, None] = {}
    sources: frozenset[str] = frozenset()
    for part in parts:
        if isinstance(part, Object) and part.kind == KIND:
            names |= dict.fromkeys(part.facts["names"])
            for fact in ("state", "several", "every", "some"):
                found[fact] = found[fact] or part.facts[fact]
            found["but"] = (*found["but"], *part.facts["but"])
            found["given"] |= part.facts["given"]
            output = output or part.facts["output"]
        else:
            found["given"] |= columns_of(part)
        sources |= sources_of(part)
    return Object(KIND, "", {**found, "names": tuple(names), "output": output, "term": term, **facts}, sources)


PLAIN: dict[str, Any] = {
    "several": False, "every": False, "some": False, "touched": True, "state": False, "but": (), "given": frozenset(),
}  # fmt: skip
"""`several` columns or `every` one but some, each on its own; `some` of them where it can't be told which. `touched`
where something is done to them."""


def of_names(names: Iterable[str]) -> list[Object]:
    return [_of_name(name) for name in names]


def _of_name(name: str) -> Object:
    """A column; `*` stands for all of them, a pattern between `^` and `$` for some."""
    pattern = name.startswith("^") and name.endswith("$")
    if name == "*" or pattern:
        return made_of((), every=True, some=pattern, touched=False)
    return made_of((), output=name, term=named(name), names=(name,))


def expression(operation: Operation) -> Value:
    """A column by its name, a function of columns, a method of an expression."""
    call, entry = operation.call, operation.entry
    if entry.selector("columns") == (0,):
        call.args = [*(item for arg in call.args[:1] for item in _columns(arg)), *call.args[1:]]
    elif entry.selector("columns"):
        call.args = [item for arg in (*call.args, *call.spread) for item in _columns(arg)]
    if entry.flag("every"):
        gone = [name for arg in call.args for name in names_of(arg)[0]]
        return made_of((), every=True, some=entry.flag("some"), but=tuple(gone), touched=False)
    receiver = operation.receiver
    parts = [*([receiver] if receiver is not None and is_expression(receiver) else []), *call.values()]
    alias = operation.given("alias")
    output = alias.literal if isinstance(alias, Text) and alias.literal else ""
    inner = term_of(operation.machine, operation.receiver) if output else None
    if entry.flag("several") and len(parts) > 1:
        return made_of(parts, several=True, touched=False)
    made = made_of(parts, output=output, term=inner)
    made.facts["state"] |= entry.flag("state")
    made.facts["turned"] = operation.dotted.rpartition(".")[2].startswith("desc")
    note_step(operation, made)
    return made


def _columns(value: Value) -> list[Value]:
    """Names of columns as expressions; other values as they are."""
    if isinstance(value, Text):
        return list(of_names([value.literal])) if value.literal is not None else [made_of((), every=True, some=True)]
    if isinstance(value, Seq):
        return [item for one in value.items for item in _columns(one)]
    if isinstance(value, Object) and value.kind == "columns":  # `*df.columns`
        names, whole = names_of(value)
        return [*of_names(names), *([] if whole else [made_of((), every=True, some=True)])]
    return [value]


def combined(machine: Machine, left: Value, right: Value) -> Value:
    """Two operands of an operator of which one is an expression; on a column of a frame, it is one of that frame."""
    from mldebt.evaluate.combining import combine

    frame = next((value for value in (left, right) if isinstance(value, Frame)), None)
    if frame is None or frame.form in ("scalar", "row"):
        return made_of([left, right])
    return combine(machine, *(on_frame(machine, frame, value) for value in (left, right)))


# -- on a frame


def bound(machine: Machine, frame: Frame, value: Value) -> list[tuple[str, Frame]]:
    """The columns that an expression becomes on a frame, with their names."""
    if isinstance(value, Seq):
        return [item for one in value.items for item in bound(machine, frame, one)]
    if isinstance(value, Text) and value.literal is not None:
        value = of_names([value.literal])[0]
    if isinstance(value, Frame):
        name = next(iter(value.columns), "") if len(value.columns) == 1 else ""
        return [(name, value)]
    if not isinstance(value, Object) or value.kind != KIND:
        return []
    output = value.facts["output"]
    if value.facts["names"] == (output,) and value.facts["term"] == named(output):
        output = _unqualified(frame, output)
        return [(output, column(machine, frame, output))]
    each = value.facts["several"] or (value.facts["every"] and not output)
    return list(_each(machine, frame, value)) if each else [(output, _series(machine, frame, value))]


def _each(machine: Machine, frame: Frame, value: Object) -> Iterator[tuple[str, Frame]]:
    """Every column that is meant, on its own."""
    for name in _names(frame, value):
        made = column(machine, frame, name)
        yield name, made.copy(term=None) if value.facts["touched"] else made


def _names(frame: Frame, value: Object) -> tuple[str, ...]:
    if not value.facts["every"]:
        return tuple(_unqualified(frame, name) for name in value.facts["names"])
    return tuple(name for name in frame.columns if name and name not in value.facts["but"])


def _unqualified(frame: Frame, name: str) -> str:
    """`orders.price` is the price where a frame has no column of the whole name."""
    last = name.rpartition(".")[2]
    return last if name not in frame.columns and last in frame.columns else name


def _series(machine: Machine, frame: Frame, value: Object) -> Frame:
    names = _names(frame, value)
    output = value.facts["output"]
    term: Term | None = value.facts["term"]
    if names == (output,) and term == named(output) and not value.facts["given"]:
        return column(machine, frame, output)
    if term is not None and term.op == "when":
        term = apply("otherwise", [term])
    refs = frozenset[ColumnRef]().union(
        value.facts["given"], *(column_refs(machine, frame, name, machine.site()) for name in names)
    )
    return frame.copy(
        columns={"": refs}, open=(), dropped=frozenset(), vague=False, form="series",
        term=_over_rows(machine, frame, term), terms={}, state=frame.state or value.facts["state"],
    )  # fmt: skip


def _over_rows(machine: Machine, frame: Frame, term: Term | None) -> Term | None:
    """What an expression is on a frame: its statistics are of the rows that are left."""
    if term is None or not frame.picked or not any(part.op in STATISTICS for part in term.walk()):
        return in_terms_of(machine, frame, term)
    if term.op not in STATISTICS:
        return apply(term.op, [_over_rows(machine, frame, arg) for arg in term.args], term.settings)
    inner = _over_rows(machine, frame, term.args[0]) if term.args else Term("each")
    return apply(term.op, [picked(term.op, inner, frame), *term.args[1:]], term.settings)


def on_frame(machine: Machine, frame: Frame, value: Value) -> Value:
    """A value that is stored into a frame or tests its rows: an expression becomes a column of it."""
    found = [bound(machine, frame, option) for option in options_of(value) if is_expression(option)]
    if not found or not found[0]:
        return value
    if any(
        option.facts["every"] for option in options_of(value) if isinstance(option, Object) and is_expression(option)
    ):
        for owner in frame.open:
            machine.trace.use_all(owner, "escape", machine.site(), frame.dropped | frozenset(frame.columns))
    (_, first), *others = found[0]
    refs = first.refs().union(*(made.refs() for _, made in others))
    return first.copy(columns={"": refs}, term=None, terms={}) if others else first
