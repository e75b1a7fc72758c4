"""What servers of CI read: each format by its schema, or by a reader that does what the server does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace

from mldebt.report.formats import FORMATS, render
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

Json = dict[str, Any]

DATA = Path(__file__).parents[1] / "data"
NASTY = "50% of a::b,c;d]\r\nnext | `x|y` <b> @team \x0b\u202e"
SEEN = "50% of a::b,c;d]\nnext | `x|y` <b> @team \ufffd\ufffd"


@pytest.fixture
def nasty(result: Result, tmp_path: Path) -> Result:
    """One finding whose names break everything that can break, in a file with a name like that."""
    name = "dir é/a,b:c;d]%|.py"
    (tmp_path / "dir é").mkdir()
    (tmp_path / name).write_text('𝒳 = "é"; x = 1\n', encoding="utf-8")
    finding = Finding(
        "MLD203", "unused-input-column", NASTY, "medium", "certain", ("dataset:x",), (Site(name, 1, 1),), help="a\nb"
    )
    return replace(result, findings=(finding,), root=tmp_path, folder="services/eta/", problems=())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_whatever_the_names(nasty: Result, empty: Result, result: Result, name: str) -> None:
    broken = replace(nasty.findings[0], locations=(Site("\udcff/gone.py", 3, 4), Site("x.ipynb", 1, 2, 9)))
    for scanned in (result, empty, nasty, replace(nasty, findings=(broken,)), replace(result, rules={})):
        text = render(scanned, name)
        assert text == render(scanned, name)
        assert text.endswith("\n") or not scanned.findings
        assert "\x0b" not in text


# GitHub


def workflow_command(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner of GitHub Actions takes it apart."""
    head, _, data = line.removeprefix("::").partition("::")
    command, _, told = head.partition(" ")
    properties = dict(each.split("=", 1) for each in told.split(","))
    for coded, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        properties = {name: value.replace(coded, sign) for name, value in properties.items()}
        data = data.replace(coded, sign) if coded not in ("%3A", "%2C") else data
    return command, properties, data


def test_github_annotates_lines_the_most_urgent_first(result: Result) -> None:
    commands = [workflow_command(line) for line in render(result, "github").splitlines()]
    assert len(commands) == len(result.findings)
    levels = [command for command, _, _ in commands]
    assert set(levels) == {"error", "warning", "notice"}
    severities = [next(f.severity for f in result.findings if data.startswith(f.message)) for _, _, data in commands]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)


def test_github_gets_names_back_as_they_are(nasty: Result) -> None:
    (line,) = render(nasty, "github").splitlines()
    command, properties, data = workflow_command(line)
    assert command == "warning"
    assert properties == {
        "title": "mldebt MLD203 unused-input-column",
        "file": "services/eta/dir é/a,b:c;d]%|.py",
        "line": "1", "endLine": "1", "col": "1", "endColumn": "15",
    }  # fmt: skip
    assert data == f"{SEEN}\n\nWhat to do: a\nb"


def test_github_gets_no_columns_of_several_lines(result: Result) -> None:
    several = next(f for f in result.findings if f.locations[0].line != f.locations[0].end_line)
    (line,) = render(replace(result, findings=(several,)), "github").splitlines()
    properties = workflow_command(line)[1]
    assert int(properties["endLine"]) > int(properties["line"])
    assert "col" not in properties


# Azure


def test_azure_gets_names_back_as_they_are(nasty: Result) -> None:
    (line,) = render(nasty, "azure").splitlines()
    match = re.fullmatch(r"##vso\[task\.logissue ([^\]]*)\](.*)", line)
    assert match
    properties = dict(each.split("=", 1) for each in match[1].split(";") if each)
    path, data = properties["sourcepath"], match[2]
    for coded, sign in (("%3B", ";"), ("%5D", "]"), ("%0D", "\r"), ("%0A", "\n"), ("%AZP25", "%")):
        path = path.replace(coded, sign)
        data = data.replace(coded, sign)
    assert path == "services/eta/dir é/a,b:c;d]%|.py"
    assert (properties["type"], properties["linenumber"], properties["code"]) == ("warning", "1", "MLD203")
    assert data.startswith(f"unused-input-column: {SEEN}")


# GitLab


def test_gitlab_gets_all_that_it_requires(result: Result) -> None:
    issues = json.loads(render(result, "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(result.findings)
    for issue in issues:
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["description"].startswith(issue["check_name"])
        assert not issue["location"]["path"].startswith(("/", "./"))
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]


def test_a_notebook_is_placed_in_its_file(result: Result, root: Path) -> None:
    (issue,) = [each for each in json.loads(render(result, "gitlab")) if each["check_name"] == "MLD701"]
    lines = (root / issue["location"]["path"]).read_text(encoding="utf-8").splitlines()
    assert "StandardScaler().fit_transform(X)" in lines[issue["location"]["lines"]["begin"] - 1]


def test_nothing_found_is_an_empty_report(empty: Result) -> None:
    assert json.loads(render(empty, "gitlab")) == []
    assert json.loads(render(empty, "rdjson"))["diagnostics"] == []
    assert json.loads(render(empty, "sonar")) == {"rules": [], "issues": []}
    assert render(empty, "github") == render(empty, "azure") == render(empty, "json-lines") == ""


# JUnit


def test_junit_counts_findings_as_failures(result: Result) -> None:
    root = ElementTree.fromstring(render(result, "junit"))
    cases = root.findall("testsuite/testcase")
    failures = root.findall("testsuite/testcase/failure")
    assert root.tag == "testsuites"
    assert (int(root.attrib["tests"]), int(root.attrib["failures"])) == (len(cases), len(failures))
    assert len(failures) == len(result.findings)
    assert root.attrib["errors"] == "1", "the rule that failed"
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)


def test_junit_is_xml_whatever_the_names(nasty: Result) -> None:
    root = ElementTree.fromstring(render(nasty, "junit"))
    (failure,) = root.iter("failure")
    assert "50% of a::b,c;d]" in (failure.text or "")
    assert "\ufffd" in (failure.text or "")


def test_junit_shows_a_passed_test_where_nothing_is_found(empty: Result) -> None:
    root = ElementTree.fromstring(render(empty, "junit"))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("1", "0")


# reviewdog, Sonar


def test_reviewdog_gets_what_its_schema_says(result: Result, empty: Result, nasty: Result) -> None:
    schema = json.loads((DATA / "reviewdog-diagnostic-result.json").read_text(encoding="utf-8"))
    for scanned in (result, empty, nasty):
        jsonschema.Draft4Validator(schema).validate(json.loads(render(scanned, "rdjson")))


def test_reviewdog_counts_bytes_and_sonar_utf_16(nasty: Result) -> None:
    (diagnostic,) = json.loads(render(nasty, "rdjson"))["diagnostics"]
    line = '𝒳 = "é"; x = 1'
    assert diagnostic["location"]["range"] == {
        "start": {"line": 1, "column": 1},
        "end": {"line": 1, "column": len(line.encode()) + 1},
    }
    (issue,) = json.loads(render(nasty, "sonar"))["issues"]
    assert issue["primaryLocation"]["textRange"] == {
        "startLine": 1, "endLine": 1, "startColumn": 0, "endColumn": len(line) + 1,
    }  # fmt: skip


def test_sonar_knows_the_rule_of_each_issue_and_gets_valid_ranges(result: Result, root: Path) -> None:
    report = json.loads(render(result, "sonar"))
    rules = {rule["id"] for rule in report["rules"]}
    assert {issue["ruleId"] for issue in report["issues"]} == rules
    for rule in report["rules"]:
        assert {"id", "name", "engineId", "cleanCodeAttribute", "impacts"} <= rule.keys()
    for issue in report["issues"]:
        for location in (issue["primaryLocation"], *issue["secondaryLocations"]):
            span = location["textRange"]
            lines = (root / location["filePath"]).read_text(encoding="utf-8").splitlines()
            assert 1 <= span["startLine"] <= span["endLine"] <= len(lines)
            if "startColumn" in span:
                assert span["endColumn"] <= len(lines[span["endLine"] - 1])
                assert (span["startLine"], span["startColumn"]) < (span["endLine"], span["endColumn"])


def test_sonar_gets_no_columns_of_a_file_that_is_gone(result: Result) -> None:
    report = json.loads(render(replace(result, root=result.root / "elsewhere"), "sonar"))
    assert all("startColumn" not in issue["primaryLocation"]["textRange"] for issue in report["issues"])


# JSON lines


def test_json_lines_are_the_findings_of_json(result: Result) -> None:
    lines = [json.loads(line) for line in render(result, "json-lines").splitlines()]
    assert lines == json.loads(render(result, "json"))["findings"]


# Places from the top of the repository


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "azure", "rdjson", "sonar", "junit", "markdown"])
def test_files_are_named_from_the_top_of_the_hosted_repository(result: Result, name: str) -> None:
    assert "services/eta/churn/score.py" in render(replace(result, folder="services/eta/"), name)
    assert "services/eta/" not in render(result, name)
