"""What the targets of an assignment get of its value: `a, b = value`."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.queried import row_value
from mldebt.evaluate.terms_of import part_of_kept
from mldebt.evaluate.values import (
    Frame,
    Seq,
    Unknown,
    Value,
)
from mldebt.read.facts import Expr
from mldebt.terms import Term
from mldebt.terms.pictures import is_of_pictures


def item_for(machine: Machine, value: Value, number: int, targets: tuple[Expr, ...]) -> Value:
    """What one of the targets gets."""
    from mldebt.evaluate.called_parts import called_part
    from mldebt.evaluate.from_records import one_of_tables, unpacked_as

    table = (
        (one_of_tables(machine, value, number) or called_part(machine, value, number, targets))
        if len(targets) > 1
        else None
    )
    if table is not None:
        return table
    plain = all(target[0] == "name" for target in targets) and len(targets) > 1
    named = unpacked_as(machine, value, str(targets[number][1])) if plain else None
    return named if named is not None else unpacked(value, number, len(targets))


def unpacked(value: Value, number: int, count: int) -> Value:
    if isinstance(value, Seq):
        if number < len(value.items):
            return value.items[number]
        return join(value.items) if value.items else Unknown("item of an unknown sequence")
    if isinstance(value, Frame) and value.form == "scalar" and value.state:
        return value  # `low, high = np.percentile(df["spend"], [5, 95])`
    if isinstance(value, Frame) and value.form == "row" and (found := row_value(value, number)) is not None:
        return found
    if isinstance(value, Frame) and value.form == "row" and value.closed and len(names := list(value.columns)) == count:
        return value.copy(form="scalar", columns={"": value.columns[names[number]]}, term=None, terms={})
    return replace(derived("item of an unpacked value", value), term=_part_of(value, number))


def _part_of(value: Value, number: int) -> Term | None:
    """Of pictures and what is seen in them, the pictures come first."""
    term = value.term if isinstance(value, Unknown | Frame) else None
    if number == 0 and is_of_pictures(term):
        return term
    return part_of_kept(term, number) if isinstance(value, Unknown) else None
