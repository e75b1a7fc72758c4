"""Whether a join may repeat rows: by which columns its sides are joined, and whether these tell the rows apart."""

from __future__ import annotations

from mldebt.evaluate.frames import names_of
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.values import Frame, Text

UNCHECKED = ("m:m", "many_to_many")
REPEATING_NONE = frozenset({"semi", "anti", "leftsemi", "left_semi", "leftanti", "left_anti", "asof"})


def cardinality(operation: Operation, frame: Frame, side: str) -> dict[str, object]:
    """What is known of one side of a join, as attributes of the edge from it."""
    keys = joined_by(operation, frame, side)
    return {
        "validated": is_validated(operation),
        "side": side,
        "keys": keys or None,
        "how": _how(operation) or None,
        "unique": is_unique(frame, keys) if keys else None,
        "checkable": bool(operation.entry.selector("validate")) or None,
    }


def note_counted(operation: Operation) -> None:
    """Remember of a table that the code looks whether rows of it repeat."""
    receiver, trace = operation.receiver, operation.machine.trace
    if isinstance(receiver, Frame) and (known := trace.nodes.get(receiver.node)) is not None:
        trace.node(known.id, known.kind, known.name, counted=True)


def is_validated(operation: Operation) -> bool:
    """Whether the call itself checks how many rows fit together."""
    given = operation.given("validate")
    return given is not None and not (isinstance(given, Text) and given.literal in UNCHECKED)


def keeps_rows(operation: Operation, right: Frame) -> bool:
    """Whether no row of the left side can come out twice."""
    keys = joined_by(operation, right, "right")
    return is_validated(operation) or _how(operation) in REPEATING_NONE or bool(keys and is_unique(right, keys))


def is_unique(frame: Frame, keys: tuple[str, ...]) -> bool:
    return any(unique <= set(keys) for unique in frame.unique)


def joined_by(operation: Operation, frame: Frame, side: str) -> tuple[str, ...]:
    """The columns by which a side is joined, () where they can't be told."""
    by_index = truthy(operation.call.kwargs.get(f"{side}_index"), False)
    if side == "right" and operation.entry.flag("by_index"):
        by_index = True
    if by_index:
        return frame.index
    for field in ("on", f"{side}_on"):
        names, whole = names_of(operation.given(field))
        if names:
            return tuple(names) if whole else ()
    return frame.index if operation.entry.flag("by_index") else ()


def _how(operation: Operation) -> str:
    given = operation.given("how")
    if isinstance(given, Text):
        return given.literal or ""
    return "asof" if operation.entry.flag("nearby") else ""
