"""What is said of a repository is said again as long as it holds."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mldebt.project.record import keep, recall, state, states_then


def test_an_answer_that_holds_until_then_is_none_from_then_on(tmp_path: Path) -> None:
    keep(str(tmp_path), "check", [], [(False, "No findings.")], 0, until=100.0)
    assert recall([str(tmp_path)], "check", 99.5) == ([(False, "No findings.")], 0)
    assert recall([str(tmp_path)], "check", 100.0) is None


def test_without_a_limit_it_holds(tmp_path: Path) -> None:
    keep(str(tmp_path), "check", [], [], 1)
    assert recall([str(tmp_path)], "check", 1e12) == ([], 1)
    assert recall([str(tmp_path)], "check --select ALL", 0.0) is None


def test_a_file_that_looks_as_it_did_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text("1")
    long_ago = 1_000_000_000
    os.utime(file, ns=(long_ago, long_ago))
    later = time.time_ns() + 10_000_000_000
    now = state(str(file), later)
    assert now is not None
    keep(str(tmp_path), "check", [(*now[:-1], b"its digest then")], [], 0)
    then = states_then(str(tmp_path), "check")
    again = state(str(file), later, then[str(file)])
    assert again is not None
    assert again[-1] == b"its digest then"
    file.write_text("2")
    assert state(str(file), later, then[str(file)]) == state(str(file), later)
    assert states_then(str(tmp_path), "check --select ALL") == {}
