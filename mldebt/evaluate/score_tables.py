"""Scores that are kept in a table, of which the best one is then looked for."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.picking import is_in_order
from mldebt.evaluate.scores import choose, extreme, scores_in
from mldebt.evaluate.values import Const, Frame, Map, Object, Seq, Unknown, Value

ANY = "*"
"""Stands for all columns of a table: which of them hold scores isn't known where each try is a column or a row."""
MOST_STEPS = 4


def note_scores(machine: Machine, frame: Frame, value: Value) -> None:
    """`pd.DataFrame([{"depth": depth, "f1": f1_score(…)}, …])`: which columns hold scores."""
    for record in value.items if isinstance(value, Seq) else [value]:
        for name, item in record.entries.items() if isinstance(record, Map) else ():
            if found := tuple(scores_in(item)):
                before = machine.scored.get((frame.node, str(name)), ())
                machine.scored[frame.node, str(name)] = (*before, *found)
    add_scores(machine, frame, scores_in(value))


def add_scores(machine: Machine, frame: Frame, found: list[Unknown]) -> None:
    """`table.loc[len(table)] = [name, score]`, `table.loc[name, "f1"] = score`: rows that hold scores."""
    if found:
        machine.scored[frame.node, ANY] = tuple(dict.fromkeys((*machine.scored.get((frame.node, ANY), ()), *found)))


def put_below(machine: Machine, made: Frame, parts: list[Frame], rows: list[Value]) -> None:
    """The scores of tables and rows that are put below each other."""
    before = [score for part in parts for score in scores_behind(machine, part)]
    add_scores(machine, made, [*before, *(score for row in rows for score in scores_in(row))])


def pick_the_best(operation: Operation, frame: Frame) -> None:
    """`table["f1"].max()`, `table["f1"].idxmax()`: a choice among the scores of the column."""
    if len(frame.columns) <= 1 and operation.entry.flag("picks"):
        machine = operation.machine
        known = [score for ref in sorted(frame.refs()) for score in machine.scored.get(ref, ())]
        found = known or ([] if _is_another(machine, frame) else list(scores_behind(machine, frame)))
        choose(machine, found, operation.site, bare=extreme(operation.dotted))


def _is_another(machine: Machine, frame: Frame) -> bool:
    """Whether it is told which columns of a table hold scores, and one that is known is none of them."""
    owners = {owner for owner, _ in frame.refs()}
    return any(owner in owners and name != ANY for owner, name in machine.scored)


def take_the_first(machine: Machine, base: Object, key: Value) -> None:
    """`table.sort_values("f1").iloc[-1]`, `table.index[0]`: a choice among the scores of a table that is in order."""
    frame = base.facts.get("frame")
    row = key.items[0] if isinstance(key, Seq) and key.items else key
    if isinstance(frame, Frame) and isinstance(row, Const) and row.value in (0, -1) and is_in_order(frame):
        choose(machine, list(scores_behind(machine, frame)), machine.site())


def scores_behind(machine: Machine, frame: Frame) -> Iterator[Unknown]:
    """The scores of the table that a frame was made of, a few steps ago: `pd.DataFrame(scores).T`."""
    here: str | None = frame.node
    for _ in range(MOST_STEPS):
        if here is None:
            return
        if (here, ANY) in machine.scored:
            yield from machine.scored[here, ANY]
            return
        above = {edge.source for edge in machine.trace.into.get(here, ()) if edge.kind == "DERIVES"}
        here = above.pop() if len(above) == 1 else None
