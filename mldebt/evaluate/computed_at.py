"""Where values are computed that have no column of their own: numbers of a service, before they stand in a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mldebt.evaluate.values import Choice, Frame, Map, Seq, Unknown, Value

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine
    from mldebt.sites import Site
    from mldebt.terms import Term

Places = dict["Term", dict[str, "Site"]]
"""By how something is computed: in each file, the statement that did it first."""
SINGLE = ("scalar", "series")
WITHIN = 64


def note(machine: Machine, value: Value, depth: int = 2) -> None:
    """Remember the current statement for what it computes, and for each value of a row or record that it writes out."""
    kind = type(value)
    if kind is Map or kind is Seq:
        parts = value.entries.values() if isinstance(value, Map) else value.items  # type: ignore[union-attr]
        for part in list(parts) if depth and len(parts) <= WITHIN else ():
            note(machine, part, depth - 1)
        return
    single = kind is Unknown or kind is Choice or (kind is Frame and value.form in SINGLE)  # type: ignore[union-attr]
    term: Term | None = value.term if single else None  # type: ignore[union-attr]
    if term is not None and term.args:
        machine.places.setdefault(term, {}).setdefault(machine.scope.file, machine.site())


def places_of(machine: Machine, terms: Iterable[Term | None] | None) -> tuple[Site | None, ...] | None:
    """Where each of several values was computed; None where that is known of none."""
    found = tuple(_place(machine, term) for term in terms or ())
    return found if any(site is not None for site in found) else None


def _place(machine: Machine, term: Term | None, depth: int = 3) -> Site | None:
    """Of what was chosen between two values, where one of them was computed."""
    if term is None or not term.args or depth == 0:
        return None
    known = machine.places.get(term)
    if known is not None:
        return known.get(machine.scope.file) or next(iter(known.values()))
    parts = (*term.args[1:], *term.args[:1])
    return next((site for part in parts if (site := _place(machine, part, depth - 1)) is not None), None)
