"""Attributes: of modules and classes of the repository, of library values, of frames."""

from __future__ import annotations

from mldebt.evaluate import slots
from mldebt.evaluate.calls import bound, call_function
from mldebt.evaluate.from_records import member_of_body
from mldebt.evaluate.hierarchy import implementations, is_open
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.paths import path_attribute
from mldebt.evaluate.state_fields import kept_in
from mldebt.evaluate.values import (
    Choice,
    Class,
    Const,
    Frame,
    Function,
    Handle,
    Hole,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    ModuleValue,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
)


def attribute(machine: Machine, base: Value, name: str) -> Value:
    if isinstance(base, (Frame, Model, Object, Loaded)):
        return _of_library_value(machine, base, name)
    if name in OWN_NAME and isinstance(base, (Class, Function, Symbol)):
        return Text((_own_name(base),))
    if isinstance(base, Handle) and name != "name" and machine.knowledge.attribute("handle", name) is not None:
        from mldebt.evaluate.attributes_of_libraries import library_attribute

        return library_attribute(machine, base, name)
    if isinstance(base, Symbol):
        return _of_symbol(machine, base, name)
    if isinstance(base, ModuleValue):
        return _of_module(machine, base, name)
    if isinstance(base, Instance):
        return _of_instance(machine, base, name)
    if isinstance(base, Class):
        return _of_class(machine, base, name)
    if isinstance(base, Seq) and base.kind == "branches":
        return base.items[0]  # `inputs.left`: every branch is the same object
    if isinstance(base, Map) and base.origin and name in base.entries:
        machine.note_key(base, name)
    found = _of_plain(base, name)
    return found if found is not None else Method(base, name)


OWN_NAME = ("__name__", "__qualname__")


def _own_name(value: Class | Function | Symbol) -> str:
    """What a class or function is called where it is defined."""
    return (value.dotted if isinstance(value, Symbol) else value.qualname).rpartition(".")[2]


def _of_plain(base: Value, name: str) -> Value | None:
    """An attribute of a text, a dictionary or an open file; None for what is a method at most."""
    if isinstance(base, Text) and name == "name" and any(_is_temporary(part) for part in base.parts):
        return base  # tempfile.TemporaryDirectory().name
    if isinstance(base, Text) and base.path and name == "path":
        return base  # an entry of a folder
    if isinstance(base, Text) and base.path:
        return path_attribute(base, name)
    if isinstance(base, Map):
        return _of_map(base, name)
    if isinstance(base, (Text, Const)) and name == "value":
        return base  # a member of an enumeration
    if isinstance(base, Handle) and name == "name":
        return base.name if base.store != "memory" else Text((Hole("temporary", "tmp"),))
    if isinstance(base, Method) and isinstance(base.receiver, Object):
        kept: Value | None = base.receiver.facts.get(f"{base.name}.{name}")  # `app.state.model`
        return kept
    return None


def _is_temporary(part: str | Hole) -> bool:
    return isinstance(part, Hole) and part.kind == "tmp"


def _of_symbol(machine: Machine, base: Symbol, name: str) -> Value:
    from mldebt.evaluate.libraries import symbol_attribute

    return symbol_attribute(machine, f"{base.dotted}.{name}")


def _of_library_value(machine: Machine, base: Value, name: str) -> Value:
    from mldebt.evaluate.attributes_of_libraries import library_attribute

    if isinstance(base, Frame) and base.node in machine.bodies and (made := member_of_body(machine, base, name)):
        return made
    return library_attribute(machine, base, name)


def _of_module(machine: Machine, base: ModuleValue, name: str) -> Value:
    from mldebt.evaluate.imports import member_of_module

    found = member_of_module(machine, base.file, name)
    return found if found is not None else Unknown("name not found in module", name)


def _of_map(base: Map, name: str) -> Value:
    """Configuration objects give their keys as attributes; dictionaries have methods."""
    if name in base.entries:
        return base.entries[name]
    if base.open and isinstance(base.rest, Text) and name not in DICTIONARY:
        return hole(name, "cli")  # an option that no `add_argument` in sight declares
    return Method(base, name)


DICTIONARY = frozenset(dir(dict)) | {"to_dict", "dict", "model_dump"}


def _of_instance(machine: Machine, base: Instance, name: str) -> Value:
    if name in base.fields:
        return _of_field(machine, base, name)
    found = member(machine, base, name)
    if found is not None:
        return found
    if name == "__class__":
        return base.cls
    if name == "__dict__":
        return Map(base.fields)  # type: ignore[arg-type]  # what is set on the one is set on the other
    computed = class_member(machine, base.cls, "__getattr__")
    if isinstance(computed, Function) and not name.startswith("__"):
        from mldebt.evaluate.calls import Call

        return call_function(machine, bound(computed, base), Call(computed.line, 0, [Text((name,))], {}))
    from mldebt.evaluate.active_records import of_row

    found = _inherited(machine, base, name) or of_row(machine, base, name) or _of_held(machine, base, name)
    return found if found is not None else Method(base, name)


def _of_held(machine: Machine, base: Instance, name: str) -> Value | None:
    """What a class leaves to the library that it descends from: `class Weighted(Trainer)` trains as that one does."""
    from mldebt.evaluate.attributes_of_libraries import library_attribute
    from mldebt.evaluate.wrappers import asked

    held = asked(machine, base, name)
    return library_attribute(machine, held, name) if held is not None else None


def _of_field(machine: Machine, base: Instance, name: str) -> Value:
    """What a field holds: a number that a method goes on from is that of the call before."""
    found = base.fields[name]
    if isinstance(found, (Const, Unknown, Choice)) and (kept := kept_in(machine, base, name)) is not None:
        return slots.kept(machine, *kept)
    return found


def _inherited(machine: Machine, base: Instance, name: str) -> Value | None:
    """An attribute that a class has from a library, where the knowledge base says what it is."""
    library = library_base(machine, base.cls)
    entry = machine.knowledge.call(f"{library}.{name}") if library else None
    if entry is None or not entry.flag("attribute"):
        return None
    from mldebt.evaluate.libraries import symbol_attribute

    return symbol_attribute(machine, f"{library}.{name}")


def member(machine: Machine, instance: Instance, name: str) -> Value | None:
    """A member of an instance's class, functions bound to the instance and properties evaluated."""
    found = class_member(machine, instance.cls, name)
    may_be_another = instance.symbolic and instance.real is None  # `super()` looks up, never down
    if may_be_another and is_open(machine, found) and (followed := implementations(machine, instance.cls, name)):
        return join(bound(function, instance) for function in followed)
    if not isinstance(found, Function):
        return found
    kinds = {decorator[-1] for decorator in found.decorators if decorator[0] in ("name", "attr")}
    if "staticmethod" in kinds:
        return found
    if "classmethod" in kinds:
        return bound(found, instance.cls)
    if kinds & {"property", "cached_property"}:
        from mldebt.evaluate.calls import Call

        return call_function(machine, bound(found, instance.real or instance), Call(found.line, 0, [], {}))
    return bound(found, instance.real or instance)


def class_member(machine: Machine, cls: Class, name: str, depth: int = 8) -> Value | None:
    if name in cls.members:
        return cls.members[name]
    if depth > 0:
        for base in cls.bases:
            if isinstance(base, Class):
                found = class_member(machine, base, name, depth - 1)
                if found is not None:
                    return found
    return None


MADE_ELSEWHERE = ("bind", "remote")
"""What Ray gives a class that is decorated with it: `Ranker.bind(path)` makes one in a process of its own."""


def _of_class(machine: Machine, base: Class, name: str) -> Value:
    found = class_member(machine, base, name)
    if isinstance(found, Function):
        kinds = {decorator[-1] for decorator in found.decorators if decorator[0] in ("name", "attr")}
        return bound(found, base) if "classmethod" in kinds else found
    if found is not None:
        return _column_of(machine, base, found)
    if name == "query":
        from mldebt.evaluate.orm import rows_of

        if (rows := rows_of(machine, base)) is not None:
            return rows
    from mldebt.evaluate import active_records

    if (asked := active_records.of_class(machine, base, name)) is not None:
        return asked
    library = library_base(machine, base)
    if library is None and name in MADE_ELSEWHERE:
        return base
    return Symbol(f"{library}.{name}") if library else Unknown("unknown class attribute", name)


def _column_of(machine: Machine, cls: Class, found: Value) -> Value:
    """A column says which table it is in."""
    if not isinstance(found, Object) or found.kind != "column":
        return found
    from mldebt.evaluate.orm import table_of

    return Object(found.kind, found.dotted, {"table": table_of(machine, cls)})


SAYS_NOTHING = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol", "builtins.object", "object"})
"""Base classes that say what a class is good for to those who write it, nothing of what it is."""


def library_base(machine: Machine, cls: Class, depth: int = 8) -> str | None:
    """The dotted name of the first library class that a class of the repository descends from."""
    last = None
    for base in cls.bases:
        found = base.dotted if isinstance(base, Symbol) else None
        if isinstance(base, Class) and depth > 0:
            found = library_base(machine, base, depth - 1)
        if found and found not in SAYS_NOTHING:
            return found
        last = last or found
    return last
