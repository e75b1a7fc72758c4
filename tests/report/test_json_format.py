from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace

from mldebt.report import json_format, json_lines
from mldebt.rules.comparison import Change, Comparison
from mldebt.rules.fix import SAFE, Edit, Fix
from mldebt.rules.judge.policy import Suppressed
from mldebt.rules.result import Result
from mldebt.sites import Site

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "findings.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def document(result: Result) -> dict[str, Any]:
    return dict(json.loads(json_format.render(result)))


def finding(document: dict[str, Any], code: str) -> dict[str, Any]:
    return next(found for found in document["findings"] if found["code"] == code)


def test_the_document_names_its_schema(document: dict[str, Any]) -> None:
    assert list(document) == [
        "schema",
        "version",
        "root",
        "coverage",
        "findings",
        "suppressed",
        "baselined",
        "problems",
    ]
    assert document["schema"] == "mldebt-findings/1"
    assert document["root"] == "churn"
    assert document["problems"] == ["rule slow-rule of mldebt-extra 1.0 failed: ValueError: no such column"]
    assert document["coverage"]["share"] == 0.9
    assert document["coverage"]["skipped"]["old/legacy.py"] == "Python 2"


def test_it_is_as_its_schema_says(result: Result, empty: Result) -> None:
    first, second, *rest = result.findings
    change = Change(first.locations[0].file, 5, "x = 1", removed=True)
    fixed = replace(first, fixes=(Fix("Remove it", (), SAFE, (Edit("a.py", 1, 1, 1, 5, ""),)),))
    whole = replace(
        result,
        findings=(fixed, *rest),
        suppressed=(Suppressed(second, "comment", "agreed", Site("a.py", 1, 1)), Suppressed(first, "waiver")),
        baselined=(second,),
        comparison=Comparison("main", "c" * 40, (second,), 3, {first.fingerprint: change}),
    )
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    strict = closed(SCHEMA)
    for scanned in (result, empty, whole):
        jsonschema.Draft202012Validator(strict).validate(json.loads(json_format.render(scanned)))
    of_a_line = {"$ref": "#/$defs/finding", "$defs": strict["$defs"]}
    for line in json_lines.render(whole).splitlines():
        jsonschema.Draft202012Validator(of_a_line).validate(json.loads(line))


def closed(schema: Any) -> Any:
    """The schema without room for keys that it doesn't name, so that it names all there are."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return inner | ({"additionalProperties": False} if isinstance(inner.get("properties"), dict) else {})


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
