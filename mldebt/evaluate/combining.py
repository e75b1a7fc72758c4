"""Two frames, or a frame and a value, element by element."""

from __future__ import annotations

from mldebt.evaluate.decisions import decide
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.origins import note_mixed
from mldebt.evaluate.provenance import columns_of, on_statistic, sources_of
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Frame, Text, Value
from mldebt.terms import Term

SIDES = {"<": "train", "<=": "train", ">": "test", ">=": "test"}
"""What is left of a value that rows are compared with, and what is beyond it."""


def combine(machine: Machine, left: Value, right: Value, *, compared: bool = False, shifted: bool = False) -> Frame:
    """Element-wise arithmetic of frames and other values. A statistic among them goes into what is not `compared`, and
    not only `shifted` by it."""
    main, other = (left, right) if isinstance(left, Frame) else (right, left)
    assert isinstance(main, Frame)
    if isinstance(other, Frame) and other.form not in ("scalar", "row") and main.form in ("scalar", "row"):
        main, other = other, main
    note_mixed(machine, main.node, other)
    refs = main.refs() | columns_of(other)
    number = main.form in ("scalar", "row")
    learned = not compared and not shifted and isinstance(other, Frame) and other.state and not number
    foreign = sources_of(other) - {main.node}
    taken = sources_of(other) if learned else frozenset()
    told = on_statistic(other) if learned else {}
    node = _computed(machine, main, foreign, taken, told, compared) if foreign or learned else main.node
    form = main.form
    whole = (form == "table" or _has_columns(main)) and (not isinstance(other, Frame) or of_each_column(other))
    columns = main.columns if whole else {"": refs}
    state = number and (main.state or (isinstance(other, Frame) and other.state))
    where = other.learned if isinstance(other, Frame) and not main.state else main.learned
    return main.copy(
        node=node,
        columns=dict(columns),
        open=main.open if form == "table" else (),
        form=form,
        state=state,
        learned=where,
    )


def is_shift(machine: Machine, operator: str, *sides: Value) -> bool:
    """`ids - ids.min()`, `days.max() - days`: numbers that begin at 0; what any model makes of them is the same."""
    return operator == "-" and any(is_an_end(machine, side) for side in sides)


def is_an_end(machine: Machine, value: Value) -> bool:
    """Whether a value is the first or last one of a column, as the day to which the records go."""
    return isinstance(value, Frame) and value.form == "scalar" and _is_an_end(term_of(machine, value))


def _is_an_end(term: Term | None) -> bool:
    """The first or last value of a column, or what lies so much before or after it."""
    if term is None or term.op in ("min", "max"):
        return term is not None
    parts = [part for part in term.args if part.op not in ("const", "span_of")]
    return term.op in ("add", "sub", "to_datetime") and bool(parts) and all(map(_is_an_end, parts))


def _has_columns(array: Frame) -> bool:
    """Whether it is an array of several columns that are all known."""
    return (
        array.form == "array" and array.placed and len(array.columns) > 1 and array.closed and "" not in array.columns
    )


def of_each_column(value: Value | None) -> bool:
    """Whether it is a statistic of every column of a table (`df.mean()`): one number for each, by its name."""
    return isinstance(value, Frame) and value.form == "scalar" and value.state and "" not in value.columns


def _computed(
    machine: Machine,
    main: Frame,
    foreign: frozenset[str],
    taken: frozenset[str],
    told: dict[str, object],
    compared: bool,
) -> str:
    """The node of a value made of several frames, or of a frame and a statistic over the rows of those `taken`, as is
    `told`."""
    site = machine.site()
    key = ("computed", machine.scope.statement, main.node, *sorted(foreign))
    made = new_frame(machine, machine.scope.hint or "value", key, site, rows=main.rows)
    for source in sorted({main.node, *foreign}):
        attributes = told if source in taken else {"compared": True} if compared else {}
        machine.trace.edge(source, made.node, "DERIVES", site, operation="compute", **attributes)
    return made.node


def compare(machine: Machine, operator: str, left: Value, right: Value) -> Frame:
    """A mask; the comparison of a prediction with a number is a decision. Yes or no carries no statistic on."""
    mask = combine(machine, left, right, compared=True)
    for operand, other in ((left, right), (right, left)):
        if isinstance(operand, Frame):
            decide(machine, operator, operand, other)
    form = "series" if mask.form != "scalar" else "scalar"
    side = _side(operator, left, right)
    return mask.copy(columns={"": mask.refs()}, open=(), form=form, side=side, state=False)


def between(machine: Machine, left: tuple[str, str], right: tuple[str, str]) -> tuple[str, str]:
    """(what divides, which part) where both of two masks hold: a bound on either side makes a part of its own."""
    if left[0] == right[0] and {left[1], right[1]} == {"train", "test"}:
        return left[0], f"middle {machine.node_id('rows', 'between', machine.scope.statement)}"
    return left


def _side(operator: str, left: Value, right: Value) -> tuple[str, str]:
    """(what divides, which part) for a comparison of one column with one bound."""
    if not isinstance(left, Frame) or (isinstance(right, Frame) and right.form != "scalar"):
        return "", ""
    divider = ",".join(sorted(f"{owner}#{name}" for owner, name in left.refs())) or left.node
    if operator in SIDES:
        return divider, SIDES[operator]
    if (
        operator == "=="
        and isinstance(right, Text)
        and right.literal in ("train", "test", "validation", "valid", "val")
    ):
        return divider, str(right.literal)
    return "", ""
