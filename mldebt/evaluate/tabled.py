"""Dictionaries that are asked for a value of data: `CODES[row["plan"]]` computes like `df["plan"].map(CODES)`."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.meanings import plain
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Frame, Map, Unknown, Value, columns_of, sources_of
from mldebt.terms import apply


def mapped_by(machine: Machine, table: Map, key: Value, default: Value | None = None) -> Value | None:
    """The value of a dictionary of constants under a key that is data; None where it is not known how it is found."""
    if not isinstance(key, (Frame, Unknown)) or not table.entries or table.open or table.rest is not None:
        return None
    term, mapping = term_of(machine, key), plain(machine, table)
    if term is None or mapping is None or not term.columns:
        return None
    found = apply("map_values", [term], [("mapping", mapping)])
    if default is not None:
        found = apply("fill_null", [found, term_of(machine, default)])
    return Unknown("value under a key that is data", "", sources_of(key), columns_of(key), found)
