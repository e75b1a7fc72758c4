"""The methods of dictionaries: what stands under a key, where that and all that was put there is known."""

from __future__ import annotations

from mldebt.evaluate import kept_by_key, streams
from mldebt.evaluate.calls import Call
from mldebt.evaluate.containers import key_of, keys_of
from mldebt.evaluate.frames import looked_up
from mldebt.evaluate.joins import join
from mldebt.evaluate.loaded_settings import LOADING, load
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.settings import key_in
from mldebt.evaluate.tabled import found_by, mapped_by
from mldebt.evaluate.values import NONE, Const, Frame, Map, Seq, Text, Unknown, Value, text


def mapping_method(machine: Machine, receiver: Map, name: str, call: Call) -> Value:
    if name in ("get", "pop", "setdefault") and call.args:
        return _looked_up(machine, receiver, name, call)
    if name in ("update", "from_mapping"):
        return _updated(receiver, call)
    if name in LOADING and call.args:
        load(machine, receiver, name, call)
        return NONE
    if name in ("freeze", "defrost", "lock", "unlock", "merge_from_list"):
        return NONE
    if name in ("copy", "to_dict", "dict", "model_dump", "clone", "toDict", "copy_and_resolve_references"):
        return Map(dict(receiver.entries), receiver.open, receiver.rest, receiver.origin, receiver.record)
    rest = [receiver.rest] if receiver.rest is not None else []
    if name == "items":
        pairs: list[Value] = [Seq([key_of(key), value], kind="tuple") for key, value in receiver.entries.items()]
        unknown = Unknown("unknown key", "key", sources_of(receiver.rest) if receiver.rest is not None else frozenset())
        return Seq([*pairs, *(Seq([unknown, value], kind="tuple") for value in rest)], receiver.open)
    if name == "keys":
        return Seq(keys_of(receiver), receiver.open)
    if name == "values":
        return Seq([*receiver.entries.values(), *rest], receiver.open)
    return derived("method of a dictionary", receiver, *call.values(), label=call.hint)


def _looked_up(machine: Machine, receiver: Map, name: str, call: Call) -> Value:
    from mldebt.evaluate.expressions import put

    key = call.args[0]
    if name == "setdefault" and not isinstance(key, (Text, Const)) and _begins_empty(call.args[1:]):
        call.args[1] = streams.begun(machine, call.line, None)
    if name == "setdefault" and kept_by_key.set_by_default(machine, receiver, key, call.args[-1]):
        return _get(machine, receiver, call)
    found = _get(machine, receiver, call)
    if name == "setdefault" and not (isinstance(key, Text) and key.literal in receiver.entries):
        put(receiver, key, found)
    return found


def _begins_empty(default: list[Value]) -> bool:
    return len(default) == 1 and isinstance(default[0], Seq) and not (default[0].items or default[0].open)


def _updated(receiver: Map, call: Call) -> Value:
    from mldebt.evaluate.expressions import put, spread

    for value in call.args:
        spread(receiver, value)
    for key, value in call.kwargs.items():
        put(receiver, text(key), value)
    return NONE


def _get(machine: Machine, receiver: Map, call: Call) -> Value:
    key = call.args[0]
    literal = key_in(receiver, key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None)
    if literal is not None and literal in receiver.entries:
        machine.note_key(receiver, literal)
        return receiver.entries[literal]
    default = call.args[1] if len(call.args) > 1 else call.kwargs.get("default", NONE)
    if literal is None and streams.is_stream(receiver.rest):
        return receiver.rest or NONE
    if literal is None and (before := kept_by_key.looked_up(machine, receiver, key, default)) is not None:
        return before
    if literal is None and (chosen := mapped_by(machine, receiver, key, default)) is not None:
        return chosen
    if literal is not None and not receiver.open and receiver.rest is None:
        return default
    if isinstance(receiver.record, Frame) and (found := looked_up(machine, receiver.record, call)) is not None:
        return found
    default = _more_than(default)
    values = [*receiver.entries.values()] if literal is None else []
    rest = [receiver.rest] if receiver.rest is not None else []
    if literal is None and not values and not rest and isinstance(default, Const):
        return Unknown("value under an unknown key", call.hint)  # what was put there before is not seen
    found = join([*values, *rest, default]) if len(values) <= 8 else derived("value under an unknown key", *values)
    if isinstance(found, Unknown) and not found.label and literal is not None:
        return Unknown(found.reason, str(literal), found.sources, found.columns)
    return found_by(found, key) if literal is None else found


def _more_than(default: Value) -> Value:
    """`.get("files", [])`, where it is not known what there is: what stands for nothing is not all."""
    if isinstance(default, Seq) and not default.items:
        return Seq([], True, default.kind)
    if isinstance(default, Map) and not default.entries:
        return Map({}, True)
    return default
