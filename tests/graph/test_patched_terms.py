"""What counts as a prediction that is changed by hand."""

from __future__ import annotations

import pytest

from mldebt.graph.questions.patched_terms import patches_in
from mldebt.terms import Term, apply, column, const
from mldebt.terms.term import predicted


@pytest.mark.parametrize(("op", "patched"), [("max", True), ("size", False), ("nunique", False)])
def test_how_many_predictions_there_are_is_none(op: str, patched: bool) -> None:
    value = apply(op, [predicted("prediction:score.py:p")])
    term = apply("where", [apply("eq", [column("plan"), const("yearly")]), value, const(1)])
    assert isinstance(term, Term)
    assert bool(patches_in(term)) is patched
