"""`--fix` and `--unsafe-fixes`: what is changed in files, what is left for people, what is told of both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

TRAIN = """\
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

customers = pd.read_csv("customers.csv")   # as they come
customers["decade"] = customers["born"] // 10
model = RandomForestClassifier()
model.fit(customers[["age"]], customers["churned"])
joblib.dump(model, "churn.joblib")
"""
SAFELY = (
    TRAIN
    .replace('customers["decade"] = customers["born"] // 10\n', "")
    .replace('s.csv")', 's.csv", usecols=["age", "churned"])')
)  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "customers.csv").write_text("id,age,born,fax,churned\n1,34,1990,,0\n")
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def test_what_is_safe_is_fixed_until_nothing_is_left_to_fix(repository: Path, mldebt: Mldebt) -> None:
    (repository / "train.py").write_bytes(TRAIN.replace("\n", "\r\n").encode())
    ended = mldebt("check", repository, "--fix", "--output-format", "concise")
    assert (repository / "train.py").read_bytes() == SAFELY.replace("\n", "\r\n").encode()
    assert ended.err == "Fixed 3 findings in 1 file.\n"
    assert "1 finding can be fixed with --fix --unsafe-fixes." in ended.out
    assert "MLD203" not in ended.out


def test_unsafe_fixes_are_asked_for(repository: Path, mldebt: Mldebt) -> None:
    ended = mldebt("check", repository, "--fix", "--unsafe-fixes")
    assert ended.code == 0
    assert (repository / "train.py").read_text() == SAFELY.replace("Classifier()", "Classifier(random_state=0)")


def test_findings_say_whether_they_can_be_fixed(repository: Path, mldebt: Mldebt) -> None:
    short = mldebt("check", repository, "--output-format", "concise").out
    assert "train.py:6:1: MLD203 [*] Column `decade` is computed" in short
    assert "train.py:7:1: MLD801 `churn.joblib` comes out" in short
    assert "[*] 2 findings can be fixed with --fix (1 more with --unsafe-fixes).\n" in short
    long = mldebt("check", repository).out
    assert "MLD203 [*] unused-input-column" in long
    assert (
        "fix: Give every random step a seed (--fix --unsafe-fixes)\n"
        "   -model = RandomForestClassifier()\n"
        "   +model = RandomForestClassifier(random_state=0)\n"
    ) in long


def test_fixes_are_data_in_json_and_sarif(repository: Path, mldebt: Mldebt) -> None:
    document = json.loads(mldebt("check", repository, "--select", "MLD801", "--output-format", "json").out)
    edit = {"file": "train.py", "line": 7, "column": 32, "end_line": 7, "end_column": 32, "cell": None}
    assert document["findings"][0]["fixes"] == [
        {"title": "Give every random step a seed", "safety": "unsafe", "edits": [{**edit, "text": "random_state=0"}]}
    ]
    log = json.loads(mldebt("check", repository, "--select", "MLD801", "--output-format", "sarif").out)
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "train.py"
    assert change["replacements"][0]["insertedContent"] == {"text": "random_state=0"}


def test_a_diff_shows_new_files_and_writes_nothing(tmp_path: Path, mldebt: Mldebt) -> None:
    (tmp_path / "CODEOWNERS").write_text("/scoring/ @shop/growth\n/pricing/ @shop/pricing\n")
    score = (
        'import joblib\nimport pandas as pd\n\nmodel = joblib.load("m.pkl")\nusers = pd.read_parquet("users.parquet")\n'
        'users["score"] = model.predict(users[["age"]])\nusers[["id", "score"]].to_parquet("scores.parquet")\n'
    )
    read = (
        'import pandas as pd\n\nscored = pd.read_parquet("scores.parquet")\nscored[scored["score"] > 0.7].to_csv("d")\n'
    )
    for name, text in (("scoring/score.py", score), ("pricing/cut.py", read)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    options = (tmp_path, "--select", "MLD105", "--unsafe-fixes")
    ended = mldebt("check", *options, "--diff")
    assert ended.code == 1
    assert "--- /dev/null\n+++ b/mldebt.toml\n" in ended.out
    assert not (tmp_path / "mldebt.toml").exists()
    assert mldebt("check", *options, "--fix").code == 0
    assert 'consumer = "pricing/cut.py"' in (tmp_path / "mldebt.toml").read_text()


def test_a_notebook_changes_in_its_cell_only(repository: Path, mldebt: Mldebt) -> None:
    cells = [
        {"cell_type": "code", "metadata": {"é": 1}, "outputs": [], "execution_count": 2, "source": source}
        for source in (
            ["%matplotlib inline\n", *TRAIN.splitlines(keepends=True)[:3]],
            TRAIN.splitlines(keepends=True)[4:],
        )
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (repository / "train.py").unlink()
    (repository / "train.ipynb").write_text(text)
    workflows = repository / ".github" / "workflows"
    workflows.mkdir(parents=True)
    run = "on: {schedule: [{cron: 0 4 * * *}]}\njobs: {a: {steps: [{run: jupyter nbconvert --execute train.ipynb}]}}\n"
    (workflows / "train.yml").write_text(run)
    mldebt("check", repository, "--fix", "--unsafe-fixes")
    changed = (repository / "train.ipynb").read_text()
    was, now = text.splitlines(), changed.splitlines()
    assert [line.strip() for line in now if line not in was] == [
        r""""customers = pd.read_csv(\"customers.csv\", usecols=[\"age\", \"churned\"])   # as they come\n",""",
        r""""model = RandomForestClassifier(random_state=0)\n",""",
    ]
    assert len(now) == len(was) - 1


def test_unsafe_fixes_alone_make_no_sense(repository: Path, mldebt: Mldebt) -> None:
    ended = mldebt("check", repository, "--unsafe-fixes")
    assert ended.code == 2
    assert "--unsafe-fixes says which fixes are made" in ended.err


def test_what_a_fix_comes_to_is_known_again(repository: Path, mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch) -> None:
    first = json.loads(mldebt("check", repository, "--output-format", "json").out)
    assert any(finding["fixes"] for finding in first["findings"])
    (repository / "other.py").write_text("import pandas as pd\n")

    def make(*_: object) -> None:
        raise AssertionError("the code of train.py was taken apart again")

    with monkeypatch.context() as patched:
        patched.setattr("mldebt.fixes.making.make", make)
        again = json.loads(mldebt("check", repository, "--output-format", "json").out)
    assert [each["fixes"] for each in again["findings"]] == [each["fixes"] for each in first["findings"]]


@pytest.mark.parametrize("changed", ["# moved\n" + TRAIN, TRAIN.replace("RandomForestClassifier()", "make()")])
def test_what_a_fix_comes_to_is_known_of_the_same_text_only(repository: Path, mldebt: Mldebt, changed: str) -> None:
    mldebt("check", repository)
    (repository / "train.py").write_text(changed)
    kept = mldebt("check", repository, "--output-format", "json").out
    assert kept == mldebt("check", repository, "--output-format", "json", "--no-cache").out


def test_a_fix_is_made_again_once_other_code_imports_the_file(repository: Path, mldebt: Mldebt) -> None:
    train = TRAIN.replace('pd.read_csv("customers.csv")', 'pd.read_csv("customers.csv", usecols=COLUMNS)').replace(
        "customers =", 'COLUMNS = ["age", "fax", "churned"]\ncustomers ='
    )
    (repository / "train.py").write_text(train)
    alone = mldebt("check", repository, "--output-format", "json").out
    (repository / "other.py").write_text("from train import COLUMNS\nprint(COLUMNS)\n")
    kept = mldebt("check", repository, "--output-format", "json").out
    assert kept == mldebt("check", repository, "--output-format", "json", "--no-cache").out
    assert json.loads(kept)["findings"] != json.loads(alone)["findings"]
