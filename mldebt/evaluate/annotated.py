"""Values that only the annotation of their name tells anything of: `trainer: Trainer = instantiate(cfg.trainer)`."""

from __future__ import annotations

from mldebt.evaluate.attributes import library_base
from mldebt.evaluate.handed_clients import client
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.outside import declared_as
from mldebt.evaluate.values import Class, Method, Symbol, Unknown, Value
from mldebt.read.facts import Expr


def annotated(machine: Machine, annotation: Expr, value: Value) -> Value:
    """What a name is said to hold, where nothing is known of the value and no data went into it."""
    unknown = value.receiver if isinstance(value, Method) else value
    if not isinstance(unknown, Unknown) or unknown.sources or unknown.columns:
        return value
    for kind in declared_as(machine, annotation):
        given = client(machine, kind) if isinstance(kind, Symbol) else _made_elsewhere(machine, kind)
        if given is not None:
            return given
    return value


def _made_elsewhere(machine: Machine, cls: Value) -> Value | None:
    """One of a class that a library knows how to use: a model or what brings its data."""
    from mldebt.evaluate.entries import made_outside

    if not isinstance(cls, Class) or library_base(machine, cls) is None:
        return None
    known = machine.instances.get(cls.key) or machine.optional.get(cls.key)
    return known[0] if known else made_outside(machine, cls)
