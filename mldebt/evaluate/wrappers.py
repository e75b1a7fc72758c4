"""Classes of the repository that are a library's wrapper of data: `class Batches(DataLoader)`."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import NONE, Function, Instance, Object, Symbol, Value

ABOVE = "above"
"""What `super()` is in such a class, where it is the library's own that stands above."""
HELD = "<data>"


def above(machine: Machine, function: Function, this: Value) -> Object | None:
    """`super()`, where it is a wrapper of data that the constructor will be handed to."""
    bases = function.owner.bases if function.owner is not None and isinstance(this, Instance) else []
    for base in bases:
        entry = machine.knowledge.call(base.dotted) if isinstance(base, Symbol) else None
        if entry is not None and entry.op == "matrix" and isinstance(base, Symbol):
            return Object(ABOVE, base.dotted, {"of": this})
    return None


def begun(machine: Machine, base: Value, name: str, made: Call) -> Value | None:
    """`super().__init__(dataset, batch_size=…)`: what the object wraps from here on."""
    if not isinstance(base, Object) or base.kind != ABOVE or name != "__init__":
        return None
    from mldebt.evaluate.libraries import call_symbol

    held, this = call_symbol(machine, base.dotted, made), base.facts["of"]
    if isinstance(held, Object) and isinstance(this, Instance):
        this.fields[HELD] = held
        this.fields.setdefault("dataset", held.facts.get("X") or NONE)
    return NONE


def held_by(value: Value | None) -> Value | None:
    """The data that an object of such a class wraps."""
    return value.fields.get(HELD) if isinstance(value, Instance) else None
