"""Two places that compute one feature, beside each other: whether they agree, and in what they don't."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Edge
from mldebt.graph.questions.alignment import LISTED, TEXT, aligned, beside, plain_name
from mldebt.graph.questions.inputs import without_transforms
from mldebt.sites import Site
from mldebt.terms import Term, apply
from mldebt.terms.difference import Difference, compare, where_known


class Definition(Struct, frozen=True):
    """One place that computes a feature.

    `side`: train or serve; `node` holds it; `never_null`, `assumes`: what it may rely on. `complete`: rows in which one
    of these is null are dropped. `by_hand`: for one record, in Python's own words.
    """

    name: str
    term: Term
    site: Site
    side: str
    node: str
    path: tuple[Edge, ...] = ()
    never_null: frozenset[str] = frozenset()
    assumes: tuple[Term, ...] = ()
    complete: tuple[Term, ...] = ()
    by_hand: bool = False


class Divergence(Struct, frozen=True):
    """A feature that two places compute differently.

    `swapped`: the features that come at each other's place, where the order is all that is wrong.
    """

    feature: str
    one: Definition
    other: Definition
    difference: Difference
    evidence: str
    swapped: tuple[str, ...] = ()


def _read_as_text(made: Definition, term: Term) -> frozenset[str]:
    """The fields of a record that a method of texts is called on: it would raise an error of None."""
    parts = [part.args[0] for part in term.walk() if made.by_hand and part.op in TEXT and part.args]
    return frozenset().union(*(part.columns for part in parts if part.op == "column"))


def divergence(one: Definition, other: Definition) -> Difference | None:
    """How two definitions differ, None where they are equal, or that can't be told."""
    terms = beside_each_other(one, other)
    if terms is None:
        return None
    left, turned = terms
    right = without_transforms(other.term)
    assumes = [test for test in other.assumes if (inner := aligned(left, test)) is not None for test in [inner]]
    always = {plain_name(name) for name in one.never_null | other.never_null | _read_as_text(other, right)}
    always -= {plain_name(name) for part in turned.walk() if part.op == "default" for name in part.args[0].columns}
    never_null = [name for name in left.columns if plain_name(name) in always]
    left = _of_complete_rows(one, left)
    found = compare(left, turned, never_null=never_null, assumes=assumes)
    return found if isinstance(found, Difference) else None


def in_words(made: Definition) -> Definition:
    """A text that is all that a model is asked with: what takes its words apart doesn't mind the spaces between."""
    words = apply("joined", [apply("split", [without_transforms(made.term)])], [("by", '" "')])
    return replace(made, term=words) if words is not None else made


def beside_each_other(one: Definition, other: Definition) -> tuple[Term, Term] | None:
    """Both over the columns of the first; None where they are not of the same columns."""
    found = beside(without_transforms(one.term), without_transforms(other.term))
    if found is None or not (found[0].columns or any(part.op == "each" for part in found[0].walk())):
        return None
    return found


def _of_complete_rows(one: Definition, term: Term) -> Term:
    for needed in one.complete:
        term = where_known(term, needed) if needed.columns <= term.columns else term
    return term


def of_two_readings(alike: list[tuple[Definition, Definition]]) -> Iterator[Divergence]:
    """Features of one history that agree with training only where the history ends with the row that is asked about,
    beside others that only do where it ends before.
    """
    from mldebt.terms.trials import readings  # slow to load

    told: dict[frozenset[str], list[tuple[Definition, Definition, bool, Difference]]] = {}
    for one, other in alike:
        terms = beside_each_other(one, other)
        if terms is None or not any(part.op in LISTED for part in terms[1].walk()):
            continue
        found = readings(_of_complete_rows(one, terms[0]), terms[1])
        if found is not None and (found[0] is None) != (found[1] is None):
            difference = Difference("offset", found[0] or found[1])
            told.setdefault(terms[1].columns, []).append((one, other, found[0] is None, difference))
    for group in told.values():
        ending = [each for each in group if each[2]]
        before = [each for each in group if not each[2]]
        for one, other, _, difference in min(before, ending, key=len) if ending and before else ():
            yield Divergence(one.name, one, other, difference, "inferred")
