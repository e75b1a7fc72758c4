"""The least value that covers several: where control flow meets, and where there are too many."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from mldebt.evaluate.provenance import columns_of_all, sources_of_all
from mldebt.evaluate.values import (
    MAX_ALTERNATIVES,
    Choice,
    Class,
    Const,
    Frame,
    Function,
    Hole,
    Instance,
    Map,
    Seq,
    Text,
    Unknown,
    Value,
    is_none,
)

MAX_REGISTERED = 12


def join(values: Iterable[Value]) -> Value:
    """The least value that covers all of them; None gives way to anything better."""
    flat: list[Value] = []
    for value in values:
        if isinstance(value, Choice):
            flat += [option for option in value.options if option not in flat]
        elif value not in flat:
            flat.append(value)
    if len(flat) > 1:
        flat = [value for value in flat if not is_none(value)] or flat
    if len(flat) > 1:
        flat = [_either_way(value) for value in better] if (better := _without_dull(flat)) != flat else flat
    if len(flat) < 2:
        return flat[0] if flat else Unknown("nothing")
    if len(flat) > MAX_ALTERNATIVES and not _is_registry(flat := _one_of_each_class(flat)):
        return _widen(flat)
    return Choice(tuple(flat)) if len(flat) > 1 else flat[0]


def _is_registry(values: list[Value]) -> bool:
    """Classes and functions of which a name tells which one is meant: there are often more than there are branches."""
    most = (
        MAX_REGISTERED if all(isinstance(value, (Class, Function, Instance)) for value in values) else MAX_ALTERNATIVES
    )
    return len(values) <= most


def _one_of_each_class(values: list[Value]) -> list[Value]:
    """Of several objects of one class, the first: they have the same methods."""
    first: dict[object, Value] = {}
    for number, value in enumerate(values):
        first.setdefault(value.cls.key if isinstance(value, Instance) else number, value)
    return list(first.values())


def _without_dull(values: list[Value]) -> list[Value]:
    """Drop unknown alternatives that carry nothing, unless a number, a flag or no text would then pass for certain."""
    better = [value for value in values if not (isinstance(value, Unknown) and not value.sources)]
    if better and all(map(_passes_for_certain, better)):
        return [*better, *(value for value in values if isinstance(value, Unknown))][: len(better) + 1]
    return better or values[:1]


def _passes_for_certain(value: Value) -> bool:
    if isinstance(value, Seq):
        return bool(value.items) and all(isinstance(item, Const) and not is_none(item) for item in value.items)
    return isinstance(value, Const) or (isinstance(value, Text) and not value.template)


def _either_way(value: Value) -> Value:
    """A value that stands for others, too: how these are computed is not known."""
    return replace(value, term=None) if isinstance(value, Unknown) and value.term is not None else value


def _widen(values: list[Value]) -> Value:
    texts = [value for value in values if isinstance(value, Text)]
    if len(texts) == len(values):
        return _widen_texts(texts)
    return Unknown("too many alternatives", "", sources_of_all(values), columns_of_all(values))


def _widen_texts(texts: list[Text]) -> Value:
    """Those that read alike are one, if one of them is only a default or no path object."""
    alike: dict[str, Text] = {}
    for one in texts:
        known = alike.get(one.template)
        alike[one.template] = one if known is None or (known.assumed and not one.assumed) else known
    if len(alike) > MAX_ALTERNATIVES:
        return common_template(texts)
    return Choice(tuple(alike.values())) if len(alike) > 1 else next(iter(alike.values()))


def common_template(texts: list[Text]) -> Text:
    """Common beginning and end of several texts, with a hole between."""
    templates = [one.template for one in texts]
    first, last = min(templates), max(templates)
    head = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(map(len, templates)))
    tail = 0
    shortest = min(map(len, templates)) - head
    while tail < shortest and len({one[-1 - tail] for one in templates}) == 1:
        tail += 1
    parts = (first[:head], Hole("value", "loop"), first[len(first) - tail :] if tail else "")
    return Text(tuple(part for part in parts if part), texts[0].path)


def fresh(value: Value, depth: int = 3) -> Value:
    """A copy whose cells are not shared, for results that are handed out more than once."""
    if isinstance(value, Frame):
        return value.copy()
    if depth <= 0:
        return value
    if isinstance(value, Seq):
        if value.stream:
            return value
        return Seq([fresh(item, depth - 1) for item in value.items], value.open, value.kind, value.picked, value.loose)
    if isinstance(value, Map):
        entries = {key: fresh(item, depth - 1) for key, item in value.entries.items()}
        return Map(entries, value.open, value.rest, value.origin, value.record)
    if isinstance(value, Choice):
        return Choice(tuple(fresh(option, depth - 1) for option in value.options))
    return value
