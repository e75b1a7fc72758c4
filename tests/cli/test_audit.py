"""`mldebt audit`: three reports and a summary, whatever is found."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

pytestmark = pytest.mark.usefixtures("test_rules")


def test_reports_are_written_and_findings_are_no_failure(mldebt: Mldebt, repository: Path) -> None:
    ended = mldebt("audit")
    folder = repository / "mldebt-report"
    assert ended.code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json", "report.sarif"]
    assert "TST101" in (folder / "report.html").read_text()
    assert len(json.loads((folder / "report.json").read_text())["findings"]) == 2
    assert json.loads((folder / "report.sarif").read_text())["version"] == "2.1.0"


def test_the_summary_says_how_much_where_to_begin_and_where_the_report_is(mldebt: Mldebt, repository: Path) -> None:
    out = mldebt("audit").out
    assert out.startswith("shop: 2 findings in 2 files, 8 lines; about 10 min to put right\n")
    assert "\n  high         2\n" in out
    assert "\n  TST101  training-script" in out
    assert "\n  high      TST101  eta/train.py:1\n            eta/train.py trains.\n" in out
    assert "Lineage: " in out
    assert out.endswith(
        f"Report: {Path('mldebt-report/report.html')}\n        report.sarif and report.json are beside it\n"
    )


def test_a_repository_elsewhere_and_a_folder_for_the_report(
    mldebt: Mldebt, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mldebt("audit", "shop", "--output-dir", "out/here").code == 0
    assert (tmp_path / "out" / "here" / "report.html").is_file()
    assert not (tmp_path / "mldebt-report").exists()


def test_a_second_audit_gives_the_same_bytes(mldebt: Mldebt, repository: Path) -> None:
    def reports() -> dict[str, bytes]:
        assert mldebt("audit").code == 0
        return {path.name: path.read_bytes() for path in (repository / "mldebt-report").iterdir()}

    assert reports() == reports()


def test_without_findings_the_summary_says_so(mldebt: Mldebt, repository: Path) -> None:
    ended = mldebt("audit", "--select", "TST102")
    assert ended.code == 0
    assert ended.out.startswith("shop: no findings in 2 files, 8 lines\n")


def test_a_failing_rule_is_named_after_the_reports_are_written(mldebt: Mldebt, repository: Path) -> None:
    ended = mldebt("audit", "--select", "ALL")
    assert ended.code == 2
    assert "rule failing-thing of testing 1.0 failed" in ended.err
    assert "failing-thing" in json.loads((repository / "mldebt-report" / "report.json").read_text())["problems"][0]


def test_a_folder_that_can_not_be_made_is_an_error(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt-report").write_text("")
    ended = mldebt("audit")
    assert ended.code == 2
    assert ended.err == "mldebt: error: can't write reports to mldebt-report: mldebt-report is not a folder\n"


def test_a_mistake_leaves_no_folder_behind(mldebt: Mldebt, repository: Path) -> None:
    assert mldebt("audit", "nowhere").code == 2
    assert mldebt("audit", "--select", "nothing").code == 2
    assert not (repository / "mldebt-report").exists()


def test_colour_on_request(mldebt: Mldebt, repository: Path) -> None:
    assert "\x1b[31mhigh" in mldebt("audit", "--color", "always").out


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_page_names_the_commit_of_a_git_repository(mldebt: Mldebt, repository: Path) -> None:
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@example.org", "-C", str(repository)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert mldebt("audit").code == 0
    assert commit[:12] in (repository / "mldebt-report" / "report.html").read_text()
