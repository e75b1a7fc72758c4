"""Classes of the repository that are a library's wrapper of data or its trainer: `class Batches(DataLoader)`."""

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


OF_WRAPPERS = ("matrix", "read", "command_classes", "trainer")
MADE_INTO = ("trainer", "session")
"""What constructors give back that classes of a repository descend from: a trainer, a client of web addresses."""
READ_BY_ITEM = ("samples", "imgs", "data")
"""Attributes under which a data set of a library holds what it has read."""


def above(machine: Machine, function: Function, this: Value) -> Object | None:
    """`super()`, where it is a wrapper of data or a trainer that the constructor will be handed to."""
    bases = function.owner.bases if function.owner is not None and isinstance(this, Instance) else []
    dotted = _wrapper(machine, bases)
    return Object(ABOVE, dotted, {"of": this}) if dotted else None


def _wrapper(machine: Machine, bases: Iterable[Value]) -> str:
    """The class of a library among the bases that wraps data, reads it, or trains on it."""
    for base in bases:
        entry = machine.knowledge.call(base.dotted) if isinstance(base, Symbol) else None
        wraps = entry is not None and (entry.op in OF_WRAPPERS or entry.text("returns") in MADE_INTO)
        if wraps and isinstance(base, Symbol):
            return base.dotted
    return ""


def begun(machine: Machine, base: Value, name: str, made: Call) -> Value | None:
    """`super().__init__(dataset, batch_size=…)`: what the object wraps from here on; later, what it does with that."""
    from mldebt.evaluate.libraries import call_method

    this = base.facts["of"] if isinstance(base, Object) and base.kind == ABOVE else None
    if not isinstance(this, Instance) or not isinstance(base, Object):
        return None
    if name != "__init__":
        return call_method(machine, held, name, made) if (held := asked(machine, this, name)) is not None else None
    _hold(machine, base.dotted, this, made)
    return NONE


def asked(machine: Machine, this: Instance, name: str) -> Object | None:
    """What an object was made of by a library, where the library's own has a method or attribute of the name."""
    held = held_by(this)
    if not isinstance(held, Object):
        return None
    knowledge = machine.knowledge
    known = knowledge.method(held.kind, name) is not None or knowledge.attribute(held.kind, name) is not None
    return held if known else None


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
