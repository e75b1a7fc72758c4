"""`check` with a text from an editor, with figures, with explanations, again and again."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

EXPORT = 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\norders.to_parquet("clean.parquet")\n'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.py").write_text(EXPORT)
    return tmp_path


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input_counts_in_place_of_the_file(
    shop: Path, mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "other.py").write_text(EXPORT.replace("clean", "other"))
    stdin(monkeypatch, "# new\n\n" + EXPORT.replace("clean", "fresh"))
    ended = mldebt("check", "-", "--stdin-filename", "export.py")
    assert ended.code == 1
    assert "--> export.py:6:1" in ended.out
    assert 'orders.to_parquet("fresh.parquet")' in ended.out
    assert "Found 1 finding:" in ended.out, "only of this file"


def test_standard_input_may_be_a_new_file_and_the_others_are_seen(
    shop: Path, mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, 'import pandas as pd\n\nprint(pd.read_parquet("clean.parquet"))\n')
    assert mldebt("check", "-", "--stdin-filename", "report.py").code == 0


@pytest.mark.parametrize(
    ("most", "seen"), [(100, {"export.py", "far/report.py", "near.py"}), (3, {"export.py", "near.py"})]
)
def test_of_a_large_folder_that_is_no_project_a_lone_file_is_seen_with_those_beside_it(
    shop: Path, mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch, most: int, seen: set[str]
) -> None:
    (shop / "far").mkdir()
    (shop / "far" / "report.py").write_text('import pandas as pd\n\nprint(pd.read_parquet("clean.parquet"))\n')
    (shop / "near.py").write_text("import export\n")
    monkeypatch.setattr("mldebt.cli.lone.MOST", most)
    graph = json.loads(mldebt("graph", "export.py", "--no-cache").out)
    assert {unit["file"] for unit in graph["units"]} == seen
    assert mldebt("check", "export.py", "--exit-zero").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-"], "which file is on standard input?"),
        (["--stdin-filename", "a.py"], "--stdin-filename goes with - in place of the paths"),
        (["-", ".", "--stdin-filename", "a.py"], "can't be checked together with other paths"),
        (["-", "--stdin-filename", "a.py", "--fix"], "--fix needs files on disk"),
        (["-", "--stdin-filename", "no/a.py"], "there is no folder"),
        (["--watch", "--fix"], "--watch only looks"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(shop: Path, mldebt: Mldebt, arguments: list[str], told: str) -> None:
    ended = mldebt("check", *arguments)
    assert ended.code == 2
    assert told in ended.err


def test_statistics_count_by_rule(shop: Path, mldebt: Mldebt) -> None:
    (shop / "more.py").write_text(EXPORT.replace("clean", "more").rstrip() + "  # mldebt: ignore[MLD204] why\n")
    ended = mldebt("check", "--statistics")
    assert ended.code == 1
    assert re.search(r"^ +1 +1 +10 min +[\d,]+ ms  MLD204 unused-dataset$", ended.out, re.MULTILINE)
    assert re.search(r"^ +0 +0 + [\d,]+ ms  MLD301 direct-feedback-loop$", ended.out, re.MULTILINE)
    assert "Found 1 finding (1 suppressed).\n" in ended.out
    assert "export.py:4" not in ended.out


def test_statistics_are_data_where_json_is_asked_for(shop: Path, mldebt: Mldebt) -> None:
    said = json.loads(mldebt("check", "--statistics", "--output-format", "json", "--output-format", "concise=x").out)
    assert said["schema"] == "mldebt-statistics/1"
    assert (said["findings"], said["set_aside"], said["effort_minutes"]) == (1, 0, 10)
    first = said["rules"][0]
    assert first.pop("milliseconds") >= 0
    assert first == {"code": "MLD204", "rule": "unused-dataset", "findings": 1, "set_aside": 0, "effort_minutes": 10}
    assert said["coverage"]["files"] == 1
    assert (shop / "x").read_text().startswith("export.py:4:1: MLD204")


def test_the_rules_of_what_is_found_are_explained(shop: Path, mldebt: Mldebt) -> None:
    said = mldebt("check", "--explain", "--output-format", "concise").out
    assert said.startswith("export.py:4:1: MLD204")
    assert "\nMLD204 unused-dataset\n" in said
    assert "Why it is debt\n--------------\n" in said
    assert "MLD301" not in said.partition("Why it is debt")[0]


def test_watching_checks_again_when_something_changes(shop: Path) -> None:
    command = [sys.executable, "-m", "mldebt", "check", "--watch", "--output-format", "concise"]
    log = shop / "log.txt"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=shop) as process:
        try:
            _wait_for(log, "Watching for changes", 1)
            (shop / "export.py").write_text(EXPORT.replace("clean", "fresh"))
            _wait_for(log, "Watching for changes", 2)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    said = log.read_text()
    assert "`clean.parquet` is written" in said
    assert "`fresh.parquet` is written" in said


def _wait_for(log: Path, text: str, times: int) -> None:
    until = time.monotonic() + 60
    while log.read_text().count(text) < times:
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)
