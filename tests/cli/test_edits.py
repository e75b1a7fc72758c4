"""`check --fix`, `--diff` and `--add-ignore` change what they say, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"
HEAD = 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\n'
WRITE = 'orders.to_parquet("clean.parquet")'
NOTEBOOK = """\
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 3,
   "metadata": {},
   "outputs": [],
   "source": [
    "import pandas as pd\\n",
    "from sklearn.preprocessing import StandardScaler\\n",
    "from sklearn.model_selection import train_test_split\\n",
    "from sklearn.svm import SVC\\n",
    "table = pd.read_csv(\\"caf\\u00e9.csv\\")\\n",
    "scaled = StandardScaler().fit_transform(table[[\\"a\\", \\"b\\"]])\\n",
    "X, X_test, y, y_test = train_test_split(scaled, table[\\"late\\"], random_state=1)\\n",
    "print(SVC().fit(X, y).score(X_test, y_test))"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "export.py").write_text(HEAD + WRITE + "\n")
    return tmp_path


def test_a_fix_removes_the_comment_that_nothing_needs(repository: Path, mldebt: Mldebt) -> None:
    lines = [
        "# mldebt: ignore[MLD301] gone",
        f"{WRITE}  # type: ignore  # mldebt: ignore[MLD204, MLD411] read by people",
        "print(orders)  # noqa: MLD204, T201 shown",
        "print(orders.columns)  # mldebt: ignore[MLD204]",
        "# mldebt: ignore-file[MLD801]",
    ]
    (repository / "export.py").write_bytes((HEAD + "\n".join(lines)).replace("\n", "\r\n").encode())
    ended = mldebt("check", repository, "--fix")
    assert ended.code == 0, ended.out
    assert ended.err == "Fixed 5 findings in 1 file.\n"
    kept = [
        f"{WRITE}  # type: ignore  # mldebt: ignore[MLD204] read by people",
        "print(orders)  # noqa: T201 shown",
        "print(orders.columns)",
        "",
    ]
    assert (repository / "export.py").read_bytes().decode() == (HEAD + "\n".join(kept)).replace("\n", "\r\n")


def test_a_diff_writes_nothing_and_can_be_applied(repository: Path, mldebt: Mldebt) -> None:
    (repository / "export.py").write_text(HEAD + "print(orders)  # mldebt: ignore[MLD204]")
    before = (repository / "export.py").read_text()
    ended = mldebt("check", repository, "--diff", "--no-cache")
    assert ended.code == 1
    assert (repository / "export.py").read_text() == before
    (repository / "fix.patch").write_text(ended.out)
    subprocess.run(["git", "apply", "fix.patch"], cwd=repository, check=True)
    assert (repository / "export.py").read_text() == HEAD + "print(orders)"
    assert mldebt("check", repository, "--diff", "--no-cache").code == 0


def test_accepted_findings_get_a_comment_each(repository: Path, mldebt: Mldebt) -> None:
    ended = mldebt("check", repository, "--add-ignore", "read by\npeople")
    assert (ended.code, ended.err) == (0, "Wrote comments for 1 finding in 1 file.\n")
    assert (repository / "export.py").read_text() == f"{HEAD}{WRITE}  # mldebt: ignore[MLD204] read by people\n"
    assert mldebt("check", repository).code == 0


def test_a_long_line_gets_its_comment_above(repository: Path, mldebt: Mldebt) -> None:
    long = f'if True:\n    orders.to_parquet("{"x" * 90}.parquet")\n'
    (repository / "export.py").write_text(HEAD + long)
    mldebt("check", repository, "--add-ignore", "why")
    comment = "    # mldebt: ignore[MLD204] why\n"
    assert (repository / "export.py").read_text() == HEAD + long.replace("    orders", f"{comment}    orders")


def test_lines_end_as_the_others_of_the_file(repository: Path, mldebt: Mldebt) -> None:
    long = f'orders.to_parquet("{"x" * 100}.parquet")\n'
    (repository / "export.py").write_bytes((HEAD + long).replace("\n", "\r\n").encode())
    mldebt("check", repository, "--add-ignore", "why")
    written = (repository / "export.py").read_bytes()
    assert written == (HEAD + "# mldebt: ignore[MLD204] why\n" + long).replace("\n", "\r\n").encode()
    assert mldebt("check", repository).code == 0


def test_a_notebook_changes_in_one_line(tmp_path: Path, mldebt: Mldebt) -> None:
    (tmp_path / "late.ipynb").write_text(NOTEBOOK)
    assert mldebt("check", tmp_path, "--add-ignore", "why").code == 0
    changed = (tmp_path / "late.ipynb").read_text()
    old, new = set(NOTEBOOK.splitlines()), set(changed.splitlines())
    assert [line.strip() for line in old - new] == [
        r""""scaled = StandardScaler().fit_transform(table[[\"a\", \"b\"]])\n","""
    ]
    assert len(changed.splitlines()) == len(NOTEBOOK.splitlines())
    assert mldebt("check", tmp_path).code == 0
    text = changed.replace("MLD701", "MLD301")
    (tmp_path / "late.ipynb").write_text(text)
    mldebt("check", tmp_path, "--fix")
    assert (tmp_path / "late.ipynb").read_text() == NOTEBOOK


def test_all_debt_of_the_sample_can_be_accepted(tmp_path: Path, mldebt: Mldebt) -> None:
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root)
    assert mldebt("check", root, "--fix", "--select", "ALL").code == 1
    assert mldebt("check", root, "--add-ignore", "known").code == 0
    document = json.loads(mldebt("check", root, "--output-format", "json").out)
    assert document["findings"] == []
    assert len(document["suppressed"]) > 20


def test_comments_count_in_settings_and_requirements(tmp_path: Path, mldebt: Mldebt) -> None:
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root)
    assert mldebt("check", root, "--add-ignore", "known", "--select", "MLD504,MLD803").code == 0
    assert "  # mldebt: ignore[MLD504] known\n" in (root / "config" / "base.yaml").read_text()
    assert "# mldebt: ignore[MLD803] known\nscikit-learn>=" in (root / "requirements.txt").read_text()
    document = json.loads(mldebt("check", root, "--select", "MLD504,MLD803", "--output-format", "json").out)
    assert document["findings"] == []
    assert {finding["by"] for finding in document["suppressed"]} == {"comment"}


WORKFLOW = """\
on: {schedule: [{cron: "0 4 * * *"}]}
jobs:
  train:
    runs-on: ubuntu-latest
    steps:
      - run: |
          pip install -r requirements.txt
          jupyter nbconvert --execute notebooks/train.ipynb
"""


def test_comments_stand_in_the_scripts_of_pipelines(tmp_path: Path, mldebt: Mldebt) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / ".github" / "workflows" / "train.yml").write_text(WORKFLOW)
    (tmp_path / "notebooks" / "train.ipynb").write_text(NOTEBOOK)
    assert "MLD409" in mldebt("check", tmp_path, "--output-format", "concise").out
    assert mldebt("check", tmp_path, "--add-ignore", "why").code == 0
    lines = (tmp_path / ".github" / "workflows" / "train.yml").read_text().splitlines()
    assert lines[7] == "          # mldebt: ignore[MLD409] why"
    assert mldebt("check", tmp_path).code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--add-ignore", " "], "--add-ignore needs a reason"),
        (["--add-ignore", "why", "--fix"], "--fix and --add-ignore are two runs"),
    ],
)
def test_options_that_make_no_sense(repository: Path, mldebt: Mldebt, options: list[str], told: str) -> None:
    ended = mldebt("check", repository, *options)
    assert ended.code == 2
    assert told in ended.err
