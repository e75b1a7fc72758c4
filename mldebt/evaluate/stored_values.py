"""Numbers that one program stores by name and another looks up: `json.dump({"mean": m})`, then `stats["mean"]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mldebt.evaluate.picking import STATISTICS
from mldebt.evaluate.terms_of import column_term, term_of
from mldebt.evaluate.values import Choice, Frame, Map, Value
from mldebt.terms import Term
from mldebt.terms.term import part_of_stored, stored

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

NESTED: Final = 4
MOST: Final = 200
"""How many values are told apart in what is stored."""
DOCUMENTS: Final = frozenset({"json", "pickle", "joblib", "yaml"})


def values_in(machine: Machine, value: Value | None) -> dict[str, object]:
    """How each value is computed that is stored by name."""
    found = dict(_named(machine, value, "", NESTED)) if value is not None else {}
    return {"values": found} if 0 < len(found) <= MOST else {}


def _named(machine: Machine, value: Value, key: str, depth: int) -> Iterator[tuple[str, Term]]:
    if isinstance(value, Choice) or depth == 0:
        return
    if isinstance(value, Map):
        for name, one in value.entries.items():
            yield from _named(machine, one, f"{key}.{name}", depth - 1)
    elif isinstance(value, Frame):
        yield from _of_frame(machine, value, key)


def _of_frame(machine: Machine, value: Frame, key: str) -> Iterator[tuple[str, Term]]:
    """One statistic, or one for each column."""
    if key and (term := term_of(machine, value)) is not None and _is_single(term):
        yield key, term
    for name in value.columns:
        if name and (term := column_term(machine, value, name)) is not None and _is_single(term):
            yield f"{key}.{name}", term


def _is_single(term: Term) -> bool:
    """Whether it is one value for all rows."""
    if term.op in ("column", "predicted", "stored"):
        return False
    return term.op in STATISTICS or all(map(_is_single, term.args))


def looked_up(machine: Machine, frame: Frame, name: str) -> Term | None:
    """What stands for a value that is taken by its name out of a stored document; None where a frame is none."""
    if frame.term is not None:
        return part_of_stored(frame.term, name)
    if frame.form != "records" or len(frame.open) != 1 or frame.columns:
        return None
    known = machine.trace.nodes.get(frame.open[0])
    if known is None or known.kind != "dataset" or known.attributes.get("format") not in DOCUMENTS:
        return None
    return stored(frame.open[0], f".{name}")
