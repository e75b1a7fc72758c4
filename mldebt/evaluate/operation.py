"""One library call that the knowledge base knows, with what its handler needs at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Const, Text, Value, is_none
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.knowledge.loader import Entry


@dataclass(slots=True)
class Operation:
    machine: Machine
    call: Call
    entry: Entry
    dotted: str
    inferred: bool = False

    @property
    def site(self) -> Site:
        return self.machine.site(self.call.line)

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


def truthy(value: Value | None, default: bool) -> bool | None:
    """A flag argument: None where it can't be told."""
    if value is None:
        return default
    return bool(value.value) if isinstance(value, Const) else None
