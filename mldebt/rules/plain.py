"""Findings ↔ tuples of plain values, for what is kept between runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from msgspec import Struct

from mldebt.rules.fix import Change, Fix
from mldebt.rules.model import Finding, Step
from mldebt.sites import Site

_OURS: Mapping[str, Any] = {each.__name__: each for each in (Finding, Step, Fix, Site, *get_args(Change))}
MARK = "\0"
"""Begins the tuple of an object of ours, before the name of its class."""


def as_plain(value: Any) -> Any:
    """Classes of ours as tuples that begin with a mark and their name; `TypeError` for what is neither."""
    name = type(value).__name__
    if isinstance(value, Struct) and _OURS.get(name) is type(value):
        return (MARK, name, *(as_plain(getattr(value, field)) for field in value.__struct_fields__))
    if isinstance(value, Site):
        return (MARK, name, *value)
    if type(value) in (list, tuple):
        return type(value)(map(as_plain, value))
    if isinstance(value, Mapping):
        return {as_plain(key): as_plain(item) for key, item in value.items()}
    if value is None or type(value) in (str, int, float, bool):
        return value
    raise TypeError(f"{name} can't be kept")


def from_plain(value: Any) -> Any:
    """What `as_plain` was given."""
    if type(value) is tuple and value[:1] == (MARK,):
        return _OURS[value[1]](*map(from_plain, value[2:]))
    if type(value) in (list, tuple):
        return type(value)(map(from_plain, value))
    if type(value) is dict:
        return {key: from_plain(item) for key, item in value.items()}
    return value
