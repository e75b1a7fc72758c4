"""Dictionaries that keep a value, or a record of several, for each key: `counts[user] += 1`, `state[user] = (n, sum)`.

A record is kept part by part. Who looks it up may change it in its place: `stats[user]["n"] += 1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mldebt.evaluate import slots
from mldebt.evaluate.joins import join
from mldebt.evaluate.provenance import columns_of
from mldebt.evaluate.terms_of import PREFIX
from mldebt.evaluate.values import NONE, Const, Env, Frame, Instance, Map, Seq, Symbol, Text, Unknown, Value
from mldebt.terms import apply

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call
    from mldebt.evaluate.machine import Machine

ZERO: Final = {"int": 0, "float": 0}
PARTS: Final = 8
"""How many values a record has at most that is followed part by part."""


# -- where they begin


def with_default(machine: Machine, factory: Value, first: Value = NONE) -> Map:
    """`defaultdict(int)`, `defaultdict(lambda: [0, 0.0])`: `first` is what the factory makes."""
    made = Map({}, True, Unknown("value of a dictionary with a default"))
    if isinstance(factory, Symbol) and factory.dotted.rpartition(".")[2] in ZERO:
        first = Const(0)
    if is_record(first) or (isinstance(first, Const) and first != NONE):
        machine.slots.defaults[id(made)] = (made, first)
    return made


def counter(machine: Machine, call: Call) -> Value:
    """`Counter()`, of which all that is counted is seen; one that counts what it is given holds that."""
    return call.args[0] if call.args else with_default(machine, Symbol("builtins.int"))


# -- looked up and put in


def looked_up(machine: Machine, holder: Map, key: Value, default: Value = NONE) -> Value | None:
    """What the event before put under a key of the data; None where the dictionary is not of that kind."""
    name = _name(machine, holder, key)
    if not name or not (isinstance(default, (Const, Unknown, Frame)) or is_record(default)):
        return None
    known = machine.slots.defaults.get(id(holder))
    default = known[1] if known is not None and default == NONE else default
    return _record(machine, name, default) if is_record(default) else slots.kept(machine, name, default)


def set_by_default(machine: Machine, holder: Map, key: Value, default: Value) -> bool:
    """`stats.setdefault(user, {"n": 0})`: whether a record stands there from then on."""
    if not is_record(default) or not _name(machine, holder, key):
        return False
    machine.slots.defaults.setdefault(id(holder), (holder, default))
    return True


def is_there(machine: Machine, holder: Value, key: Value) -> Value | None:
    """`user in last_seen`."""
    name = _name(machine, holder, key) if isinstance(holder, Map) else ""
    if not name:
        return None
    found = machine.slots.now.get(name) or slots.kept(machine, name, NONE)
    if not isinstance(found, Unknown) or found.term is None:
        return None
    return Unknown(slots.REASON, term=apply("is_not_null", [found.term]))


def put(machine: Machine, holder: Map, key: Value, value: Value) -> bool:
    """Whether a value is put into such a dictionary, or into a record that stands there."""
    if machine.uses("slots") and (view := machine.slots.views.get(id(holder))) is not None:
        return _put_part(machine, holder, view[1], key, value)
    name = _name(machine, holder, key)
    if not name or not (_begins(machine, holder, name, value) or _keep(machine, name, value)):
        return False
    for ref in sorted(columns_of(key)):
        machine.trace.use(ref, "key", machine.site())
    _holds(machine, holder, value)
    return True


def _holds(machine: Machine, holder: Map, value: Value) -> None:
    """Who takes all of it, whatever the key, is given what was put in: `df["city"].map(means)`."""
    machine.slots.defaults.setdefault(id(holder), (holder, NONE))
    holder.open = True
    holder.rest = value if holder.rest is None else join([holder.rest, value])


def _begins(machine: Machine, holder: Map, name: str, value: Value) -> bool:
    """`if user not in stats: stats[user] = {"n": 0}`: that is what a record begins with."""
    before = slots.before_it(name).term
    first = is_record(value) and all(isinstance(part, Const) for part in _parts(value).values())
    if not first or slots.conditions(machine) != [apply("is_null", [before])]:
        return False
    machine.slots.defaults.setdefault(id(holder), (holder, value))
    return True


def _keep(machine: Machine, name: str, value: Value) -> bool:
    if not is_record(value):
        return slots.keep(machine, name, value)
    for key, part in _parts(value).items():
        _keep_part(machine, name, key, part)
    return True


# -- records


def is_record(value: Value) -> bool:
    if isinstance(value, Seq):
        return 0 < len(value.items) <= PARTS and not (value.open or value.stream or value.picked)
    if not isinstance(value, Map) or value.open or value.record is not None:
        return False
    return 0 < len(value.entries) <= PARTS and all(isinstance(key, str) and key.isidentifier() for key in value.entries)


def _parts(value: Value) -> dict[object, Value]:
    if isinstance(value, Map):
        return value.entries
    return dict(enumerate(value.items)) if isinstance(value, Seq) else {}


def _record(machine: Machine, name: str, default: Value) -> Value:
    """What the event before left, part by part."""
    entries = {key: _part(machine, name, key, part) for key, part in _parts(default).items()}
    made = Map(entries) if isinstance(default, Map) else Seq([*entries.values()], kind=getattr(default, "kind", "list"))
    machine.slots.views[id(made)] = (made, name)
    return made


def _part(machine: Machine, name: str, key: object, default: Value) -> Value:
    plain = default if isinstance(default, (Const, Unknown, Frame)) else NONE
    return slots.kept(machine, _called_part(machine, name, key), plain)


def _called_part(machine: Machine, name: str, key: object) -> str:
    machine.slots.parts[f"{name}.{key}"] = name
    return f"{name}.{key}"


def _keep_part(machine: Machine, name: str, key: object, value: Value) -> Value:
    """Leave one part for the next event; what is there now."""
    part = _called_part(machine, name, key)
    if not slots.keep(machine, part, value):
        slots.lose(machine, part)
    return machine.slots.now.get(part, value)


def _put_part(machine: Machine, view: Map | Seq, name: str, key: Value, value: Value) -> bool:
    """Whether a value is put into a record that was looked up, at a known place."""
    place = key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None
    if place is None or place not in _parts(view):
        for part in _parts(view):
            slots.lose(machine, _called_part(machine, name, part))
        return False
    now = _keep_part(machine, name, place, value)
    if isinstance(view, Map):
        view.entries[place] = now
    elif isinstance(place, int):
        view.items[place] = now
    return True


def put_at(machine: Machine, record: Seq, key: Value, value: Value) -> bool:
    """Whether `stats[user][0] = value` is put into a list that is kept."""
    view = machine.slots.views.get(id(record)) if machine.uses("slots") else None
    return view is not None and _put_part(machine, record, view[1], key, value)


# -- their names


def _name(machine: Machine, holder: Map, key: Value) -> str:
    """The name of a dictionary that outlives the call in which it is used; "" for others."""
    empty = not holder.entries and (holder.rest is None or id(holder) in machine.slots.defaults)
    scope = machine.scope
    if not empty or not isinstance(key, (Frame, Unknown)):
        return ""
    kept: dict[str, Value] = dict(_outside(scope.env)) if scope.function is not None else {}
    if scope.function is not None and isinstance(scope.function.this, Instance):
        kept |= scope.function.this.fields
    if name := _called(holder, kept):
        return f"{PREFIX}{scope.file}:{name}"
    name = _called(holder, scope.rounds[0][0]) if scope.rounds else ""
    place = "" if scope.function is None else f"_{scope.function.qualname.replace('.', '_')}"
    return f"{PREFIX}{scope.file}:{name}{place}" if name else ""


def _called(holder: Map, names: dict[str, Value]) -> str:
    return next((name for name, value in names.items() if value is holder and name.isidentifier()), "")


def _outside(env: Env) -> dict[str, Value]:
    return env.globals.names if env.globals is not env else {}
