"""What is said of a repository is said again as long as it holds."""

from __future__ import annotations

from pathlib import Path

from mldebt.project.record import keep, recall


def test_an_answer_that_holds_until_then_is_none_from_then_on(tmp_path: Path) -> None:
    keep(str(tmp_path), "check", [], [(False, "No findings.")], 0, until=100.0)
    assert recall(str(tmp_path), "check", 99.5) == ([(False, "No findings.")], 0)
    assert recall(str(tmp_path), "check", 100.0) is None


def test_without_a_limit_it_holds(tmp_path: Path) -> None:
    keep(str(tmp_path), "check", [], [], 1)
    assert recall(str(tmp_path), "check", 1e12) == ([], 1)
    assert recall(str(tmp_path), "check --select ALL", 0.0) is None
