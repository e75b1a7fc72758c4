"""Dictionaries that are asked for a value of data: `CODES[row["plan"]]` computes like `df["plan"].map(CODES)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.given import with_pick
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.meanings import plain
from mldebt.evaluate.picking import sorted_by
from mldebt.evaluate.provenance import columns_of, derived, sources_of
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Choice, Const, Frame, Map, Seq, Text, Unknown, Value
from mldebt.terms import apply, is_predicted

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call

NAMES = ("records", "row", "array", "series")
"""What names are read as: lines of a file, a document."""


def placed_by(machine: Machine, values: Seq, key: Value) -> Value | None:
    """`["S", "M", "L"].index(size)` numbers the values in their order."""
    if values.open or not all(isinstance(item, Text) and item.literal is not None for item in values.items):
        return None
    names = [item.literal for item in values.items if isinstance(item, Text)]
    return mapped_by(machine, Map({name: Const(at) for at, name in enumerate(names)}), key)


def ordered_by(machine: Machine, value: Frame | Seq | Unknown, call: Call) -> Value:
    """`sorted(orders, key=lambda order: order["ts"], reverse=True)`."""
    from mldebt.evaluate.calls import Call, invoke
    from mldebt.evaluate.iteration import elements

    key, reverse = call.kwargs.get("key"), call.kwargs.get("reverse", Const(False))
    found, _ = elements(machine, value)
    made = invoke(machine, key, Call(call.line, call.ordinal, found[:1], {})) if key is not None and found else None
    term = term_of(machine, made if key is not None else found[0] if found else None)
    names = [term.settings[0][1]] if term is not None and term.op == "column" else []
    known = isinstance(reverse, Const) and isinstance(reverse.value, bool)
    pick = sorted_by(names if known else [], Const(not reverse.value) if isinstance(reverse, Const) else None)
    if isinstance(value, Frame):
        return value.copy(picked=(*value.picked, pick))
    if isinstance(value, Unknown):
        return with_pick(value, pick)
    return Seq(list(value.items), True, picked=(*value.picked, pick))


def mapped_by(machine: Machine, table: Map, key: Value, default: Value | None = None) -> Value | None:
    """The value of a dictionary of constants under a key that is data; None where it is not known how it is found."""
    if not isinstance(key, (Frame, Unknown)) or not table.entries or table.open or table.rest is not None:
        return None
    term, mapping = term_of(machine, key), plain(machine, table)
    if term is None or mapping is None or not (term.columns or is_predicted(term)):
        return None
    found = apply("map_values", [term], [("mapping", mapping)])
    if default is not None:
        found = apply("fill_null", [found, term_of(machine, default)])
    return Unknown("value under a key that is data", "", sources_of(key), columns_of(key), found)


def found_by(found: Value, key: Value) -> Value:
    """A number found under a key that is data, `vocabulary[word]`, says what the key says.

    A name that is found under a prediction says what was predicted.
    """
    options = found.options if isinstance(found, Choice) else (found,)
    says = _is_name if comes_of_prediction(key) else _is_number
    if all(says(option) for option in options) and sources_of(key):
        return derived("value under a key that is data", found, key)
    return found


def _is_number(value: Value) -> bool:
    return isinstance(value, (Const, Unknown))


def _is_name(value: Value) -> bool:
    """A number, a text, or part of a text that was read; not a table or a model that was chosen."""
    return _is_number(value) or isinstance(value, Text) or (isinstance(value, Frame) and value.form in NAMES)


def numbered(machine: Machine, values: Seq, key: Value, found: Value) -> Value:
    """`LABELS[scores.argmax()]`: what is found at a place that was predicted says what was predicted."""
    if not isinstance(key, (Frame, Unknown)) or not comes_of_prediction(key):
        return found
    table = Map(dict(enumerate(values.items))) if not values.open else None
    chosen = mapped_by(machine, table, key) if table is not None else None
    return chosen if chosen is not None else found_by(found, key)


def comes_of_prediction(key: Value) -> bool:
    if isinstance(key, (Frame, Unknown)) and key.term is not None and is_predicted(key.term):
        return True
    return any(source.startswith("prediction:") for source in sources_of(key))
