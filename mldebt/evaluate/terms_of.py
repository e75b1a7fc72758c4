"""How a value or a column is computed, as far as that is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mldebt.evaluate.values import Choice, ColumnRef, Const, Frame, Object, Seq, Text, Unknown, Value
from mldebt.terms import HOLE, Term, column, const, substitute

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine


def term_of(machine: Machine, value: Value | None) -> Term | None:
    """How a single value, or each value of a column, is computed; None where that can't be told."""
    if isinstance(value, Frame):
        return of_frame(machine, value)
    if isinstance(value, Const):
        return const(value.value)
    if isinstance(value, Text):
        return const(value.literal) if value.literal is not None and not value.assumed else None
    if isinstance(value, Unknown):
        return value.term
    if isinstance(value, Object):
        return value.facts.get("term")
    if isinstance(value, Choice):
        found = {term_of(machine, option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    if isinstance(value, Seq) and len(value.items) == 1 and not value.open:
        return term_of(machine, value.items[0])
    return None


def of_frame(machine: Machine, frame: Frame) -> Term | None:
    if frame.term is None or not is_open(frame.term):
        return frame.term
    if len(frame.columns) != 1 or frame.open or frame.vague:
        return None
    return column_term(machine, frame, next(iter(frame.columns)))


def column_term(machine: Machine, frame: Frame, name: str) -> Term | None:
    """How the values of one column of a frame are computed."""
    done = frame.terms.get(name, frame.term)
    if done is None or not is_open(done):
        return done
    base = _base(machine, name, frame.columns.get(name, frozenset((owner, name) for owner in frame.open)))
    return base if done is HOLE else substitute(done, lambda part: base if part.op == "hole" else part)


def in_terms_of(machine: Machine, frame: Frame, term: Term | None) -> Term | None:
    """An expression over the names of a frame's columns, in terms of what these are."""
    if term is None:
        return None

    def of(part: Term) -> Term | None:
        return column_term(machine, frame, part.settings[0][1]) if part.op == "column" else part

    return substitute(term, of)


def is_open(term: Term) -> bool:
    return any(part.op == "hole" for part in term.walk())


def _base(machine: Machine, name: str, refs: frozenset[ColumnRef]) -> Term | None:
    """A column as it was read or made."""
    if not name or not refs:
        return None
    made = [known for ref in refs if (known := machine.trace.columns.get(ref)) and known.source == "derived"]
    if made:
        return made[0].term if len(refs) == 1 else None
    names = {ref[1] for ref in refs}
    return column(names.pop()) if len(names) == 1 else None


def with_terms(machine: Machine, made: Frame, parts: list[Frame]) -> None:
    """What is known of the columns of several frames that became one."""
    found: dict[str, Term | None] = {}
    for frame in parts:
        if frame.term is HOLE and not frame.terms:
            continue
        for name in frame.columns:
            term = column_term(machine, frame, name)
            found[name] = term if found.get(name, term) == term else None
    for name in list(found):
        others = [frame for frame in parts if name in frame.columns]
        if any(column_term(machine, frame, name) != found[name] for frame in others):
            found[name] = None
    made.terms = found
    if any(frame.open and frame.term is not HOLE for frame in parts):
        made.term = None


def expressions(machine: Machine, frame: Frame, names: tuple[str, ...] | None) -> tuple[Term | None, ...] | None:
    """How each of a frame's columns is computed; None where they have no names, or nothing is known of any."""
    found = tuple(column_term(machine, frame, name) for name in names or ())
    return found if any(term is not None for term in found) else None


def rekey(frame: Frame, names: dict[str, str]) -> None:
    """Columns get new names: old to new."""
    frame.terms = {names.get(name, name): term for name, term in frame.terms.items()}


def with_term(result: Value, term: Term | None) -> Value:
    if isinstance(result, Frame):
        return result.copy(term=term, terms={})
    if isinstance(result, Object) and result.kind == "expression":
        return replace(result, facts={**result.facts, "term": term})
    if not isinstance(result, Unknown) or result.term is term:
        return result
    return replace(result, term=term)
