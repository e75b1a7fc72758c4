"""What is only held in memory or in a temporary file: what was put there, and what it is a copy of.

Data on its way through a buffer or a scratch file keeps its lineage: a file fetched into one stands for the stored
thing that it was fetched from, data written into one goes on to where the file is copied.
"""

from __future__ import annotations

from typing import TypeGuard

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity
from mldebt.evaluate.values import Handle, Value

TRANSIENT = ("memory", "temp")


def is_transient(target: Identity | Handle | str) -> bool:
    return not isinstance(target, str) and target.store in TRANSIENT


def hold(machine: Machine, target: Identity | Handle | str, value: Value | None) -> None:
    """Remember what is written into something transient."""
    if value is None or isinstance(target, str) or target.store not in TRANSIENT:
        return
    known = held(machine, target)
    whole = value if known is None else join((known, value))
    if _is_buffer(target):
        target.held = whole
    else:
        machine.fetched.pop(_key(machine, target), None)
        machine.scratch[_key(machine, target)] = whole


def held(machine: Machine, target: Identity | Handle | str) -> Value | None:
    """What was written into something transient, None where nothing is known of it."""
    if isinstance(target, str) or target.store not in TRANSIENT:
        return None
    found: Value | None = target.held if _is_buffer(target) else machine.scratch.get(_key(machine, target))
    return found


def fetched(machine: Machine, target: Identity | Handle | str, source: Identity | Handle | str) -> None:
    """Remember of which stored thing something transient is a copy."""
    if isinstance(target, str) or target.store not in TRANSIENT:
        return
    if (data := held(machine, source)) is not None:
        hold(machine, target, data)
    elif isinstance(source, Identity) and not is_transient(source):
        if _is_buffer(target):
            target.origin = source
        else:
            machine.fetched[_key(machine, target)] = source


def origin(machine: Machine, target: Identity | Handle) -> Identity | None:
    """The stored thing that something transient is a copy of."""
    found: Identity | None = target.origin if _is_buffer(target) else machine.fetched.get(_key(machine, target))
    return found


def _is_buffer(target: Identity | Handle) -> TypeGuard[Handle]:
    """A buffer in memory is known by itself, a temporary file by its name."""
    return isinstance(target, Handle) and target.store == "memory"


def _key(machine: Machine, target: Identity | Handle) -> tuple[str, str]:
    name = target.name.template if isinstance(target, Handle) else target.name
    return machine.root.file or machine.scope.file, name
