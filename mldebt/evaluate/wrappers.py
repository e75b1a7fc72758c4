"""Classes of the repository that are a library's wrapper of data: `class Batches(DataLoader)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import NONE, Class, Frame, Function, Instance, Object, Symbol, Value

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call

ABOVE = "above"
"""What `super()` is in such a class, where it is the library's own that stands above."""
HELD = "<data>"


OF_WRAPPERS = ("matrix", "read", "command_classes")
READ_BY_ITEM = ("samples", "imgs", "data")
"""Attributes under which a data set of a library holds what it has read."""


def above(machine: Machine, function: Function, this: Value) -> Object | None:
    """`super()`, where it is a wrapper of data that the constructor will be handed to."""
    bases = function.owner.bases if function.owner is not None and isinstance(this, Instance) else []
    dotted = _wrapper(machine, bases)
    return Object(ABOVE, dotted, {"of": this}) if dotted else None


def _wrapper(machine: Machine, bases: Iterable[Value]) -> str:
    """The class of a library among the bases that wraps data, or reads it."""
    for base in bases:
        entry = machine.knowledge.call(base.dotted) if isinstance(base, Symbol) else None
        if entry is not None and entry.op in OF_WRAPPERS and isinstance(base, Symbol):
            return base.dotted
    return ""


def begun(machine: Machine, base: Value, name: str, made: Call) -> Value | None:
    """`super().__init__(dataset, batch_size=…)`: what the object wraps from here on."""
    if not isinstance(base, Object) or base.kind != ABOVE or name != "__init__":
        return None
    if isinstance(this := base.facts["of"], Instance):
        _hold(machine, base.dotted, this, made)
    return NONE


def made_of(machine: Machine, cls: Class, this: Instance, made: Call) -> bool:
    """Whether the constructor is a library's own, which then holds what it is given: `class Pets(ImageFolder)`."""
    upper = [one for base in cls.bases if isinstance(base, Class) for one in base.bases]
    dotted = _wrapper(machine, [*cls.bases, *upper])
    if dotted:
        _hold(machine, dotted, this, made)
    return bool(dotted)


def _hold(machine: Machine, dotted: str, this: Instance, made: Call) -> None:
    from mldebt.evaluate.libraries import call_symbol

    held = call_symbol(machine, dotted, made)
    if isinstance(held, Object) and held.kind == "command_classes":
        this.fields.update(held.facts)
    elif isinstance(held, Object):
        this.fields[HELD] = held
        this.fields.setdefault("dataset", held.facts.get("X") or NONE)
    elif isinstance(held, Frame):
        this.fields.update(dict.fromkeys((HELD, *READ_BY_ITEM), held))


def held_by(value: Value | None) -> Value | None:
    """The data that an object of such a class wraps."""
    return value.fields.get(HELD) if isinstance(value, Instance) else None
