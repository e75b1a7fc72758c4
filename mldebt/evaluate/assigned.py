"""Names and attributes that are given a value: for good, or as one of several possibilities."""

from __future__ import annotations

from mldebt.evaluate import slots
from mldebt.evaluate.absence import mixed, note
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.sessions import put_into
from mldebt.evaluate.state_fields import kept_in
from mldebt.evaluate.values import DOUBT, NONE, Class, Instance, Map, Method, Object, Value, options_of, text
from mldebt.read.facts import Expr


def set_name(machine: Machine, target: Expr, value: Value) -> None:
    """Bind a name; what a function may set for its whole module is one of several possibilities."""
    env, name = machine.scope.env, target[1]
    known = env.globals.names.get(name) if machine.undecided and name in env.shared else None
    env.set(name, value if known is None else join((known, value)))
    if known is not None and mixed((known, value)):
        note(machine, target)


def set_attribute(machine: Machine, target: Expr, value: Value) -> None:
    from mldebt.evaluate.subscripts import set_frame_attribute

    for base in options_of(machine.evaluate(target[1])):
        if isinstance(base, Instance):
            _set_field(machine, base, target[2], value)
        elif isinstance(base, Class):
            if base.file not in machine.own:
                machine.others.heap.keep_class(base)
            base.members[target[2]] = value
        elif isinstance(base, Method) and isinstance(base.receiver, Object):
            name = f"{base.name}.{target[2]}"
            before = base.receiver.facts.get(name) if machine.undecided else None
            base.receiver.facts[name] = value if before is None else join((before, value))
        elif isinstance(base, Object):
            base.facts[target[2]] = value
        elif isinstance(base, Map):
            put_into(machine, base, text(target[2]), value)
        else:
            set_frame_attribute(machine, base, target[2], value)


def _set_field(machine: Machine, base: Instance, name: str, value: Value) -> None:
    if (kept := kept_in(machine, base, name)) is not None:
        slots.keep(machine, kept[0], value)
    known = base.fields.get(name)
    weak = known is not None and (base.symbolic or machine.undecided > 0)
    base.fields[name] = join((known, value)) if weak and known is not None else value
    if not weak:
        base.fields.pop(DOUBT + name, None)
    elif known is not None and mixed((known, value)):
        base.fields[DOUBT + name] = NONE
