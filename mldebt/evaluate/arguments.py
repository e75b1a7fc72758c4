"""The arguments of a call as text: equal for equal arguments, made of names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    pass


def canonical(names: dict[str, Value]) -> str:
    """The arguments of a call as text, equal for equal arguments, made of names only."""
    return ",".join(f"{name}={_canonical(value)}" for name, value in names.items())


def _canonical(value: Value, depth: int = 3) -> str:
    simple = _canonical_leaf(value)
    if simple is not None or depth == 0:
        return simple or type(value).__name__
    if isinstance(value, (Seq, Choice)):
        items = value.items if isinstance(value, Seq) else value.options
        return f"[{','.join(_canonical(item, depth - 1) for item in items[:20])}]"
    if isinstance(value, Map):
        pairs = list(value.entries.items())[:40]
        return "{" + ",".join(f"{key}:{_canonical(item, depth - 1)}" for key, item in pairs) + "}"
    if isinstance(value, Instance):
        return f"{value.cls.key}({canonical_fields(value, depth - 1)})"
    return f"{type(value).__name__}{','.join(sorted(_sources(value)))}"


def _canonical_leaf(value: Value) -> str | None:
    """A value without parts as text."""
    if isinstance(value, Text):
        return repr(value.template)
    if isinstance(value, Const):
        return repr(value.value)
    if isinstance(value, Frame):
        return f"{value.node}/{value.form}/{','.join(sorted(value.columns))}/{','.join(sorted(value.dropped))}"
    if isinstance(value, (Model, Loaded)):
        return value.node
    if isinstance(value, (Function, Class)):
        return value.key
    if isinstance(value, Unknown):
        return f"?{value.label}{','.join(sorted(value.sources))}"
    if isinstance(value, (Connection, Handle)):
        return f"{type(value).__name__}:{value.store}:{value.name.template}"
    return value.dotted if isinstance(value, Symbol) else None


def canonical_fields(value: Instance, depth: int) -> str:
    return ",".join(f"{name}={_canonical(item, depth)}" for name, item in value.fields.items())


def _sources(value: Value) -> frozenset[str]:
    from mldebt.evaluate.values import sources_of

    return sources_of(value)
