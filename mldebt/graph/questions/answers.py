"""Answers that undo another change than that under which the label was learned: `exp` of a learned `log1p`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mldebt.graph.model import Edge, Graph, weakest
from mldebt.graph.questions.differing import Definition, Divergence
from mldebt.graph.questions.inputs import terms_of
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.serving import only_training, trainings_in_use, uses
from mldebt.terms import Term, column, is_predicted
from mldebt.terms.difference import Difference, Example
from mldebt.terms.outcomes import UntoldError
from mldebt.terms.term import number

WAY_BACK: Final = "the way back from the logarithm"
LOGS: Final = frozenset({"log", "log1p", "log2", "log10"})
EXPONENTIALS: Final = frozenset({"exp", "expm1", "exp2"})
VALUES: Final = (2.0, 7.5, 250.0)
ANSWER: Final = column("prediction")


def answers_otherwise(graph: Graph) -> Iterator[Divergence]:
    """One for each answer that is not in terms of the label, whichever training of its model it may come from."""
    told = _undone(graph)
    for use in uses(graph) if told else ():
        for leaving, answer in told.get(use.target, ()):
            paths = trainings_in_use(graph, use) or only_training(graph, use)
            if sites_at_work(graph, use):
                yield from _between(graph, paths, leaving, answer)


def _undone(graph: Graph) -> dict[str, list[tuple[Edge, Term]]]:
    """Each prediction with what leaves the program of it."""
    found: dict[str, list[tuple[Edge, Term]]] = {}
    for edge in graph.edges_of_kind("WRITES", "DERIVES"):
        terms = edge.attributes.get("undone")
        for term in terms.values() if isinstance(terms, Mapping) else ():
            nodes = {part.setting("node") for part in term.walk() if part.op == "predicted"}
            if len(nodes) == 1:
                found.setdefault(str(nodes.pop()), []).append((edge, _plain(term)))
    return found


def _plain(term: Term) -> Term:
    """The answer in terms of one prediction, without what leaves a number about as it is."""
    if term.op == "predicted":
        return ANSWER
    if term.op in ("item", "round", "cast", "clip") and is_predicted(term):
        return _plain(term.args[0])
    return Term(term.op, tuple(map(_plain, term.args)), term.settings)


def _between(graph: Graph, paths: list[tuple[Edge, ...]], leaving: Edge, answer: Term) -> Iterator[Divergence]:
    if not _is_way_back(answer):
        return
    found = [(path, edge, term) for path in paths for edge, term in _labels(graph, path[0].target)]
    examples = [_example(answer, term) for _, _, term in found]
    if (
        not found
        or None in examples
        or len({path[0].target for path in paths}) > len({one[0][0].target for one in found})
    ):
        return
    (path, label, learned), example = found[0], examples[0]
    assert example is not None
    name = next(iter(learned.columns))
    one = Definition(name, learned, min(label.sites), "train", label.source, path[:1])
    other = Definition(name, answer, min(leaving.sites), "serve", leaving.source, path[1:])
    known = weakest((label.evidence, *(edge.evidence for edge in path)))
    yield Divergence(name, one, other, Difference(WAY_BACK, example), known)


def _labels(graph: Graph, model: str) -> Iterator[tuple[Edge, Term]]:
    """The labels of a model that are the logarithm of one column."""
    for edge in graph.into(model, "LABELS"):
        terms = terms_of(edge)
        term = terms[0] if len(terms) == 1 else None
        if term is not None and term.op in LOGS and len(term.args) == 1 and _shifted(term.args[0]).op == "column":
            yield edge, term


def _shifted(term: Term) -> Term:
    """What one is added to, or taken from: other numbers may be a tax or a fee, as factors may be a currency."""
    if term.op == "cast":
        return _shifted(term.args[0])
    by = number(term.args[1]) if term.op == "add" and len(term.args) == 2 else None
    return _shifted(term.args[0]) if by in (-1, 1) else term


def _is_way_back(answer: Term) -> bool:
    inner = _shifted(answer)
    if inner.op == "pow":
        return number(inner.args[0]) is not None and inner.args[1] == ANSWER
    return inner.op in EXPONENTIALS and inner.args == (ANSWER,)


def _example(answer: Term, learned: Term) -> Example | None:
    """A label that does not come back as it was; None where each does, or that can't be told."""
    from mldebt.terms.running import Table, run

    name = next(iter(learned.columns))
    try:
        logs = _spread(run(learned, Table({name: VALUES}, len(VALUES))))
        back = _spread(run(answer, Table({"prediction": logs}, len(VALUES))))
    except (UntoldError, ArithmeticError, ValueError, TypeError):
        return None
    pairs = zip(VALUES, back, strict=False)
    return next((Example(((name, was),), was, now) for was, now in pairs if not _is_same(was, now)), None)


def _spread(found: object) -> Sequence[object]:
    from mldebt.terms.windows import Vector

    return found.values if isinstance(found, Vector) else ()


def _is_same(was: float, now: object) -> bool:
    return isinstance(now, (int, float)) and math.isclose(was, now, rel_tol=1e-6)
