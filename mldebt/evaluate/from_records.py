"""Arguments and fields that come out of a record: `Order(**request.json)`, `score(**row)`, `a, b = args`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from mldebt.evaluate.frames import column, select_rows
from mldebt.evaluate.given import part_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.terms_of import PREFIX, parameter, term_of, with_term
from mldebt.evaluate.values import Const, Frame, Function, Instance, Seq, Text, Unknown, Value
from mldebt.terms import Term, apply
from mldebt.terms import column as named

RECORDS = ("records", "row")
UNSEEN = "unknown caller"
"""What stands for the arguments of a function that is handed to somebody who calls it."""


def passed(machine: Machine, spread: Sequence[Value], name: str) -> Value:
    """An argument that is passed through `**record`: what the record has under its name."""
    if len(spread) == 1 and isinstance(spread[0], Unknown) and spread[0].reason == UNSEEN:
        return parameter(name)
    found = _under(machine, spread, name)
    return found if found is not None else derived("argument passed through * or **", *spread, label=name)


def _under(machine: Machine, spread: Sequence[Value], name: str) -> Value | None:
    only = spread[0] if len(spread) == 1 else None
    if isinstance(only, Frame) and only.form in RECORDS:
        return column(machine, only, name)
    if isinstance(only, Unknown) and not only.sources and (term := part_of(only, Text((name,)))) is not None:
        return replace(derived("argument passed through * or **", only, label=name), term=term)
    return None


def fill_from(machine: Machine, instance: Instance, fields: Iterable[str], spread: Sequence[Value]) -> None:
    """Give an object the fields that a record has, or may have besides its defaults."""
    from mldebt.evaluate.attributes import class_member

    for name in fields:
        found = _under(machine, spread, name) if name not in instance.fields else None
        if found is None:
            continue
        default = class_member(machine, instance.cls, name)
        filled = isinstance(default, (Const, Text)) and default != Const(None)
        term = apply("default", [term_of(machine, found), term_of(machine, default)]) if filled else None
        instance.fields[name] = with_term(found, term) if term is not None else found


def member_of_body(machine: Machine, frame: Frame, name: str) -> Value | None:
    """What the class of a request's data computes of its fields: a property, or a method to be called."""
    from mldebt.evaluate.attributes import class_member, member
    from mldebt.evaluate.instances import all_fields

    cls = machine.bodies.get(frame.node) if name not in frame.columns else None
    if cls is None or frame.form not in RECORDS or not isinstance(class_member(machine, cls, name), Function):
        return None
    fields: dict[str, Value] = {field: column(machine, frame, field) for field in all_fields(cls)}
    return member(machine, Instance(cls, fields, symbolic=True), name)


def unpacked_as(machine: Machine, value: Value, name: str) -> Value | None:
    """One of several values that a caller gives who can't be seen, told by the name that it gets."""
    if isinstance(value, Seq) and (not value.open or len(value.items) != 1 or value.picked):
        return None
    one = value.items[0] if isinstance(value, Seq) else value
    if isinstance(one, Frame):
        return _asked_for(machine, one, name)
    if isinstance(value, Seq) and one == ITEM:
        return Unknown("item of an unpacked value", name, term=named(name))
    term = term_of(machine, one)
    if not isinstance(one, Unknown) and not (term is not None and isinstance(value, Seq)):
        return None
    if term is None or len(term.columns) != 1 or (isinstance(one, Unknown) and one.sources) or not _of_each(term):
        return None
    if any(known.startswith(PREFIX) for known in term.columns):
        return None
    return Unknown("item of an unpacked value", name, term=_as_called(term, name))


def one_of_tables(machine: Machine, value: Value, number: int) -> Frame | None:
    """One of several tables that a loop made, each of other rows: `train, test = parts`."""
    only = value.items[0] if isinstance(value, Seq) and len(value.items) == 1 else None
    if not isinstance(only, Frame) or only.form != "table":
        return None
    return select_rows(machine, only, ("one of", number, only.node), machine.site(), "filter")


ITEM = Unknown("item of an unknown sequence")


def _asked_for(machine: Machine, one: Frame, name: str) -> Frame | None:
    """One of the values that a request has side by side."""
    owners = {owner for refs in one.columns.values() for owner, _ in refs}
    asked = bool(owners) and all(machine.trace.nodes[owner].attributes.get("store") == "http" for owner in owners)
    term = term_of(machine, one) if asked and one.form in ("scalar", "series") and len(one.columns) == 1 else None
    if term is None or len(term.columns) != 1 or not _of_each(term):
        return None
    return one.copy(form="scalar", term=_as_called(term, name), terms={})


def _of_each(term: Term) -> bool:
    """Whether only what is done to each value by itself was done."""
    return term.op == "column" or (term.op in ("cast", "strip", "default", "split") and _of_each(term.args[0]))


def _as_called(term: Term, name: str) -> Term:
    """What is done to each of several values, told of the one of a name."""
    if term.op in ("column", "split"):
        return named(name)
    return Term(term.op, (_as_called(term.args[0], name), *term.args[1:]), term.settings)
