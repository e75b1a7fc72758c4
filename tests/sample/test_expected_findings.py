"""The sample repository holds what EXPECTED.toml says, and `mldebt check` finds just that."""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from mldebt.cli.main import main
from mldebt.rules.registry import load_rules

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"
RULES = {rule.code for rule in load_rules() if rule.rule.default}
OF_SEVERAL = {"MLD107"}
"""Rules that only speak of several repositories: `two_teams` is their sample."""


@dataclass(frozen=True, order=True)
class Place:
    code: str
    file: str
    line: int
    cell: int = -1

    def __str__(self) -> str:
        where = self.file if self.cell < 0 else f"{self.file}#{self.cell}"
        return f"{self.code} {where}:{self.line}"


@dataclass(frozen=True)
class Entry:
    place: Place
    text: str
    subject: str
    why: str


def entries(kind: str) -> list[Entry]:
    tables = tomllib.loads((SAMPLE / "EXPECTED.toml").read_text(encoding="utf-8"))[kind]
    return [
        Entry(
            Place(table["code"], table["file"], table["line"], table.get("cell", -1)),
            table["text"],
            table.get("subject", ""),
            table["why"],
        )
        for table in tables
    ]


DEBTS = entries("debt")
NON_DEBTS = entries("non_debt")


@pytest.fixture(scope="module")
def document() -> dict[str, list[dict[str, object]]]:
    output = StringIO()
    with redirect_stdout(output):
        previews = ",".join(sorted({entry.place.code for entry in DEBTS} - RULES))
        selected = ["--extend-select", previews] if previews else []
        assert main(["check", str(SAMPLE), "--output-format", "json", "--exit-zero", "--no-cache", *selected]) == 0
    printed: dict[str, list[dict[str, object]]] = json.loads(output.getvalue())
    return printed


@pytest.fixture(scope="module")
def findings(document: dict[str, list[dict[str, object]]]) -> dict[Place, str]:
    """Primary place → message and subject of the findings there."""
    found: dict[Place, str] = {}
    for finding in document["findings"]:
        place, subject = primary(finding), finding["subject"]
        assert isinstance(subject, list)
        found[place] = " ".join((found.get(place, ""), str(finding["message"]), *subject)).strip()
    return found


def primary(finding: dict[str, object]) -> Place:
    location = finding["locations"][0]  # type: ignore[index]
    cell = location["cell"]
    return Place(str(finding["code"]), location["file"], location["line"], -1 if cell is None else cell)


def source_line(place: Place) -> str:
    content = (SAMPLE / place.file).read_text(encoding="utf-8")
    if place.cell >= 0:
        content = "".join(json.loads(content)["cells"][place.cell]["source"])
    return content.splitlines()[place.line - 1].strip()


@pytest.mark.parametrize("entry", [*DEBTS, *NON_DEBTS], ids=lambda entry: str(entry.place))
def test_every_entry_stands_where_it_says(entry: Entry) -> None:
    assert source_line(entry.place) == entry.text
    assert entry.why.endswith(".")


def test_every_rule_has_a_debt_and_temptations() -> None:
    assert {entry.place.code for entry in DEBTS} >= RULES - OF_SEVERAL
    assert {entry.place.code for entry in NON_DEBTS} >= RULES - OF_SEVERAL
    assert len(NON_DEBTS) >= 20


def test_no_place_is_expected_twice_or_both_ways() -> None:
    places = [entry.place for entry in [*DEBTS, *NON_DEBTS]]
    assert len(set(places)) == len(places)


def test_every_rule_does_its_work(document: dict[str, list[dict[str, object]]]) -> None:
    assert document["problems"] == []


def test_one_cause_makes_one_finding(document: dict[str, list[dict[str, object]]]) -> None:
    places = [primary(finding) for finding in document["findings"]]
    assert sorted(str(place) for place in set(places) if places.count(place) > 1) == []


def test_the_findings_are_the_expected_ones(findings: dict[Place, str]) -> None:
    expected = {entry.place for entry in DEBTS}
    missed = sorted(map(str, expected - findings.keys()))
    unexpected = sorted(f"{place}: {findings[place]}" for place in findings.keys() - expected)
    assert (missed, unexpected) == ([], [])


def test_no_finding_touches_a_temptation(findings: dict[Place, str]) -> None:
    assert sorted(str(entry.place) for entry in NON_DEBTS if entry.place in findings) == []


@pytest.mark.parametrize("entry", DEBTS, ids=lambda entry: str(entry.place))
def test_a_finding_names_its_subject(entry: Entry, findings: dict[Place, str]) -> None:
    assert entry.place in findings
    assert without_holes(entry.subject) in without_holes(findings[entry.place])


def without_holes(name: str) -> str:
    """`data/{day}.parquet` as `data/{}.parquet`: what an unknown part is called is nobody's business here."""
    return re.sub(r"\{[^}]*\}", "{}", name)
