"""What a caller gives who can't be seen, and its parts: one value, a record or a list, as what is done to it says.

A list is told by its name; which of its items are left, and in which order, stands in the expression around that.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from mldebt.evaluate.picking import between, some_rows
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.terms_of import part_of_kept
from mldebt.evaluate.values import Connection, Const, Frame, Method, Object, Pick, Seq, Text, Unknown, Value
from mldebt.terms import Term, apply, column
from mldebt.terms.words import SPLIT

_PICKED: Final = frozenset({"tail", "head", "span", "sorted", "filter", "rows"})


def item_of(value: Unknown) -> Unknown:
    """What stands for each item of a list."""
    term = value.term
    name = _name(term) if term is not None else None
    each = column(name) if name is not None else None
    return replace(derived("item of an unknown sequence", value), term=each)


def picks_of(value: Value) -> tuple[Pick, ...]:
    """Which items of a list are left, and in which order; not known of what isn't a list that came as it is."""
    if isinstance(value, Frame) and value.term is not None and value.term.op in SPLIT:
        return ()  # rows were left, not parts of their texts
    if isinstance(value, (Frame, Seq)):
        return value.picked
    if isinstance(value, Connection) and value.rows:  # a query that was carried out is gone through as it is
        return value.rows[0].picked if len(value.rows) == 1 else (some_rows("unknown"),)
    if not isinstance(value, Unknown):
        return ()
    term, found = value.term, list[Pick]()
    while term is not None and term.op in _PICKED:
        found.insert(0, (term.op, term.settings, term.args[1] if len(term.args) > 1 else None))
        term = term.args[0]
    if term is not None and term.op == "column":
        return tuple(found)
    return (some_rows("unknown"),) if value.term is not None else ()


def with_pick(value: Unknown, pick: Pick) -> Unknown:
    """Some of the items of a list, or all in another order."""
    name, told, test = pick
    term = value.term
    made = apply(name, [term] if test is None else [term, test], told) if term is not None and _name(term) else None
    return replace(derived("part of an unknown sequence", value, label=value.label), term=made)


def part_of(value: Value, key: Value) -> Term | None:
    """`history[-7:]`, `history[-1]`, `history[-1]["price"]`, `order["price"]`."""
    if isinstance(value, Method) and isinstance(value.receiver, Unknown) and not value.receiver.sources:
        return column(key.literal) if isinstance(key, Text) and key.literal else None  # a record within an object
    if not isinstance(value, Unknown):
        return None
    term = value.term
    name = key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None
    if name is not None and (kept := part_of_kept(term, name)) is not None:
        return kept
    if isinstance(key, Text):
        return _field(value.term, key.literal) if key.literal is not None else None
    if term is None or not _name(term):
        return None
    if isinstance(key, Object) and key.kind == "slice":
        name, told, _ = between(key)
        return apply(name, [term], told)
    whole = isinstance(key, Const) and isinstance(key.value, int) and not isinstance(key.value, bool)
    return apply("item", [term], [("at", str(key.value))]) if whole and isinstance(key, Const) else None


def _field(term: Term | None, name: str) -> Term | None:
    """The value under a name in a record, or in the one of several that was picked."""
    if term is None or term.op == "column":
        return column(name)
    if term.op != "item" and term.op not in _PICKED:
        return None
    inner = _field(term.args[0], name)
    return apply(term.op, [inner, *term.args[1:]], term.settings) if inner is not None else None


def _name(term: Term) -> str | None:
    """The name of the list that items were picked from."""
    while term.op in _PICKED and term.args:
        term = term.args[0]
    return term.settings[0][1] if term.op == "column" else None
