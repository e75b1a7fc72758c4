"""Sites sort as their file is read: a notebook cell by cell, whatever the lines within the cells."""

from __future__ import annotations

from mldebt.sites import Site


def test_a_notebook_is_sorted_cell_by_cell() -> None:
    first, later, other = Site("a.ipynb", 9, 9, 0), Site("a.ipynb", 1, 1, 3), Site("b.py", 1, 1)
    assert sorted([other, later, first]) == [first, later, other]
    assert (min(later, first), max(later, first)) == (first, later)
    assert sorted([(later, "x"), (first, "y")]) == [(first, "y"), (later, "x")]
