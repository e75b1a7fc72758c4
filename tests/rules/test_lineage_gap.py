from __future__ import annotations

import pytest

from mldebt.rules.model import Finding, Settings
from mldebt_rules.meta.lineage_gap import LineageGap
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(LineageGap().check(building.graph(), Settings()))


def gaps(*lines: int, reason: str = "name with unknown parts") -> Building:
    building = Building().unit("train.py", ["train"]).edge("model:m", "PERSISTS", "artifact:m.pkl", "train.py:90")
    for line in lines:
        detail = "read_csv() names its file through `path`: " + reason
        building.node(f"gap:{line}", at=f"train.py:{line}", reason=reason, detail=detail, blocks="READS")
    return building


def test_places_with_the_same_cause_are_one_place() -> None:
    (finding,) = findings(gaps(20, 9))
    assert finding.headline == "Lineage stops at one place in `train.py`, which is used to train."
    assert [str(location) for location in finding.locations] == ["train.py:9"]
    assert (finding.severity, finding.evidence) == ("low", "certain")


def test_the_cheapest_repair_fits_the_reason() -> None:
    assert "constant" in findings(gaps(1))[0].help
    assert "defaults" in findings(gaps(1, reason="configuration file that is not in the repository"))[0].help
    assert ".sql" in findings(gaps(1, reason="query: computed value"))[0].help


def test_production_without_a_model_is_silent() -> None:
    assert findings(gaps(3).unit("train.py", ["explore"], production=True)) == []


def test_production_that_feeds_stored_records_counts() -> None:
    building = gaps(3).unit("train.py", [], production=True).node("dataset:db::orders", store="table")
    building.edge("frame:df", "WRITES", "dataset:db::orders", "train.py:9")
    assert findings(building) == []
    (finding,) = findings(building.node("job:feed", file="train.py"))
    assert "feeds stored data in production" in finding.headline


def test_training_without_a_stored_model_is_silent() -> None:
    building = Building().unit("fit.py", ["train"])
    building.node("gap:1", at="fit.py:1", reason="computed name", detail="computed name", blocks="READS")
    assert findings(building) == []


def test_code_put_away_is_silent() -> None:
    for folder in ("trash", "old", "archive", "deprecated", "legacy", "archive_2024", "legacy-v4"):
        building = Building().unit(f"{folder}/score.py", ["score"])
        building.node("gap:1", at=f"{folder}/score.py:1", reason="computed name", detail="x", blocks="READS")
        assert findings(building) == []


@pytest.mark.parametrize(
    "reason",
    [
        "parameter that no call in the repository binds", "query: parameter that no call in the repository binds",
        "command-line option without a default", "item of a listing", "missing argument", "query: value without data",
        "part of a text",
    ],
)  # fmt: skip
def test_what_users_callers_and_frameworks_hand_in_is_silent(reason: str) -> None:
    assert findings(gaps(3, reason=reason)) == []
    assert findings(gaps(3, reason=reason).unit("train.py", ["train"], production=True)) == []


def test_code_put_away_is_silent_with_what_starts_it() -> None:
    building = Building().unit(" archived/score.py", ["score"], production=True)
    building.node("gap:1", at=" archived/score.py:1", reason="computed name", detail="x", blocks="READS")
    assert findings(building) == []


def test_a_place_with_another_name_is_silent() -> None:
    assert findings(gaps(3).edge("dataset:a.csv", "READS", "frame:df", "train.py:3")) == []


def test_tests_examples_and_exploration_are_silent() -> None:
    for roles in (["test"], ["example"], ["explore"], []):
        assert findings(gaps(3).unit("train.py", roles)) == []


def test_the_fingerprint_is_that_of_the_file() -> None:
    assert findings(gaps(3))[0].fingerprint == findings(gaps(3, 9))[0].fingerprint
