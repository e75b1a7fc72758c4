"""Where the two repositories of the second sample meet, `mldebt check` finds what its EXPECTED.toml says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from mldebt.cli.main import main
from tests.sample.test_expected_findings import OF_SEVERAL

SAMPLE = Path(__file__).parents[2] / "fixtures" / "two_teams"
EXPECTED = tomllib.loads((SAMPLE / "EXPECTED.toml").read_text("utf-8"))
ENTRIES = [*EXPECTED["debt"], *EXPECTED["non_debt"]]


def test_rules_of_several_repositories_have_a_debt_and_temptations() -> None:
    for kind in ("debt", "non_debt"):
        assert {entry["code"] for entry in EXPECTED[kind]} >= OF_SEVERAL


def test_it_finds_what_is_debt_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    select = "MLD003,MLD105,MLD107,MLD204"
    assert main(["check", str(SAMPLE), "--no-cache", "--select", select, "--output-format", "json"]) == 1
    document = json.loads(capfd.readouterr().out)
    found = {
        (each["code"], each["locations"][0]["file"], each["locations"][0]["line"]): each["message"]
        for each in document["findings"]
    }
    assert found.keys() == {(entry["code"], entry["file"], entry["line"]) for entry in EXPECTED["debt"]}
    for entry in EXPECTED["debt"]:
        assert entry["subject"] in found[entry["code"], entry["file"], entry["line"]]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['code']} {entry['file']}:{entry['line']}")
def test_places_are_where_they_are_said_to_be(entry: dict[str, object]) -> None:
    lines = (SAMPLE / str(entry["file"])).read_text("utf-8").splitlines()
    assert lines[int(str(entry["line"])) - 1].strip() == entry["text"]
