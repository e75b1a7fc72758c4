"""Predictions that are one thing in one case and another in the next, when they are written or sent."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import children
from mldebt.evaluate.terms_of import column_term, of_data, term_of
from mldebt.evaluate.values import Frame, Instance, Map, Value
from mldebt.terms import Term, is_predicted

DEEPEST = 4


def adjusted(machine: Machine, value: Value) -> dict[str, Term] | None:
    """Under each name (column, key, field; "" for a bare value) how what is made of a prediction depends on a case."""
    found: dict[str, Term] = {}
    for name, term in _parts(machine, value, "", DEEPEST):
        if any(part.op == "where" and is_predicted(part) for part in term.walk()):
            found.setdefault(name, term)
    return dict(sorted(found.items())) or None


def undone(machine: Machine, value: Value) -> dict[str, Term] | None:
    """Under each name what is computed of a prediction by an exponential: of one that was learned as a logarithm."""
    found: dict[str, Term] = {}
    for name, term in _parts(machine, value, "", DEEPEST):
        if is_predicted(term) and any(part.op in EXPONENTIALS for part in term.walk()):
            found.setdefault(name, term)
    return dict(sorted(found.items())) or None


EXPONENTIALS = frozenset({"exp", "expm1", "exp2", "pow"})


def on_data(told: dict[str, object]) -> dict[str, object]:
    """What is told of a write, without the expressions of which a prediction is a part."""
    terms = told.get("computed")
    if not isinstance(terms, dict):
        return told
    return {**told, "computed": {name: of_data(term) for name, term in terms.items()}}


def _parts(machine: Machine, value: Value, name: str, depth: int) -> Iterator[tuple[str, Term]]:
    term = term_of(machine, value)
    if term is not None:
        yield name, term
    elif isinstance(value, Frame):
        for column in dict.fromkeys((*value.columns, *value.terms)):
            known = column_term(machine, value, column)
            yield from [(str(column), known)] if known is not None else []
    elif depth:
        named = value.entries if isinstance(value, Map) else value.fields if isinstance(value, Instance) else {}
        for key, part in named.items():
            yield from _parts(machine, part, str(key), depth - 1)
        for part in () if named else children(value):
            yield from _parts(machine, part, name, depth - 1)
