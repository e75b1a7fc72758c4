"""Built-in functions that ask or change objects: `getattr`, `isinstance`, `super`, imports by name."""

from __future__ import annotations

from collections.abc import Callable

from mldebt.evaluate.calls import Call
from mldebt.evaluate.joins import join
from mldebt.evaluate.language import fields_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.values import (
    NONE,
    Class,
    Const,
    Frame,
    Function,
    Instance,
    Map,
    Model,
    ModuleValue,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
)
from mldebt.terms import column


def _getattr(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.attributes import attribute
    from mldebt.evaluate.imports import members_to_choose

    name = call.args[1] if len(call.args) > 1 else None
    if isinstance(name, Text) and name.literal is not None:
        found = attribute(machine, call.args[0], name.literal)
        return join((found, call.args[2])) if len(call.args) > 2 else found
    if isinstance(call.args[0], ModuleValue) and (members := members_to_choose(machine, call.args[0].file)):
        return join(members)
    return derived("attribute with a computed name", *call.args)


def _of_module(machine: Machine, call: Call) -> Value:
    """`globals()["Orders"]`: the classes and functions of the module."""
    known = machine.scope.env.globals.names
    return Map({name: value for name, value in known.items() if isinstance(value, (Class, Function))}, True)


def _setattr(machine: Machine, call: Call) -> Value:
    if len(call.args) == 3 and isinstance(call.args[0], Instance):
        name = call.args[1].literal if isinstance(call.args[1], Text) else None
        if name is not None:
            call.args[0].fields[name] = call.args[2]
    return NONE


TYPED = ("table", "array", "index")
"""The forms of data that are objects of a library, never of one of Python's own types."""


def _isinstance(machine: Machine, call: Call) -> Value:
    """Decided only where the value's kind is known and the type is one of Python's own."""
    if len(call.args) != 2 or not isinstance(call.args[1], Symbol):
        return Unknown("test of a type")
    kinds: dict[str, type[object]] = {"str": Text, "dict": Map, "list": Seq, "tuple": Seq}
    expected = kinds.get(call.args[1].dotted.removeprefix("builtins."))
    value = call.args[0]
    if expected is None or isinstance(value, (Unknown,)) or not isinstance(value, (Text, Map, Seq, Frame, Const)):
        return Unknown("test of a type")
    if isinstance(value, Frame) and value.form not in TYPED:
        return Unknown("test of a type")  # what a request or a file of JSON holds may be a list, a text, a dictionary
    return Const(isinstance(value, expected) and not (isinstance(value, Text) and value.path))


def _object(machine: Machine, call: Call) -> Value:
    return Unknown("value of a built-in function", call.hint)


def _super_object(machine: Machine, call: Call) -> Value:
    return Unknown("method of a library's base class")


def _class_of(machine: Machine, call: Call) -> Value:
    value = call.args[0] if len(call.args) == 1 else None
    if isinstance(value, Model) and "." in value.dotted:
        return Symbol(value.dotted)
    return value.cls if isinstance(value, Instance) else Unknown("type of a value")


def _input(machine: Machine, call: Call) -> Value:
    name = call.hint or machine.scope.hint
    return Unknown("typed in by a person", name or "input", term=column(name) if name else None)


def _import_by_name(machine: Machine, call: Call) -> Value:
    """`__import__("package.module", fromlist=["name"])`: without the list, the package."""
    from mldebt.evaluate.imports import import_module

    name = call.args[0] if call.args else call.kwargs.get("name")
    if not isinstance(name, Text) or not name.literal:
        return Unknown("value of a built-in function", call.hint)
    whole = len(call.args) > 3 or "fromlist" in call.kwargs
    return import_module(machine, name.literal if whole else name.literal.partition(".")[0])


OF_OBJECTS: dict[str, Callable[[Machine, Call], Value]] = {
    "getattr": _getattr, "setattr": _setattr, "hasattr": _object, "isinstance": _isinstance, "issubclass": _object,
    "super": _super_object, "type": _class_of, "input": _input, "raw_input": _input, "hash": _object, "id": _object,
    "vars": fields_of, "dir": _object, "callable": _object, "ord": _object, "chr": _object, "locals": _object,
    "globals": _of_module, "slice": _object, "object": _object, "Exception": _object, "ValueError": _object,
    "divmod": _object, "pow": _object, "__import__": _import_by_name,
}  # fmt: skip
