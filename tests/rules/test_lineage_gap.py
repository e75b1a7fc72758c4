from __future__ import annotations

from mldebt.rules.model import Finding, Settings
from mldebt_rules.meta.lineage_gap import LineageGap
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(LineageGap().check(building.graph(), Settings()))


def gaps(*lines: int, reason: str = "name with unknown parts") -> Building:
    building = Building().unit("train.py", ["train"])
    for line in lines:
        detail = "read_csv() names its file through `path`: " + reason
        building.node(f"gap:{line}", at=f"train.py:{line}", reason=reason, detail=detail, blocks="READS")
    return building


def test_all_gaps_of_a_file_are_one_finding_at_the_first() -> None:
    (finding,) = findings(gaps(20, 9))
    assert finding.headline == "Lineage stops at 2 places in `train.py`, which is used to train."
    assert [str(location) for location in finding.locations] == ["train.py:9", "train.py:20"]
    assert (finding.severity, finding.evidence) == ("low", "certain")


def test_the_cheapest_repair_fits_the_reason() -> None:
    assert "constant" in findings(gaps(1))[0].help
    assert "defaults" in findings(gaps(1, reason="configuration file that is not in the repository"))[0].help
    assert ".sql" in findings(gaps(1, reason="query: computed value"))[0].help


def test_production_counts_whatever_the_role() -> None:
    (finding,) = findings(gaps(3).unit("train.py", ["explore"], production=True))
    assert "runs in production" in finding.headline


def test_tests_examples_and_exploration_are_silent() -> None:
    for roles in (["test"], ["example"], ["explore"], []):
        assert findings(gaps(3).unit("train.py", roles)) == []


def test_the_fingerprint_is_that_of_the_file() -> None:
    assert findings(gaps(3))[0].fingerprint == findings(gaps(3, 9))[0].fingerprint
