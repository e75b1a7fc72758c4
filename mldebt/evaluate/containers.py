"""Python's own functions and the methods of its containers."""

from __future__ import annotations

from collections.abc import Callable

from mldebt.evaluate.builtin_objects import OF_OBJECTS
from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.conversions import reshaped
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import some_rows
from mldebt.evaluate.printing import printed
from mldebt.evaluate.provenance import columns_of, derived, sources_of
from mldebt.evaluate.tabled import ordered_by, placed_by
from mldebt.evaluate.values import (
    MAX_ITEMS,
    NONE,
    Const,
    Frame,
    Function,
    Handle,
    Map,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    text,
)
from mldebt.terms import const
from mldebt.terms.words import STOP_WORDS


def sequence_method(machine: Machine, receiver: Seq, name: str, call: Call) -> Value:
    if name in ("append", "add", "appendleft") and call.args:
        receiver.grown |= _is_in_the_making(machine, receiver)
        if len(receiver.items) < MAX_ITEMS:
            receiver.items.append(call.args[0])
        else:
            receiver.open = True
        return NONE
    if name in ("extend", "update", "union") and call.args:
        source = call.args[0]
        receiver.items += source.items if isinstance(source, Seq) else [source]
        receiver.open |= not isinstance(source, Seq) or source.open
        return receiver if name == "union" else NONE
    if name == "insert" and len(call.args) > 1:
        receiver.items.insert(0, call.args[1])
        return NONE
    if name in ("remove", "discard") and call.args:
        receiver.items[:] = [item for item in receiver.items if not _equal(item, call.args[0])]
        return NONE
    if name == "pop":
        return receiver.items[-1] if receiver.items else Unknown("item of an unknown sequence")
    if name in ("copy", "difference", "intersection", "__iter__"):
        gone = [item for arg in call.args if isinstance(arg, Seq) for item in arg.items] if name == "difference" else []
        kept = [item for item in receiver.items if not any(_equal(item, other) for other in gone)]
        return Seq(kept, receiver.open, receiver.kind)
    if name == "index" and call.args and (place := _place(machine, receiver, call)) is not None:
        return place
    if name in ("sort", "reverse", "clear"):
        return NONE
    return _in_parallel(machine, receiver, name, call)


def _in_parallel(machine: Machine, receiver: Seq, name: str, call: Call) -> Value:
    """`parts(orders()).map(train).collect()`: what a framework does with each of several outputs."""
    function = call.args[0] if call.args else None
    if name == "collect":
        return receiver
    if name != "map" or not isinstance(function, Function):
        return derived("method of a list", receiver, *call.values())
    made = [invoke(machine, function, Call(call.line, call.ordinal, [item], {})) for item in receiver.items]
    return Seq(made, receiver.open)


def _place(machine: Machine, values: Seq, call: Call) -> Value | None:
    from mldebt.evaluate.scores import place_of_the_best

    place_of_the_best(machine, values, call)
    return placed_by(machine, values, call.args[0])


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, Text) and isinstance(right, Text):
        return left.literal is not None and left.literal == right.literal
    return isinstance(left, Const) and isinstance(right, Const) and left.value == right.value


def key_of(key: object) -> Value:
    return text(key) if isinstance(key, str) else Const(key)


def keys_of(table: Map) -> list[Value]:
    """The keys that are known, and one for those that came out of data, as what stands under them did."""
    keys = [key_of(key) for key in table.entries]
    behind = sources_of(table.rest) if table.open and table.rest is not None else frozenset()
    return [*keys, Unknown("unknown key", "key", behind)] if behind else keys


# -- functions


def _dict(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.expressions import put, spread

    result = Map({})
    for value in call.args:
        if isinstance(value, Seq):
            for pair in value.items:
                if isinstance(pair, Seq) and len(pair.items) == 2:
                    put(result, pair.items[0], pair.items[1])
            result.open |= value.open
        elif isinstance(value, Frame) and len(call.args) == 1 and not call.kwargs:
            return value.copy(form="row" if value.form in ("row", "records", "series") else value.form)
        else:
            spread(result, value)
    for name, value in call.kwargs.items():
        result.entries[name] = value
    for value in call.spread:
        spread(result, value)
    return result


def _list(machine: Machine, call: Call) -> Value:
    if not call.args:
        return Seq([])
    value = call.args[0]
    if isinstance(value, Seq):
        return Seq(list(value.items), value.open, picked=value.picked)
    if isinstance(value, Map):
        return Seq(keys_of(value), value.open)
    if isinstance(value, Frame):
        if value.form == "table":
            return _column_list(value)
        return reshaped(value.copy(form="array"), value, "list", "list", machine.site(call.line))
    if isinstance(value, Object) and value.kind == "columns":
        return value
    if isinstance(value, (Handle, Object)):
        from mldebt.evaluate.iteration import elements

        return Seq(elements(machine, value)[0], True)
    return Seq([derived("item of an unknown sequence", value)], True)


def _is_a_library_list(value: Unknown) -> bool:
    return value.term is not None and value.term.op == STOP_WORDS


def _set(machine: Machine, call: Call) -> Value:
    """Each value once."""
    if call.args and isinstance(known := call.args[0], Unknown) and _is_a_library_list(known):
        return known
    made = _list(machine, call)
    if isinstance(made, Frame):
        made.unique = (*made.unique, frozenset(made.columns))
    if isinstance(made, Seq) and made.open:
        made.kind = "set"
    return made


def _column_list(value: Frame) -> Object:
    names = [name for name in value.columns if name]
    return Object("columns", facts={"names": names, "complete": value.closed, "frame": value})


def _zip(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements, turned

    columns = [elements(machine, value) for value in call.args]
    if not columns:
        return turned(machine, call.spread)
    rounds = max(len(found) for found, complete in columns)
    rows: list[Value] = []
    for number in range(rounds):
        items = [found[number] if number < len(found) else found[-1] if found else NONE for found, _ in columns]
        rows.append(Seq(items, kind="tuple"))
    return Seq(rows, not all(complete for _, complete in columns))


def _enumerate(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    found, complete = elements(machine, call.args[0]) if call.args else ([], True)
    numbered: list[Value] = [
        Seq([Const(number) if complete else Unknown("number", "index"), item], kind="tuple")
        for number, item in enumerate(found)
    ]
    return Seq(numbered, not complete)


ONE_BY_ONE, IN_STEPS = "number in a range", "number in a range with steps"


def _range(machine: Machine, call: Call) -> Value:
    bounds = [value.value for value in call.args if isinstance(value, Const) and isinstance(value.value, int)]
    if len(bounds) == len(call.args) and bounds:
        numbers = range(*bounds[:3]) if len(bounds) < 3 or bounds[2] else range(0)
        if len(numbers) <= 8:
            return Seq([Const(number) for number in numbers])
        return Seq([_number_of(call)], True, numbers=numbers)
    return Seq([_number_of(call)], True)


def _number_of(call: Call) -> Unknown:
    step = call.args[2] if len(call.args) > 2 else Const(1)
    return Unknown(ONE_BY_ONE if isinstance(step, Const) and step.value == 1 else IN_STEPS, "number")


def _same(machine: Machine, call: Call) -> Value:
    return call.args[0] if call.args else NONE


def _ordered(machine: Machine, call: Call) -> Value:
    value = call.args[0] if call.args else NONE
    if isinstance(value, (Frame, Unknown)) or (isinstance(value, Seq) and value.open):
        return ordered_by(machine, value, call)
    if isinstance(value, Seq):
        literal = all(isinstance(item, Text) and item.literal is not None for item in value.items)
        items = sorted(value.items, key=lambda item: str(item.literal)) if literal else list(value.items)  # type: ignore[union-attr]
        return Seq(items, value.open, picked=() if literal else (*value.picked, some_rows("sort")))
    if isinstance(value, Map):
        return Seq([key_of(key) for key in sorted(value.entries, key=str)] or keys_of(value), value.open)
    return value


def _str(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.strings import alternatives

    if not call.args:
        return text("")
    for ref in sorted(columns_of(call.args[0])):
        machine.trace.use(ref, "sink", machine.site(call.line))
    texts = alternatives(call.args[0], call.labels[0] if call.labels else None)
    return join(Text(one.parts, False, one.assumed, one.sources, rooted=one.rooted) for one in texts)


def _number(machine: Machine, call: Call) -> Value:
    value = call.args[0] if call.args else Const(0)
    if isinstance(value, Frame):
        return value.copy(form="scalar")
    if isinstance(value, Text) and value.assumed and (number := written_number(value.literal)) is not None:
        return Unknown(DEFAULT, term=const(number))
    if isinstance(value, Text) and (number := written_number(value.literal)) is not None:
        return Const(number)
    return value if isinstance(value, (Const, Unknown)) else derived("number", value)


def _is_in_the_making(machine: Machine, sequence: Seq) -> bool:
    """Whether more may have been put into it already than is listed: in earlier rounds, or in earlier calls."""
    return None in machine.scope.path or not any(value is sequence for value in machine.scope.env.names.values())


DEFAULT = "number that is only a default"


def is_default(value: Value) -> bool:
    return isinstance(value, Unknown) and value.reason == DEFAULT


def written_number(literal: str | None) -> float | None:
    """`int(os.environ.get("DAYS", "30"))`."""
    try:
        return float(literal) if literal and len(literal) < 20 else None
    except ValueError:
        return None


def _size(machine: Machine, call: Call) -> Value:
    value = call.args[0] if call.args else NONE
    if isinstance(value, Seq) and not value.open and not value.grown:
        return Const(len(value.items))
    return Unknown("size", "size")


def _extreme(machine: Machine, call: Call) -> Value:
    """min, max: of scores it is a choice."""
    from mldebt.evaluate.scores import best_of

    return best_of(machine, call) or _summary(machine, call)


def _summary(machine: Machine, call: Call) -> Value:
    """min, max, sum: a number computed over everything that is given; with a key, one of the items."""
    from mldebt.evaluate.iteration import elements

    if "key" in call.kwargs and len(call.args) == 1:
        return join(elements(machine, call.args[0])[0] or [Unknown("item of an unknown sequence")])
    values = call.values()
    from mldebt.evaluate.scores import scores_in

    if found := [score for value in values for score in scores_in(value)]:
        return derived("summary", *found, label=call.hint)
    if len(call.args) == 1 and isinstance(values[0], Seq) and all(isinstance(item, Text) for item in values[0].items):
        return join(values[0].items) if values[0].items else Unknown("summary of nothing")
    numbers = [value.value for value in values if isinstance(value, Const) and isinstance(value.value, (int, float))]
    if len(numbers) == len(values) and numbers and len(values) > 1:
        return Unknown("smallest or largest of several")
    return derived("summary", *values, label=call.hint)


def _sum(machine: Machine, call: Call) -> Value:
    """A number, or one list of many: `sum(lists, [])`."""
    begin = call.args[1] if len(call.args) == 2 else call.kwargs.get("start")
    if isinstance(begin, Seq):
        return Seq([*begin.items, derived("item of one of several lists", call.args[0], label=call.hint)], True)
    return _summary(machine, call)


def _map(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    if len(call.args) < 2:
        return Seq([], True)
    found, complete = elements(machine, call.args[1])
    results = [invoke(machine, call.args[0], Call(call.line, call.ordinal, [item], {})) for item in found[:MAX_ITEMS]]
    return Seq(results, not complete)


def _filter(machine: Machine, call: Call) -> Value:
    kept = _list(machine, Call(call.line, call.ordinal, call.args[1:2], {}))
    return Seq(list(kept.items), True) if isinstance(kept, Seq) else kept


def _next(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    found, _ = elements(machine, call.args[0]) if call.args else ([], True)
    return join([*found, *call.args[1:]]) if found else Unknown("next item")


def _round(machine: Machine, call: Call) -> Value:
    return _number(machine, call)


BUILTINS: dict[str, Callable[[Machine, Call], Value]] = {
    "dict": _dict, "list": _list, "tuple": _list, "set": _set, "frozenset": _set, "zip": _zip,
    "enumerate": _enumerate, "range": _range, "iter": _same, "reversed": _same, "sorted": _ordered, "str": _str,
    "repr": _str, "int": _number, "float": _number, "round": _round, "abs": _number, "bool": _number, "len": _size,
    "min": _extreme, "max": _extreme, "sum": _sum, "any": _summary, "all": _summary, "map": _map, "filter": _filter,
    "print": printed, "next": _next, "format": _str, "staticmethod": _same, "classmethod": _same, "property": _same,
    "bytes": _same, "bytearray": _same, "memoryview": _same, "display": printed, **OF_OBJECTS,
}  # fmt: skip
