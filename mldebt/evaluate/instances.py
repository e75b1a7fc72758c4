"""Objects that classes of the repository make: how they are constructed, and which fields they have."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, bound, call_function
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import (
    Class,
    Function,
    Instance,
    Value,
    options_of,
)

MAX_INSTANCES = 3


def instantiate(machine: Machine, cls: Class, made: Call) -> Value:
    from mldebt.evaluate.operators import run_by_framework

    instance = _constructed(machine, cls, made)
    if isinstance(instance, Instance):
        run_by_framework(machine, instance)
    return instance


def _constructed(machine: Machine, cls: Class, made: Call) -> Value:
    from mldebt.evaluate.attributes import class_member, library_base
    from mldebt.evaluate.construction import fill_plainly
    from mldebt.evaluate.networks import as_network, note_seed
    from mldebt.evaluate.wrappers import made_of

    instance = _allocated(machine, cls, made)
    machine.instantiated.add(cls.key)
    _note_instance(machine, cls, instance)
    as_network(machine, instance, made)
    constructor = class_member(machine, cls, "__init__")
    if isinstance(constructor, Function):
        call_function(machine, bound(constructor, instance), made)
        instance.seeded |= machine.root.seeded
        note_seed(machine, instance)
        return instance
    if made_of(machine, cls, instance, made):
        return instance
    base = library_base(machine, cls)
    if base is not None and "Enum" in base:
        return made.args[0] if made.args else instance
    fill_plainly(machine, instance, cls, made)
    instance.seeded |= machine.root.seeded
    return instance


def _allocated(machine: Machine, cls: Class, made: Call) -> Instance:
    """A new instance, or the one that the class's own `__new__` hands out."""
    from mldebt.evaluate.attributes import class_member

    maker = class_member(machine, cls, "__new__")
    found = call_function(machine, bound(maker, cls), made) if isinstance(maker, Function) else None
    return (
        next((one for one in options_of(found) if isinstance(one, Instance)), Instance(cls)) if found else Instance(cls)
    )


def _note_instance(machine: Machine, cls: Class, instance: Instance, depth: int = 6) -> None:
    """Methods that nobody is seen to call may be called on the instances that are made somewhere."""
    known = machine.instances.setdefault(cls.key, [])
    if len(known) < MAX_INSTANCES:
        known.append(instance)
    for base in cls.bases if depth else ():
        if isinstance(base, Class):
            _note_instance(machine, base, instance, depth - 1)


def all_fields(cls: Class) -> list[str]:
    """Names of the annotated fields, those of base classes first."""
    names: list[str] = []
    for base in cls.bases:
        if isinstance(base, Class):
            names += all_fields(base)
    return list(dict.fromkeys([*names, *cls.fields]))
