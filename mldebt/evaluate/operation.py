"""One library call that the knowledge base knows, with what its handler needs at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Const, Frame, Object, Text, Value, is_none
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.knowledge.loader import Entry


BEGUN, FRAME = "begun", "frame"
"""Facts of an object at the start of a chain of calls: its first line, and the frame that it writes."""


class Operation(Struct):
    machine: Machine
    call: Call
    entry: Entry
    dotted: str
    inferred: bool = False

    @property
    def site(self) -> Site:
        """Where the call is; a chain of settings that ends in it begins where its object was made."""
        begun = self.call.receiver.facts.get(BEGUN) if isinstance(self.call.receiver, Object) else None
        in_chain = begun is not None and begun == self.machine.scope.statement[0]
        return self.machine.site(begun if in_chain else self.call.line)

    @property
    def evidence(self) -> str:
        return "inferred" if self.inferred else "resolved"

    @property
    def hint(self) -> str:
        return self.call.hint

    @property
    def receiver(self) -> Value | None:
        return self.call.receiver

    def given(self, field: str) -> Value | None:
        """The argument that plays a part, None where it is absent."""
        return self.call.given(self.entry, field)

    def data(self, field: str = "data") -> Value | None:
        """The argument that plays a part; the receiver where the entry names none."""
        value = self.given(field)
        return self.receiver if value is None and not self.entry.selector(field) else value

    def content(self) -> Value | None:
        """The data; where that is an object made of a frame (its writer), the frame."""
        value = self.data()
        frame = value.facts.get(FRAME) if isinstance(value, Object) else None
        return frame if isinstance(frame, Frame) else value

    def axis(self, default: object = None) -> object:
        """The axis that is asked for, as a number or name; None where it can't be told."""
        value = self.given("axis")
        if value is None:
            return default
        return value.value if isinstance(value, Const) else value.literal if isinstance(value, Text) else None

    def name_in_scope(self, fallback: str) -> str:
        return self.hint or fallback

    def seed_status(self, scope: str = "numpy") -> str:
        """fixed, absent, unknown (comes from where it can't be seen) or global (a seed was set before)."""
        value = self.given("seed")
        if value is not None and not is_none(value):
            return "fixed" if isinstance(value, Const) and not isinstance(value.value, bool) else "unknown"
        left_to_callers = value is not None and self.machine.scope.symbolic
        if left_to_callers or (value is None and self.call.spread):
            return "unknown"
        return "global" if self.machine.root.seeded & {scope, "all"} else "absent"

    def revision_status(self) -> str | None:
        """fixed, absent or unknown: whether the state of what a hub holds is named; None for all that has no states."""
        if not self.entry.selector("revision"):
            return None
        value = self.given("revision")
        if value is None:
            return "unknown" if self.call.spread else "absent"
        return "absent" if is_none(value) else "fixed" if isinstance(value, Text) and value.literal else "unknown"


def truthy(value: Value | None, default: bool) -> bool | None:
    """A flag argument: None where it can't be told."""
    if value is None:
        return default
    return bool(value.value) if isinstance(value, Const) else None
