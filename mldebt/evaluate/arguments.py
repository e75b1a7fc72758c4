"""The arguments of a call as text: equal for equal arguments, made of names only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import (
    Choice,
    Class,
    Connection,
    Const,
    Frame,
    Function,
    Handle,
    Instance,
    Loaded,
    Map,
    Model,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
)
from mldebt.terms import HOLE

DEPTH = 3
MOST_ITEMS = 20
MOST_KEYS = 40


def canonical(names: dict[str, Value]) -> str:
    """The arguments of a call as text, equal for equal arguments, made of names only."""
    return ",".join([f"{name}={_written(value, DEPTH)}" for name, value in names.items()])


def _written(value: Value, depth: int) -> str:
    """One value. The kinds that are met most come first, without a call: this is a tenth of an evaluation."""
    kind = type(value)
    if kind is Text:
        return repr(value.template)  # type: ignore[union-attr]
    if kind is Const:
        return repr(value.value)  # type: ignore[union-attr]
    if kind is Unknown:
        return _unknown(value)  # type: ignore[arg-type]
    leaf = LEAVES.get(kind)
    if leaf is not None:
        return leaf(value)
    if depth == 0:
        return kind.__name__
    nested = NESTED.get(kind)
    return nested(value, depth - 1) if nested is not None else f"{kind.__name__}{','.join(sorted(sources_of(value)))}"


def _frame(value: Frame) -> str:
    names, dropped = ",".join(sorted(value.columns)), ",".join(sorted(value.dropped))
    return f"{value.node}/{value.form}/{names}/{dropped}{_told(value)}"


def _unknown(value: Unknown) -> str:
    told = value.term if value.term is not None and value.term.args else ""
    return f"?{value.label}{','.join(sorted(value.sources))}{told}"


def _opened(value: Connection | Handle) -> str:
    return f"{type(value).__name__}:{value.store}:{value.name.template}"


def _object(value: Object) -> str:
    known = ",".join([f"{key}={item.template}" for key, item in value.facts.items() if isinstance(item, Text)])
    return f"{value.kind}:{known}/{','.join(sorted(value.sources))}"


LEAVES: dict[type, Callable[[Any], str]] = {
    Frame: _frame,
    Model: lambda value: value.node,
    Loaded: lambda value: value.node,
    Function: lambda value: value.key,
    Class: lambda value: value.key,
    Connection: _opened,
    Handle: _opened,
    Object: _object,
    Symbol: lambda value: value.dotted,
}


def _listed(items: Any, depth: int) -> str:
    return f"[{','.join([_written(item, depth) for item in items[:MOST_ITEMS]])}]"


def _mapped(value: Map, depth: int) -> str:
    pairs = list(value.entries.items())[:MOST_KEYS]
    return "{" + ",".join([f"{key}:{_written(item, depth)}" for key, item in pairs]) + "}"


def _instance(value: Instance, depth: int) -> str:
    return f"{value.cls.key}({canonical_fields(value, depth)})"


def _told(frame: Frame) -> str:
    """What tells two values of one frame apart: how they are computed, else what of."""
    rows = f"/{frame.picked}" if frame.picked else ""
    return f"{_values(frame)}{rows}"


def _values(frame: Frame) -> str:
    if frame.cells is not None:
        return f"/{[str(term) for term in frame.cells]}"
    if frame.term is not HOLE or frame.terms:
        return f"/{frame.term}{sorted((name, str(term)) for name, term in frame.terms.items())}"
    return f"/{sorted(frame.columns[''])}" if "" in frame.columns else ""


def canonical_fields(value: Instance, depth: int) -> str:
    return ",".join([f"{name}={_written(item, depth)}" for name, item in value.fields.items()])


NESTED: dict[type, Callable[[Any, int], str]] = {
    Seq: lambda value, depth: _listed(value.items, depth),
    Choice: lambda value, depth: _listed(value.options, depth),
    Map: _mapped,
    Instance: _instance,
}
