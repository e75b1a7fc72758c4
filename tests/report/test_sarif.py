from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace

from mldebt.report import sarif
from mldebt.report.line_hash import line_hashes
from mldebt.rules.judge.policy import Suppressed
from mldebt.rules.model import Step
from mldebt.rules.result import Result
from mldebt.sites import Site

from .churn_files import SCORE

Json = dict[str, Any]

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))

WITHOUT_HOMEPAGE = "Warning_ProvideToolnformationUri"


def run_of(result: Result) -> Json:
    return dict(json.loads(sarif.render(result))["runs"][0])


@pytest.fixture(scope="module")
def run(result: Result) -> Json:
    return run_of(result)


def results(run: Json, code: str) -> list[Json]:
    return [found for found in run["results"] if found["ruleId"] == code]


def test_the_log_follows_the_schema(result: Result, empty: Result) -> None:
    validator = jsonschema.Draft4Validator(SCHEMA)
    for scanned in (result, empty, replace(result, rules={})):
        validator.validate(json.loads(sarif.render(scanned)))


@pytest.mark.skipif("SARIF_MULTITOOL" not in os.environ, reason="SARIF_MULTITOOL names Microsoft's validator")
def test_the_validator_of_microsoft_with_its_rules_for_github_has_nothing_to_say(
    result: Result, empty: Result, tmp_path: Path
) -> None:
    for number, scanned in enumerate((result, empty)):
        log, said = tmp_path / f"{number}.sarif", tmp_path / f"{number}-validated.sarif"
        log.write_text(sarif.render(scanned), encoding="utf-8")
        options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite"]
        subprocess.run([os.environ["SARIF_MULTITOOL"], "validate", log, "-o", said, *options], check=True)
        complaints = json.loads(said.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
        assert {found["message"]["id"] for found in complaints} <= (set() if sarif.homepage() else {WITHOUT_HOMEPAGE})


def test_one_run_tells_tool_and_category(run: Json, result: Result) -> None:
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"], driver["semanticVersion"]) == ("mldebt", "0.1.0", "0.1.0")
    assert run["automationDetails"] == {"id": "mldebt/"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(json.loads(sarif.render(result))["runs"]) == 1


def test_rules_are_described(run: Json) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    loop = next(rule for rule in rules if rule["id"] == "MLD301")
    assert loop["name"] == "DirectFeedbackLoop"
    assert loop["shortDescription"]["text"] == "Debt of the kind direct-feedback-loop."
    assert loop["fullDescription"]["text"].endswith("It follows data from dataset to model.")
    assert loop["help"]["markdown"].startswith("# MLD301 direct-feedback-loop\n")
    assert "```" not in loop["help"]["text"]
    assert loop["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert loop["properties"] == {
        "tags": ["machine-learning", "technical-debt", "feedback-loops"],
        "precision": "high",
        "problem.severity": "error",
    }


def test_results_point_to_their_rules(run: Json) -> None:
    rules = run["tool"]["driver"]["rules"]
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]


def test_a_level_is_no_higher_than_the_evidence(run: Json) -> None:
    levels = {found["ruleId"]: found["level"] for found in run["results"]}
    assert levels["MLD301"] == "error"
    assert levels["MLD105"] == "warning"
    assert levels["MLD203"] == "warning"
    assert levels["MLD001"] == "note"


def test_a_result_has_one_location_with_region_and_snippet(run: Json) -> None:
    assert all(len(found["locations"]) == 1 for found in run["results"])
    physical = results(run, "MLD301")[0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "churn/score.py", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {
        "startLine": 22,
        "startColumn": 5,
        "endLine": 22,
        "endColumn": 48,
        "snippet": {"text": 'history.to_parquet("data/training.parquet")'},
    }
    assert physical["contextRegion"]["startLine"] == 20


def test_addresses_are_relative_and_encoded(run: Json) -> None:
    physical = results(run, "MLD105")[0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "pricing/weekly%20discounts.py"


def test_the_path_is_a_code_flow(run: Json) -> None:
    locations = results(run, "MLD105")[0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in locations] == [
        "`model` predicts `churn_probability`",
        "written to `data/scores/{day}.parquet`; consumed by `pricing`",
        "read as `scores`",
    ]
    assert "codeFlows" not in results(run, "MLD106")[0]


def test_a_first_step_without_a_place_goes_into_the_next(result: Result) -> None:
    path = (Step("a", "`users.csv`"), Step("b", "read", Site("churn/train.py", 7, 7)), Step("c", "kept"))
    scanned = replace(result, findings=(replace(result.findings[0], path=path),))
    locations = run_of(scanned)["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in locations] == ["`users.csv`; read; kept"]


def test_other_places_are_linked_from_the_message(run: Json) -> None:
    loop = results(run, "MLD301")[0]
    assert loop["message"]["text"].startswith("The scores of `model` become labels")
    assert loop["message"]["text"].endswith("\n\nSee also: [churn/train.py:7](1).")
    assert loop["relatedLocations"][0]["id"] == 1
    assert loop["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 7


def test_no_other_words_become_links(result: Result) -> None:
    finding = replace(result.findings[0], message="Column `a[b](1)` is unused.", help="")
    text = run_of(replace(result, findings=(finding,)))["results"][0]["message"]["text"]
    assert text == "Column `a[b\\](1)` is unused."


def test_lines_are_recognised_by_the_hash_of_code_scanning(run: Json) -> None:
    unversioned = results(run, "MLD106")[0]
    assert unversioned["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(SCORE)[10]


def test_two_findings_of_one_rule_on_one_line_stay_two(run: Json, result: Result) -> None:
    first, second = (found["partialFingerprints"] for found in results(run, "MLD203"))
    assert first["primaryLocationLineHash"] != second["primaryLocationLineHash"]
    plain, suffixed = sorted((first, second), key=lambda prints: prints["mldebtFinding/v1"])
    assert suffixed["primaryLocationLineHash"] == (f"{plain['primaryLocationLineHash']}:{suffixed['mldebtFinding/v1']}")
    alone = run_of(
        replace(result, findings=tuple(f for f in result.findings if f.fingerprint == plain["mldebtFinding/v1"]))
    )
    assert alone["results"][0]["partialFingerprints"] == plain


def test_fingerprints_do_not_depend_on_lines(run: Json, result: Result) -> None:
    assert [found["partialFingerprints"]["mldebtFinding/v1"] for found in run["results"]] == [
        finding.fingerprint for finding in result.findings
    ]


def test_a_notebook_is_placed_in_its_json(run: Json, root: Path) -> None:
    leak = results(run, "MLD701")[0]
    region = leak["locations"][0]["physicalLocation"]["region"]
    line = (root / "notebooks/scaling.ipynb").read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
    assert "StandardScaler().fit_transform(X)" in line
    assert line[: region["startColumn"] - 1].isspace()
    assert region["endColumn"] == len(line) + 1
    assert region["snippet"]["text"] == 'X = StandardScaler().fit_transform(X)  # "all" rows'
    assert "In the notebook: cell 2, line 4." in leak["message"]["text"]
    assert leak["properties"]["notebook"] == {"cell": 2, "line": 4}


def test_a_file_that_is_gone_still_has_a_place_and_a_hash(result: Result) -> None:
    run = run_of(replace(result, root=result.root / "elsewhere"))
    found = results(run, "MLD801")[0]
    assert found["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 8, "startColumn": 1, "endLine": 8, "endColumn": 1,
    }  # fmt: skip
    prints = found["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == f"{prints['mldebtFinding/v1']}:1"
    assert results(run, "MLD701")[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_problems_are_notifications_of_the_tool(run: Json) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "rule slow-rule of mldebt-extra 1.0 failed: ValueError: no such column"
    ]


def test_findings_over_the_limit_are_left_out_and_counted(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "RESULTS", 4)
    run = run_of(result)
    assert sorted(found["ruleId"] for found in run["results"]) == ["MLD105", "MLD301", "MLD403", "MLD701"]
    note = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert note["message"]["text"] == (
        "5 findings are left out: code scanning takes at most 4 in a run and 10 MB packed. The worst are here."
    )


def test_a_log_that_no_upload_would_take_is_cut(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sarif.render(result)
    monkeypatch.setattr(sarif, "fits", lambda text: len(text) < len(whole) - 1)
    run = run_of(result)
    assert 0 < len(run["results"]) < len(result.findings)
    assert "are left out" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert {"MLD301"} <= {found["ruleId"] for found in run["results"]}


def test_a_file_name_that_is_no_text_has_an_address(result: Result) -> None:
    finding = replace(result.findings[0], locations=(Site("caf\udce9.py", 1, 1),))
    (found,) = run_of(replace(result, findings=(finding,)))["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "caf%E9.py"


def test_what_does_not_count_is_left_out_unless_asked_for(result: Result) -> None:
    quiet, known, *rest = result.findings
    suppressed = Suppressed(quiet, "comment", "agreed", Site("churn/prepare.py", 5, 5))
    marked = replace(result, findings=tuple(rest), suppressed=(suppressed,), baselined=(known,))
    states = [found["baselineState"] for found in run_of(marked)["results"]]
    assert states == ["new"] * len(rest)
    whole = json.loads(sarif.render(replace(marked, shows_all=True)))
    jsonschema.Draft4Validator(SCHEMA).validate(whole)
    by_print = {found["partialFingerprints"]["mldebtFinding/v1"]: found for found in whole["runs"][0]["results"]}
    assert len(by_print) == len(result.findings)
    assert by_print[known.fingerprint]["baselineState"] == "unchanged"
    assert by_print[quiet.fingerprint]["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "agreed"}
    ]
    assert "baselineState" not in run_of(result)["results"][0]
