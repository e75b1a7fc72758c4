"""Scores that are kept in a table, of which the best one is then looked for."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.scores import choose, scores_in
from mldebt.evaluate.values import Frame, Map, Seq, Value


def note_scores(machine: Machine, frame: Frame, value: Value) -> None:
    """`pd.DataFrame([{"depth": depth, "f1": f1_score(…)}, …])`: which columns hold scores."""
    record = value.items[0] if isinstance(value, Seq) and value.items else value
    for name, item in record.entries.items() if isinstance(record, Map) else ():
        if found := tuple(scores_in(item)):
            machine.scored[frame.node, str(name)] = found


def pick_the_best(operation: Operation, frame: Frame) -> None:
    """`table["f1"].max()`, `table["f1"].idxmax()`: a choice among the scores of the column."""
    if len(frame.columns) == 1 and operation.entry.flag("picks"):
        for ref in sorted(frame.refs()):
            choose(operation.machine, list(operation.machine.scored.get(ref, ())), operation.site)
