"""Comparisons of definitions that are kept between runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from mldebt.graph.compared import kept_comparisons
from mldebt.terms import memory
from mldebt.terms.difference import Difference, Doubt, Example, compare
from mldebt.terms.memory import Memory
from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED
from mldebt.terms.term import Term, column, const

A, B = column("a"), column("b")
PAIRS = (
    (Term("add", (A, B)), Term("add", (B, A))),
    (Term("div", (A, B)), Term("mul", (A, B))),
    (Term("fill_null", (A, const(0))), A),
    (Term("mean", (A,)), Term("sum", (A,))),
    (Term("nobody knows", (A,)), A),
)


def _answers(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[Difference | Doubt | None]:
    """Those of a run of its own."""
    fresh = Memory()
    monkeypatch.setattr(memory, "MEMORY", fresh)
    monkeypatch.setattr("mldebt.graph.compared.MEMORY", fresh)
    with kept_comparisons(root, enabled=True):
        return [compare(one, other) for one, other in PAIRS]


def test_answers_of_an_earlier_run_are_those_of_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _answers(tmp_path, monkeypatch)
    assert any(isinstance(found, Difference) and found.example is not None for found in first)
    assert any(isinstance(found, Doubt) for found in first)
    assert None in first

    def tried(*_: object) -> None:
        raise AssertionError("compared again")

    monkeypatch.setattr("mldebt.terms.trials.tried", tried)
    assert _answers(tmp_path, monkeypatch) == first


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "x", UNDEFINED, Duration(3.0), Moment(datetime(2026, 1, 2, 3))])
def test_examples_hold_what_expressions_compute_with(value: object) -> None:
    known, found = Memory(), Difference("window", Example((("a", value),), value, None))
    known.keep(b"key", found)
    assert known.answer(b"key") == (found,)


def test_an_example_that_cannot_be_written_down_is_found_anew() -> None:
    known = Memory()
    known.keep(b"key", Difference("window", Example((("a", object()),), 1, 2)))
    assert known.answer(b"key") is None
