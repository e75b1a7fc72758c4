"""The inputs of a model, as it was given them when it learned and as it is given them when it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mldebt.graph.model import Edge
from mldebt.graph.questions.alignment import plain_name
from mldebt.terms import Term
from mldebt.terms import column as named
from mldebt.terms.algebra import TEXTS
from mldebt.terms.pictures import PIXEL, is_of_pictures
from mldebt.terms.term import number, substitute


def inputs_of(training: Edge, use: Edge) -> Iterator[tuple[str, Term, Term]]:
    """The inputs of a model, each as it was when the model learned and as it is when it is asked."""
    learned, asked = terms_of(training), terms_of(use)
    names, asked_names = names_of(training), names_of(use)
    if asked_names is None and names is not None and (made := made_in(use)):
        pairs = [(name, term, made.get(name, named(name))) for name, term in zip(names, learned, strict=False)]
    elif asked_names is not None and names is not None:
        by_name = dict(zip(asked_names, asked, strict=False))
        pairs = [(name, term, by_name.get(name)) for name, term in zip(names, learned, strict=False)]
    elif len(learned) == len(asked):
        pairs = [
            (names[at] if names else asked_names[at] if asked_names else _told_of(one, at), one, other)
            for at, (one, other) in enumerate(zip(learned, asked, strict=True))
        ]
    else:
        return
    for name, one, two in pairs:
        if len(pairs) == 1 and asked_names is None and one is not None and two is not None:
            yield name, one, _of_one_text(one, two)
        elif one is not None and two is not None:
            yield name, one, two


def _told_of(term: Term | None, at: int) -> str:
    return PIXEL.settings[0][1] if is_of_pictures(term) else f"input {at + 1}"


def is_text(term: Term) -> bool:
    return without_transforms(term).op in {*TEXTS, "joined"}


def _of_one_text(one: Term, other: Term) -> Term:
    """The second told of the column of the first: a text that is all that a model is asked with has any name."""
    if not (is_text(one) and is_text(other) and len(one.columns) == len(other.columns) == 1):
        return other
    of = named(next(iter(one.columns)))
    return substitute(other, lambda part: of if part.op == "column" else part) or other


def terms_of(edge: Edge) -> Sequence[Term | None]:
    found = edge.attributes.get("expressions")
    return found if isinstance(found, (tuple, list)) else ()


def made_in(edge: Edge) -> Mapping[str, Term | None]:
    """What is computed in a record before a model is asked with all of it, by name."""
    found = edge.attributes.get("made")
    return found if isinstance(found, Mapping) else {}


def names_of(edge: Edge) -> tuple[str, ...] | None:
    found = edge.attributes.get("columns")
    return tuple(map(str, found)) if isinstance(found, (tuple, list)) and found else None


def filled_otherwise(name: str, learned: Term, asked: Term) -> tuple[Term, Term] | None:
    """What stands for a missing value, where a stored feature is looked up by its name: two numbers that differ."""
    one, other = (_filling(_unwrapped(without_transforms(term))) for term in (learned, asked))
    if one is None or other is None or one[1] == other[1]:
        return None
    value, inner = other[1], _unwrapped(other[0])
    if inner.op != "column" or plain_name(inner.settings[0][1]) != plain_name(name) or one[0].op == "column":
        return None
    return tuple(Term("fill_null", (named(name), const)) for const in (one[1], value))  # type: ignore[return-value]


def _filling(term: Term) -> tuple[Term, Term] | None:
    """What is filled where it is missing, and with which number."""
    if term.op not in ("fill_null", "default", "if_empty") or len(term.args) != 2 or number(term.args[1]) is None:
        return None
    inner = _filling(_unwrapped(term.args[0]))
    return inner if inner is not None and inner[1] == term.args[1] else (term.args[0], term.args[1])


def same_form(one: Term, other: Term) -> bool:
    """Whether two expressions do the same steps to columns of the same names, but for the numbers and settings."""
    left, right = (_unwrapped(without_transforms(term)) for term in (one, other))
    return bool(left.args) and _is_alike(left, right)


def _is_alike(one: Term, other: Term) -> bool:
    if _form(one) != _form(other) or len(one.args) != len(other.args):
        return False
    return all(_is_alike(_unwrapped(a), _unwrapped(b)) for a, b in zip(one.args, other.args, strict=True))


def _form(term: Term) -> str:
    if term.op == "column":
        return f"column {plain_name(term.settings[0][1])}"
    return "lt" if term.op == "le" else term.op


def _unwrapped(term: Term) -> Term:
    return _unwrapped(term.args[0]) if term.op == "cast" else term


def is_transformed(term: Term) -> bool:
    return any(part.op == "transform" for part in term.walk())


def without_transforms(term: Term) -> Term:
    """An expression before fitted transformers changed it: these are compared elsewhere."""
    if term.op == "transform" and term.args:
        return without_transforms(term.args[0])
    if not any(part.op == "transform" for part in term.walk()):
        return term
    return Term(term.op, tuple(map(without_transforms, term.args)), term.settings)
