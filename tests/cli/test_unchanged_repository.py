"""A second run over an unchanged repository says the same at once; whatever matters makes it look again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mldebt.cli.replay import SURROUNDINGS

PROGRAM = """\
import pandas as pd

features = pd.read_csv("features.csv")[["age", "spend"]]
features.to_parquet("clean.parquet")
"""


class Repository:
    """A small repository, checked by processes of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "prepare.py").write_text(PROGRAM)
        (root / "features.csv").write_text("age,spend\n1,2\n")

    def check(self, *options: str) -> tuple[str, bool]:
        """What `mldebt check` says, and whether it had to look at the code again."""
        command = [sys.executable, "-X", "importtime", "-m", "mldebt", "check", "--output-format", "json", *options]
        ended = subprocess.run([*command, str(self.root)], capture_output=True, text=True, cwd=self.root, check=False)
        assert ended.returncode in (0, 1), ended.stderr[-2000:]
        return ended.stdout, "mldebt.evaluate" in ended.stderr


WAIVER = """\
[[waivers]]
rule = "MLD204"
thing = "clean.parquet"
reason = "agreed"
until = 2026-12-31
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_an_unchanged_repository_is_answered_without_loading_the_engine(repository: Repository) -> None:
    first, looked = repository.check()
    assert looked
    assert repository.check() == (first, False)
    assert repository.check("--no-cache") == (first, True)


TRAINING = """\
from pathlib import Path

import joblib
import pandas as pd
import yaml
from sklearn.linear_model import Ridge

with open("params.yaml") as file:
    params = yaml.safe_load(file)
days = pd.concat([pd.read_csv(day) for day in Path("data").glob("**/*.csv")])
joblib.dump(Ridge(alpha=params["alpha"]).fit(days[["age"]], days["spend"]), "model.joblib")
"""


def test_so_is_one_of_many_files_whose_settings_environment_and_data_are_looked_at(repository: Repository) -> None:
    root = repository.root
    for number in range(250):
        folder = root / "data" / f"{number % 25}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.csv").write_text("age,spend\n1,2\n")
    (root / "train.py").write_text(TRAINING)
    (root / "params.yaml").write_text("alpha: 1\nbeta: 2\n")
    (root / "requirements.txt").write_text("scikit-learn\n")
    first, _ = repository.check("--select", "ALL")
    assert repository.check("--select", "ALL") == (first, False)

    (root / "deploy" / "run.sh").parent.mkdir()
    (root / "deploy" / "run.sh").write_text("yq .beta params.yaml\n")
    _, looked = repository.check("--select", "ALL")
    assert looked, "a new file in a new folder"


def test_every_change_that_may_matter_is_seen(repository: Repository) -> None:
    root = repository.root
    repository.check()
    stamps = (root / "prepare.py").stat()

    (root / "prepare.py").write_text(PROGRAM.replace("clean.", "fresh."))
    os.utime(root / "prepare.py", ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    said, looked = repository.check()
    assert looked, "the same size and time of change are no proof"
    assert "fresh.parquet" in said and "clean.parquet" not in said

    (root / "report.py").write_text('import pandas as pd\n\npd.read_parquet("fresh.parquet")\n')
    said, looked = repository.check()
    assert looked, "a new file"
    assert "fresh.parquet is written" not in said

    (root / "mldebt.toml").write_text('select = ["MLD001"]\n')
    assert repository.check()[1], "a new configuration"
    assert not repository.check()[1]

    (root / "features.csv").write_text("age,spend,city\n1,2,x\n")
    assert repository.check()[1], "the header of a data file that the code reads"


def test_a_touched_file_with_the_same_content_is_no_change(repository: Repository) -> None:
    first, _ = repository.check()
    (root := repository.root / "prepare.py").touch()
    os.utime(root)
    assert repository.check() == (first, False)


def test_a_damaged_record_is_no_record(repository: Repository) -> None:
    first, _ = repository.check()
    for record in (repository.root / ".mldebt_cache" / "runs").iterdir():
        record.write_bytes(record.read_bytes()[:-7])
    assert repository.check() == (first, True)


def test_files_are_written_on_every_run(repository: Repository) -> None:
    file = repository.root / "out" / "findings.xml"
    for option in (("--output-format", f"junit={file}"), ("--output-file", str(file))):
        first = repository.check(*option)
        text = file.read_text()
        file.unlink()
        assert repository.check(*option) == first
        assert file.read_text() == text


def test_an_answer_holds_until_the_next_waiver_expires(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.root / "mldebt.toml").write_text(WAIVER)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798718400")
    first, _ = repository.check()
    assert '"MLD204"' in first.partition('"suppressed"')[2]
    assert repository.check() == (first, False)


def test_a_configuration_elsewhere_counts(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("settings") / "mldebt.toml"
    elsewhere.write_text("")
    first, _ = repository.check("--config", str(elsewhere))
    assert repository.check("--config", str(elsewhere)) == (first, False)
    elsewhere.write_text('ignore = ["MLD204"]\n')
    said, looked = repository.check("--config", str(elsewhere))
    assert looked and said != first


def test_a_comparison_is_remembered_until_a_name_of_git_means_another_commit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        own = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
        subprocess.run(["git", *own, *arguments], cwd=repository.root, check=True, capture_output=True)

    for variable in SURROUNDINGS:
        monkeypatch.delenv(variable, raising=False)
    (repository.root / ".gitignore").write_text(".mldebt_cache/\n*.csv\n")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    git("branch", "old")
    first, looked = repository.check("--diff-base", "old")
    assert looked
    assert repository.check("--diff-base", "old") == (first, False)
    git("commit", "-q", "--allow-empty", "-m", "two")
    assert repository.check("--diff-base", "old")[1], "HEAD is another commit"
    assert not repository.check("--diff-base", "old")[1]
    git("branch", "-f", "old", "HEAD")
    said, looked = repository.check("--diff-base", "old")
    assert looked, "the branch is another commit"
    assert said != first
    monkeypatch.setenv("CI_COMMIT_BEFORE_SHA", "HEAD~1")
    assert repository.check("--diff-base", "old")[1], "the surroundings may name another one"


def test_another_baseline_is_another_answer(repository: Repository) -> None:
    baseline = repository.root / "known.json"
    baseline.write_text('{"schema": "mldebt-baseline/1"}')
    first, _ = repository.check("--baseline", str(baseline))
    assert repository.check("--baseline", str(baseline)) == (first, False)
    command = [sys.executable, "-m", "mldebt", "baseline", "update", "--baseline", str(baseline), str(repository.root)]
    subprocess.run(command, check=True, capture_output=True)
    said, looked = repository.check("--baseline", str(baseline))
    assert looked and '"findings": []' in said
