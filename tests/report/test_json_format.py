from __future__ import annotations

import json
from typing import Any

import pytest

from mldebt.report import json_format
from mldebt.rules.result import Result


@pytest.fixture(scope="module")
def document(result: Result) -> dict[str, Any]:
    return dict(json.loads(json_format.render(result)))


def finding(document: dict[str, Any], code: str) -> dict[str, Any]:
    return next(found for found in document["findings"] if found["code"] == code)


def test_the_document_names_its_schema(document: dict[str, Any]) -> None:
    assert list(document) == ["schema", "version", "root", "coverage", "findings", "suppressed", "problems"]
    assert document["schema"] == "mldebt-findings/1"
    assert document["root"] == "churn"
    assert document["problems"] == ["rule slow-rule of mldebt-extra 1.0 failed: ValueError: no such column"]
    assert document["coverage"]["share"] == 0.9
    assert document["coverage"]["skipped"]["old/legacy.py"] == "Python 2"


def test_a_finding_has_all_its_parts(document: dict[str, Any]) -> None:
    loop = finding(document, "MLD301")
    assert list(loop) == [
        "code", "rule", "message", "severity", "evidence", "subject", "locations", "path", "help", "effort_minutes",
        "fingerprint", "fixes",
    ]  # fmt: skip
    assert loop["locations"][0] == {
        "file": "churn/score.py", "line": 22, "column": 5, "end_line": 22, "end_column": 48, "cell": None,
    }  # fmt: skip
    assert loop["path"][3] == {
        "node": "frame:train.data",
        "edge": "READS",
        "note": "read as `data`",
        "file": "churn/train.py",
        "line": 7,
        "cell": None,
        "code": 'data = pd.read_parquet("data/training.parquet")',
    }
    assert loop["path"][0]["edge"] is None


def test_a_notebook_has_a_cell_and_lines_within_it(document: dict[str, Any]) -> None:
    leak = finding(document, "MLD701")
    assert (leak["locations"][0]["cell"], leak["locations"][0]["line"]) == (2, 4)
    assert [(step["cell"], step["line"]) for step in leak["path"]] == [(2, 4), (3, 1)]


def test_a_step_may_have_no_place(document: dict[str, Any]) -> None:
    step = finding(document, "MLD105")["path"][2]
    assert (step["file"], step["line"], step["cell"], step["code"]) == (None, None, None, "")


def test_nothing_found_is_a_whole_document(empty: Result) -> None:
    document = json.loads(json_format.render(empty))
    assert document["findings"] == []
    assert document["coverage"]["share"] is None
