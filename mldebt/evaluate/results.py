"""Results that a framework stores under the names that a function's return annotation gives them."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.catalog import keep
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Function, Object, Text, Value, text
from mldebt.evaluate.wiring import Key, part
from mldebt.knowledge.loader import Entry
from mldebt.read.facts import Expr

TUPLES = ("Tuple", "tuple")


def names_of_results(machine: Machine, function: Function, annotation: Expr | None) -> tuple[tuple[Key, str], ...]:
    """`-> Annotated[DataFrame, "orders"]`, or a tuple of such: the parts of the result that have names."""
    if annotation is None or annotation[0] != "index":
        return ()
    items = annotation[2][1] if annotation[2][0] == "tuple" else (annotation[2],)
    base = annotation[1][-1]
    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        if base == "Annotated":
            name = _name(machine, items)
            return ((None, name),) if name else ()
        found = [_name(machine, one[2][1]) if _is_annotated(one) else "" for one in items] if base in TUPLES else []
    return tuple((number, name) for number, name in enumerate(found) if name)


def _is_annotated(annotation: Expr) -> bool:
    return bool(annotation[0] == "index" and annotation[1][-1] == "Annotated" and annotation[2][0] == "tuple")


def _name(machine: Machine, items: tuple[Expr, ...]) -> str:
    """The name among what is said of a type: a text, or an argument `name` of a call."""
    for item in items[1:]:
        given = dict(item[3]).get("name") if item[0] == "call" else item
        value = machine.evaluate(given) if given is not None else None
        if isinstance(value, Text) and value.literal:
            return value.literal
    return ""


def keep_results(machine: Machine, function: Function, result: Value) -> None:
    """Store the named parts of what a function gave back."""
    names, entry = machine.wiring.results_of.get(function.key, ((), None))
    if entry is None:
        return
    from mldebt.evaluate.entries import return_lines

    call = Call(return_lines(machine, function)[0], -1, [], {})
    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        for key, name in names:
            value = part(result, key, len(names))
            if sources_of(value):
                keep(machine, stored(entry, name), value, call)


def stored(entry: Entry, name: str) -> Object:
    """What a store of artifacts holds under a name."""
    fields = {"name": "name", "returns": "object", "store": entry.text("store")}
    call = Call(0, -1, [], {"name": text(name)})
    return Object("stored", entry.key, {"entry": Entry(entry.key, "store", fields), "call": call})
