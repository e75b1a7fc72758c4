"""How a value or a column is computed, as far as that is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mldebt.evaluate.values import (
    MORE,
    Choice,
    ColumnRef,
    Const,
    Frame,
    Hole,
    Instance,
    Loaded,
    Map,
    Method,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
)
from mldebt.terms import HOLE, Term, apply, column, const, is_predicted, substitute
from mldebt.terms.pictures import is_of_pictures

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine


def term_of(machine: Machine, value: Value | None) -> Term | None:
    """How a single value, or each value of a column, is computed; None where that can't be told."""
    of = TERMS.get(type(value))
    return of(machine, value) if of is not None else None


def _of_text(_: Machine, value: Text) -> Term | None:
    if (literal := value.literal) is not None and not value.assumed:
        return const(literal)
    return value.term if value.term is not None else _field_of_caller(value)


def _of_choice(machine: Machine, value: Choice) -> Term | None:
    return value.term if value.term is not None else _of_any(machine, value)


def _of_sequence(machine: Machine, value: Seq) -> Term | None:
    if value.open or not value.items:
        return None
    return term_of(machine, value.items[0]) if len(value.items) == 1 else _list(machine, value)


UNBOUND = "parameter that no call in the repository binds"
COMPUTED = "computed value"


MOMENTS = frozenset({"datetime.datetime", "datetime.date", "pandas.Timestamp"})


def parameter(name: str, declared: str = "") -> Unknown:
    """What a caller gives who can't be seen; taken as a value, it is told by its name.

    `declared`: its type, which tells the parts of a moment from the fields of a record.
    """
    reason = "moment that no call in the repository binds" if declared in MOMENTS else UNBOUND
    return Unknown(reason, name, term=column(name))


def _field_of_caller(value: Text) -> Term | None:
    """A field of an object that a caller gives who can't be seen."""
    only = value.parts[0] if len(value.parts) == 1 else None
    if not isinstance(only, Hole) or value.path or not only.name.isidentifier():
        return None
    return column(only.name) if only.kind in ("param", "cli") else None


def _of_any(machine: Machine, value: Choice) -> Term | None:
    found = {term_of(machine, option) for option in value.options}
    return found.pop() if len(found) == 1 else None


def _named(machine: Machine, value: Symbol | Method) -> Term | None:
    """What a name of a library stands for, or an attribute of what nothing is known of."""
    if isinstance(value, Symbol):
        return _constant(machine, value)
    owner = value.receiver
    if isinstance(owner, Instance):
        return column(value.name) if owner.symbolic and value.name in owner.cls.fields else None
    return _attribute(machine, value.receiver, value.name) if isinstance(value.receiver, Unknown) else None


def _attribute(machine: Machine, receiver: Unknown, name: str) -> Term | None:
    """A field of an object that came from where nothing is seen, or a part of a time that is known how to come by."""
    if receiver.term is None:
        return column(name) if not receiver.sources and receiver.reason != COMPUTED else None
    if (kept := part_of_kept(receiver.term, name)) is not None:
        return kept
    if receiver.reason == UNBOUND and receiver.term == column(receiver.label):
        return column(name)
    meaning = machine.knowledge.meaning(name, "dates")
    if meaning is None:
        return column(name) if receiver.term.op == "column" and not receiver.sources else None
    plain = [part.selector for part in meaning.parts] == [("self",)]
    return apply(meaning.operation(name), [receiver.term]) if plain else None


def _constant(machine: Machine, value: Symbol) -> Term | None:
    """A number that a library has a name for."""
    meaning = machine.knowledge.meaning(value.dotted)
    if meaning is None or meaning.op != "const" or not meaning.parts:
        return None
    return Term("const", (), (("value", meaning.parts[0].default or "null"),))


def _list(machine: Machine, value: Seq) -> Term | None:
    """Several values side by side."""
    return apply("list", [term_of(machine, item) for item in value.items]) if len(value.items) <= LISTED else None


LISTED = 24


def put_together(machine: Machine, text: Value, parts: Sequence[Value]) -> Value:
    """A text with how it is put together of its parts, where some of them are data."""
    if not isinstance(text, Text) or text.literal is not None or not any(isinstance(one, DATA) for one in parts):
        return text
    term = apply("concat", [term_of(machine, one) for one in parts])
    return replace(text, term=term) if term is not None and term.columns else text


DATA = (Frame, Unknown)


def of_frame(machine: Machine, frame: Frame) -> Term | None:
    if frame.term is None or not is_open(frame.term):
        return frame.term
    names = [name for name in frame.columns if name not in frame.index] or list(frame.columns)
    if len(names) != 1 or frame.open or frame.vague:
        return None
    return column_term(machine, frame, names[0])


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
    """How each of a frame's columns, or each value of a bare row, is computed; None where nothing is known of any."""
    known = tuple(column_term(machine, frame, name) for name in names or ()) or frame.cells or ()
    if not known and frame.form == "series":
        known = (of_frame(machine, frame),)  # texts, each of which a vectorizer makes a row of
    if not known and names is None and is_of_pictures(frame.term):
        known = (frame.term,)
    found = tuple(map(of_data, known))
    return found if any(term is not None for term in found) else None


def made_in(machine: Machine, frame: Frame, names: tuple[str, ...] | None) -> dict[str, Term | None] | None:
    """What is computed in a record or table that has what came in besides: by name; None where its columns are known
    or can't be known.
    """
    if names is not None or not frame.named or "" in frame.columns or (frame.vague and not frame.chosen):
        return None
    known = (*frame.columns, *sorted(frame.dropped - {MORE}))
    return {name: of_data(column_term(machine, frame, name)) for name in known}


def of_data(term: Term | None) -> Term | None:
    """The term where it is all made of data; what is made of a prediction can't be told in terms of columns."""
    return None if term is not None and is_predicted(term) else term


def cells_of(machine: Machine, value: Value) -> tuple[Term | None, ...] | None:
    """How each value of a row is computed that is written out, alone (`[a, b]`) or as the only one (`[[a, b]]`)."""
    if isinstance(value, Frame):
        return value.cells
    if not isinstance(value, Seq) or not value.items:
        return None
    if value.open:  # row by row, all made alike
        return cells_of(machine, value.items[0]) if len(value.items) == 1 else None
    if len(value.items) == 1 and isinstance(value.items[0], (Seq, Frame)):
        inner = cells_of(machine, value.items[0])
        if inner is not None or isinstance(value.items[0], Seq):
            return inner
    if any(isinstance(item, (Seq, Map)) or (isinstance(item, Frame) and item.form in WHOLE) for item in value.items):
        return None
    return tuple(cell_of(machine, item) for item in value.items)


CUTS = frozenset({"head", "tail", "span"})


def cell_of(machine: Machine, value: Value) -> Term | None:
    """How a value is computed that stands for itself: a part of a text is no list that something is computed of."""
    term = term_of(machine, value)
    return cut(term, value) if isinstance(value, Frame) else term


def cut(term: Term | None, value: Frame) -> Term | None:
    for op, told, _ in value.picked:
        term = apply(op, [term], told) if op in CUTS else term
    return term


WHOLE = ("table", "array", "records")


def rekey(frame: Frame, names: dict[str, str]) -> None:
    """Columns get new names: old to new."""
    frame.terms = {names.get(name, name): term for name, term in frame.terms.items()}
    frame.unique = tuple(frozenset(names.get(name, name) for name in key) for key in frame.unique)


def with_term(result: Value, term: Term | None) -> Value:
    if isinstance(result, Frame):
        return result.copy(term=term, terms={}, cells=None, shapes=())
    if isinstance(result, Choice) and any(isinstance(option, Frame) for option in result.options):
        return replace(result, options=tuple(with_term(option, term) for option in result.options), term=None)
    if isinstance(result, Object) and result.kind in ("expression", "reader"):
        return replace(result, facts={**result.facts, "term": term})
    if not isinstance(result, Unknown) or result.term is term:
        return result
    return replace(result, term=term)


PREFIX = "\0kept:"
"""Begins the name of what is kept between calls, while it isn't known what that is."""


def part_of_kept(term: Term | None, key: object) -> Term | None:
    """One part of each of the records or tuples that are kept; None where the term is of something else."""
    if term is None or not term.columns or not all(name.startswith(PREFIX) for name in term.columns):
        return None
    return _renamed(term, f".{key}")


def _renamed(term: Term, ending: str) -> Term:
    if term.op == "column":
        return column(term.settings[0][1] + ending)
    return Term(term.op, tuple(_renamed(arg, ending) for arg in term.args), term.settings)


TERMS: dict[type, Callable[[Machine, Any], Term | None]] = {
    Frame: of_frame,
    Loaded: lambda _, value: value.term,
    Const: lambda _, value: const(value.value),
    Text: _of_text,
    Unknown: lambda _, value: value.term,
    Object: lambda _, value: value.facts.get("term"),
    Symbol: _named,
    Method: _named,
    Choice: _of_choice,
    Seq: _of_sequence,
}
