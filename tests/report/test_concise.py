from __future__ import annotations

from dataclasses import replace

from mldebt.report import concise
from mldebt.rules.result import Result


def test_each_finding_is_one_line(result: Result) -> None:
    lines = concise.render(result).splitlines()
    assert len(lines) == len(result.findings) + 1
    assert lines[6] == "churn/train.py:8:1: MLD801 `RandomForestClassifier` has no `random_state`."
    assert lines[-1] == "Found 9 findings."


def test_a_place_in_a_notebook_names_its_cell(result: Result) -> None:
    assert "\nnotebooks/scaling.ipynb:cell 2:4:1: MLD701 " in concise.render(result)


def test_nothing_found_is_said(empty: Result) -> None:
    assert concise.render(empty) == "No findings.\n"


def test_names_from_the_code_can_not_steer_the_terminal(result: Result) -> None:
    finding = replace(result.findings[0], message="\x1b[2J\u202egone\nsecond line")
    line, summary = concise.render(replace(result, findings=(finding,))).splitlines()
    assert line == "churn/prepare.py:5:1: MLD203 \ufffd[2J\ufffdgone second line"
    assert summary == "Found 1 finding."
