"""Library objects keep what they were made with: the name of what they stand for, their first line, their frame."""

from __future__ import annotations

from mldebt.evaluate.operation import BEGUN, FRAME, Operation
from mldebt.evaluate.storage import named
from mldebt.evaluate.values import Frame


def facts_of(operation: Operation) -> dict[str, object]:
    """What a new object keeps of the call or attribute that makes it."""
    facts: dict[str, object] = {**named(operation)}
    if operation.entry.flag("attribute"):
        facts[BEGUN] = operation.machine.scope.statement[0]
    if isinstance(operation.receiver, Frame):
        facts[FRAME] = operation.receiver
    return facts
