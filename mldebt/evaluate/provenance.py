"""What values are made of: the parts, nodes, columns and frames inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mldebt.evaluate.values import (
    DATA,
    Choice,
    ColumnRef,
    Frame,
    Handle,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
)


def children(value: Value) -> Iterable[Value]:
    """The values that a value is made of."""
    parts = PARTS.get(type(value))
    return parts(value) if parts is not None else ()


def _parts_of_map(value: Map) -> Iterable[Value]:
    parts = value.entries.values()
    return parts if value.rest is None else [*parts, value.rest]


PARTS: dict[type, Callable[[Any], Iterable[Value]]] = {
    Seq: lambda value: value.items,
    Map: _parts_of_map,
    Choice: lambda value: value.options,
    Instance: lambda value: value.fields.values(),
    Method: lambda value: (value.receiver,),
    Handle: lambda value: () if value.held is None else (value.held,),
    Object: lambda value: [part for role in DATA if (part := value.facts.get(role)) is not None],
}


NOTHING: frozenset[Any] = frozenset()


def sources_of(value: Value, depth: int = 4) -> frozenset[str]:
    """Ids of the nodes that the value's data came from."""
    nodes: set[str] = set()
    _gather_nodes((value,), depth, nodes)
    return frozenset(nodes) if nodes else NOTHING


def columns_of(value: Value, depth: int = 4) -> frozenset[ColumnRef]:
    """The columns that the value's data came from."""
    columns: set[ColumnRef] = set()
    _gather((value,), depth, set(), columns)
    return frozenset(columns) if columns else NOTHING


def sources_of_all(values: Iterable[Value]) -> frozenset[str]:
    nodes: set[str] = set()
    _gather_nodes(values, 4, nodes)
    return frozenset(nodes) if nodes else NOTHING


def columns_of_all(values: Iterable[Value]) -> frozenset[ColumnRef]:
    columns: set[ColumnRef] = set()
    _gather(values, 4, set(), columns)
    return frozenset(columns) if columns else NOTHING


def _gather(values: Iterable[Any], depth: int, nodes: set[str], columns: set[ColumnRef]) -> None:
    """Collect where values came from. One loop without calls for what has no parts: this runs for every call."""
    for value in values:
        kind = type(value)
        if kind is Unknown:
            nodes |= value.sources
            columns |= value.columns
        elif kind is Text or kind is Object:
            if value.sources:
                nodes |= value.sources
                columns.update([(node, "prediction") for node in value.sources if node.startswith("prediction:")])
        elif kind is Frame:
            nodes.add(value.node)
            columns.update(*value.columns.values())
        elif kind is Model or kind is Loaded:
            nodes.add(value.node)
        elif depth > 0 and kind in PARTS:
            _gather(PARTS[kind](value), depth - 1, nodes, columns)


def _gather_nodes(values: Iterable[Any], depth: int, nodes: set[str]) -> None:
    """The same without columns, of which there may be hundreds."""
    for value in values:
        kind = type(value)
        if kind is Unknown or kind is Text or kind is Object:
            if value.sources:
                nodes |= value.sources
        elif kind is Frame or kind is Model or kind is Loaded:
            nodes.add(value.node)
        elif depth > 0 and kind in PARTS:
            _gather_nodes(PARTS[kind](value), depth - 1, nodes)


def frames_in(value: Value, depth: int = 4) -> list[Frame]:
    """Every frame inside a value, in order."""
    frames: list[Frame] = []
    _gather_frames((value,), depth, frames)
    return frames


def has_statistic(value: Value) -> bool:
    """Whether a statistic over rows is in it."""
    return value.state if isinstance(value, Frame) else any(frame.state for frame in frames_in(value))


def on_statistic(value: Value) -> dict[str, object]:
    """What an edge says that carries a statistic over rows: that it does, and where that is computed."""
    held = [value] if isinstance(value, Frame) else frames_in(value)
    return {"state": True, "learned": next((frame.learned for frame in held if frame.state), None)}


def _gather_frames(values: Iterable[Any], depth: int, frames: list[Frame]) -> None:
    for value in values:
        kind = type(value)
        if kind is Frame:
            frames.append(value)
        elif depth > 0 and kind in PARTS:
            _gather_frames(PARTS[kind](value), depth - 1, frames)


METRIC = "metric"
"""The reason of a value that is a score, or was computed from one."""


PLACEHOLDER = "input of a network that is being put together"
"""What stands for the data that a network will be given: nothing is known of it, and no model is asked yet."""
HANDED_ON = (METRIC, PLACEHOLDER)
"""Reasons that say of whatever is computed, too, why it is not known."""


def is_placeholder(value: Value | None) -> bool:
    """Whether a value, or each of several, was computed of such inputs alone."""
    if isinstance(value, Seq):
        return bool(value.items) and all(is_placeholder(one) for one in value.items)
    return type(value) is Unknown and value.reason == PLACEHOLDER and not value.sources


def derived(reason: str, *values: Value, label: str = "") -> Unknown:
    """An unknown value that keeps what went into it, and that it is a score where one did."""
    for value in values:
        if type(value) is Unknown and value.reason in HANDED_ON:
            reason = value.reason
        elif type(value) is Seq and is_placeholder(value):
            reason = PLACEHOLDER
    nodes: set[str] = set()
    columns: set[ColumnRef] = set()
    _gather(values, 4, nodes, columns)
    return Unknown(reason, label, frozenset(nodes) if nodes else NOTHING, frozenset(columns) if columns else NOTHING)
