from __future__ import annotations

from msgspec.structs import replace

from mldebt.report import concise, full
from mldebt.rules.judge.policy import Suppressed
from mldebt.rules.result import Result
from mldebt.sites import Site


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


def test_what_does_not_count_is_listed_where_that_is_asked_for(result: Result) -> None:
    quiet, known, *rest = result.findings
    suppressed = Suppressed(quiet, "comment", "agreed", Site("churn/prepare.py", 5, 5))
    marked = replace(result, findings=tuple(rest), suppressed=(suppressed,), baselined=(known,))
    assert "suppressed:" not in concise.render(marked)
    *_, first, second, summary = concise.render(replace(marked, shows_all=True)).splitlines()
    assert first.startswith("suppressed: MLD203 ")
    assert first.endswith("(by comment at churn/prepare.py:5: agreed)")
    assert second.startswith("known from the baseline: ")
    assert summary == "Found 7 findings (1 suppressed, 1 known from the baseline)."
    assert "\nSuppressed:\n  MLD203 " in full.render(replace(marked, shows_all=True))
    assert "Suppressed:" not in full.render(marked)
