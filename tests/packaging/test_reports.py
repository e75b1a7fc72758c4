"""reports/ holds what `make audit` makes of the sample; this fails when it is out of date: run `make audit`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["report.html", "report.json", "report.sarif"])
def test_the_reports_on_the_sample_are_up_to_date(fresh: Path, name: str) -> None:
    assert (fresh / name).read_bytes() == (ROOT / "reports" / name).read_bytes(), "run make audit"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    assert main(["audit", str(ROOT / "fixtures" / "eats_eta"), "--output-dir", str(folder), "--no-cache"]) == 0
    return folder
