"""What is decided on a prediction, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived, frames_in, sources_of_all
from mldebt.evaluate.values import NONE, Const, Frame, Value

if TYPE_CHECKING:
    from mldebt.evaluate.operation import Operation

MOST_REFS = 60


def decide(machine: Machine, operator: str, operand: Frame, other: Value) -> None:
    """The comparison of a prediction with a number, or of a column that holds one."""
    if isinstance(other, Frame) and other.form != "scalar":
        return
    for prediction in _predictions_in(machine, operand):
        _decision(machine, operator, prediction, operand, other)


def _predictions_in(machine: Machine, operand: Frame) -> list[str]:
    """The predictions that a value is, or that its columns are made of."""
    if operand.form == "table":
        return []
    if operand.node.startswith("prediction:"):
        return [operand.node]
    waiting = sorted(operand.refs())
    seen = set(waiting)
    while waiting and len(seen) < MOST_REFS:
        known = machine.trace.columns.get(waiting.pop())
        new = sorted(set(known.parents if known is not None else ()) - seen)  # which are met must not hang on chance
        seen.update(new)
        waiting += new
    return sorted({owner for owner, _ in seen if owner.startswith("prediction:")})


def _decision(machine: Machine, operator: str, prediction: str, operand: Frame, other: Value) -> None:
    site = machine.site()
    threshold = other.value if isinstance(other, Const) else None
    node = machine.node_id("decision", prediction.rpartition(":")[2], (operator, site.line, site.cell, threshold))
    literal = isinstance(other, Const)
    figure = True if operand.form == "scalar" and operand.state else None
    machine.trace.node(
        node, "decision", f"{operator} {threshold}", site, threshold=threshold, operator=operator, literal=literal,
        figure=figure,
    )  # fmt: skip
    machine.trace.edge(prediction, node, "DECIDES", site)
    machine.decided.setdefault(prediction, []).append(node)
    for ref in sorted(operand.refs()):
        machine.trace.use(ref, "decision", site)


def decisions_in(machine: Machine, condition: Value) -> list[str]:
    """The decisions that a condition stands for."""
    if not machine.decided:
        return []
    predictions = {node for frame in frames_in(condition) for node in _predictions_in(machine, frame)}
    return sorted({node for prediction in predictions for node in machine.decided.get(prediction, ())})


def act(operation: Operation) -> Value:
    """Something is done in the world: a message to a person, an order, a change of what runs."""
    values = [*operation.call.values(), *([operation.receiver] if operation.receiver is not None else [])]
    sources = {source for source in sources_of_all(values) if source.startswith(("prediction:", "frame:"))}
    note_action(operation, sources)
    return derived("answer to an action", *operation.call.values(), label=operation.hint) if sources else NONE


def note_action(operation: Operation, sources: set[str]) -> None:
    """The action node, behind the decision whose branch it stands in and the data that it is made of."""
    machine, site = operation.machine, operation.site
    causes = sorted({*machine.deciding, *sources})
    if not causes:
        return
    name = operation.dotted.rpartition(".")[2]
    node = machine.node_id("action", name, operation.call.ordinal)
    machine.trace.node(node, "action", name, site, what=operation.entry.text("what", name))
    for cause in causes:
        machine.trace.edge(cause, node, "TRIGGERS", site, operation.evidence)
