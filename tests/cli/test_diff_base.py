"""`mldebt check --diff-base`: only what a change brought, whatever kind of change it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mldebt.cli.replay import SURROUNDINGS
from tests.cli.conftest import Ended, Mldebt, TrainingScript

Json = dict[str, Any]

WRITE = """\
import pandas as pd

orders = pd.read_csv("data/orders.csv")
orders["total"] = orders["price"] * orders["count"]
orders[["id", "total"]].to_parquet("data/totals.parquet")
"""
READ = """\
import pandas as pd

totals = pd.read_parquet("data/totals.parquet")
print(totals[["id", "total"]].describe())
"""
UNUSED = """\
import pandas as pd

stock = pd.read_csv("data/stock.csv")
stock.to_parquet("data/stock_copy.parquet")
"""
LEAK = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("data/customers.csv")
df["age"] = df["age"].fillna(df["age"].median())
train, test = train_test_split(df, test_size=0.2, random_state=0)
model = LogisticRegression().fit(train[["age", "spend"]], train["churned"])
print(accuracy_score(test["churned"], model.predict(test[["age", "spend"]])))
"""
FRAMES = """\
import pandas as pd


def load(path):
    frame = pd.read_csv(path)
    frame["x"] = 1
    return frame[["id"]]


print(load("a.csv"), load("b.csv"))
"""


class Git:
    """A repository, and a way to commit to it without the settings of whoever runs the tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> str:
        own = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "protocol.file.allow=always")
        done = subprocess.run(["git", *own, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str] | None = None) -> str:
        self.write(files or {})
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", "a step")
        return self("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hook and no server of CI around the tests."""
    for variable in (*SURROUNDINGS, "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Two jobs, the second of which reads what the first one writes, and one whose output nobody reads."""
    repository = Git(tmp_path / "shop")
    repository.commit({"write.py": WRITE, "read.py": READ, "unused.py": UNUSED, ".gitignore": ".mldebt_cache/\n"})
    monkeypatch.chdir(repository.root)
    return repository


Check = Callable[..., Ended]


@pytest.fixture
def check(mldebt: Mldebt) -> Check:
    def run(*arguments: str, base: str = "HEAD") -> Ended:
        return mldebt("check", "--diff-base", base, "--select", "MLD2,MLD701", *arguments)

    return run


def told(ended: Ended) -> tuple[list[str], list[str]]:
    """The files of new and of repaid findings."""
    document: Json = json.loads(ended.out)
    new = [finding["locations"][0]["file"] for finding in document["findings"]]
    return new, [finding["file"] for finding in document["comparison"]["repaid"]]


def as_json(check: Check, **options: str) -> tuple[list[str], list[str]]:
    return told(check("--output-format", "json", **options))


def test_the_repository_has_debt_that_is_not_new(mldebt: Mldebt, check: Check, git: Git) -> None:
    assert mldebt("check", "--select", "MLD204", "--output-format", "concise").code == 1
    ended = check("--output-format", "concise")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"No new debt since HEAD ({git('rev-parse', 'HEAD')[:10]}) (1 known before).\n"


def test_new_debt_is_told_with_the_line_that_brought_it(check: Check, git: Git) -> None:
    git.write({"write.py": WRITE + 'orders[["id", "total"]].to_csv("data/extra.csv")\n'})
    ended = check()
    assert ended.code == 1
    assert "data/extra.csv" in ended.out
    assert "stock_copy" not in ended.out
    assert 'brought by: write.py:6\n     + orders[["id", "total"]].to_csv("data/extra.csv")\n' in ended.out
    assert "Found 1 new finding since HEAD" in ended.out
    assert check("--exit-zero").code == 0


def test_a_deletion_alone_can_bring_debt(check: Check, git: Git) -> None:
    git("rm", "-q", "read.py")
    git.commit()
    ended = check("--output-format", "json", base="HEAD~1")
    assert told(ended) == (["write.py"], [])
    (finding,) = json.loads(ended.out)["findings"]
    assert finding["brought_by"] == {
        "file": "read.py",
        "line": 3,
        "cell": None,
        "text": 'totals = pd.read_parquet("data/totals.parquet")',
        "removed": True,
    }
    assert "brought by: removing read.py:3\n     - totals = pd.read" in check(base="HEAD~1").out


def test_debt_that_is_gone_is_told_and_costs_nothing(check: Check, git: Git) -> None:
    git.write({"more.py": READ.replace("totals.parquet", "stock_copy.parquet")})
    ended = check()
    assert ended.code == 0
    assert "Repaid:\n  MLD204 unused-dataset: " in ended.out
    assert "(was at unused.py:4)" in ended.out.replace("\n    ", " ")
    assert "No new debt since HEAD" in ended.out
    assert as_json(check) == ([], ["unused.py"])


def test_moved_lines_and_renamed_files_bring_nothing(check: Check, git: Git) -> None:
    git.write({"unused.py": "# moved\n\n" + UNUSED})
    assert as_json(check) == ([], [])
    git("mv", "unused.py", "jobs.py")
    assert as_json(check) == ([], []), "in the index"
    git("reset", "-q", "--hard")
    (git.root / "unused.py").rename(git.root / "other.py")
    assert as_json(check) == ([], []), "unknown to git"


def test_what_a_name_in_an_id_does_not_change(check: Check, git: Git) -> None:
    git.commit({"frames.py": FRAMES})
    before = check("--select", "MLD203", "--output-format", "json", base="HEAD~1")
    assert told(before)[0] == ["frames.py"], "or this test says nothing"
    git.write({"frames.py": FRAMES.replace("load", "fetch")})
    assert as_json(check) == ([], []), "a renamed function"
    git.write({"frames.py": FRAMES.replace("a.csv", "c.csv")})
    assert as_json(check) == ([], []), "another call"
    git("mv", "frames.py", "loading.py")
    assert as_json(check) == ([], []), "a renamed file as well"


def test_what_others_did_since_is_not_counted(check: Check, git: Git) -> None:
    git("checkout", "-q", "-b", "feature")
    git.commit({"new.py": UNUSED.replace("stock", "price")})
    git("checkout", "-q", "main")
    git.commit({"more.py": READ.replace("totals.parquet", "stock_copy.parquet")})
    git("checkout", "-q", "feature")
    assert as_json(check, base="main") == (["new.py"], [])
    git("merge", "-q", "-m", "merge", "main")
    assert as_json(check, base="main") == (["new.py"], []), "a merge brings what was merged to nobody"


def test_dirty_staged_and_untracked_files_are_part_of_now(check: Check, git: Git) -> None:
    git.write({"a.py": UNUSED.replace("stock", "a"), "b.py": UNUSED.replace("stock", "b")})
    git("add", "a.py")
    git.write({"read.py": "x = 1\n"})
    assert as_json(check) == (["a.py", "b.py", "write.py"], [])
    assert git("status", "--porcelain").split() == ["A", "a.py", "M", "read.py", "??", "b.py"], "nothing is touched"


def test_in_a_hook_untracked_files_are_no_part_of_the_commit(
    check: Check, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT", "1")
    git.write({"a.py": UNUSED.replace("stock", "a"), "b.py": UNUSED.replace("stock", "b")})
    git("add", "a.py")
    assert as_json(check, base="auto") == (["a.py"], [])


def test_data_that_git_ignores_makes_no_difference(check: Check, git: Git) -> None:
    git.commit(
        {
            ".gitignore": "data/\n.mldebt_cache/\n",
            "job.py": 'import pandas as pd\n\nt = pd.read_csv("data/wide.csv")\nprint(t["a"])\n',
        }
    )
    git.write({"data/wide.csv": "a,b,c\n1,2,3\n"})
    assert as_json(check) == ([], [])
    git.write({"read.py": READ + "# changed\n"})
    assert as_json(check) == ([], [])


def test_the_header_of_then_counts_where_git_has_the_data(check: Check, git: Git) -> None:
    job = 'import pandas as pd\n\nt = pd.read_csv("data/wide.csv")\nt[["a"]].to_csv("s3://kept/a.csv")\n'
    git.commit({"job.py": job, "data/wide.csv": "a\n1\n"})
    git.write({"data/wide.csv": "a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n"})
    now = as_json(check)
    git.write({"data/wide.csv": "a\n1\n"})
    assert now != as_json(check) == ([], []), "the columns that nobody uses are new"


def test_a_base_without_our_files(check: Check, git: Git) -> None:
    git("checkout", "-q", "--orphan", "other")
    git("rm", "-rfq", ".")
    git.commit({"README": "nothing"})
    git("checkout", "-q", "main")
    assert as_json(check, base="other") == (["unused.py"], []), "histories without a common commit"


def test_a_repository_without_a_commit(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Git(tmp_path / "fresh")
    monkeypatch.chdir(fresh.root)
    fresh.write({"unused.py": UNUSED})
    assert as_json(check, base="auto") == (["unused.py"], [])
    ended = check(base="HEAD")
    assert (ended.code, 'git knows no commit "HEAD" here' in ended.err) == (2, True)


def test_a_root_within_the_repository(check: Check, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git.commit({"eta/mldebt.toml": "root = true\n", "eta/job.py": UNUSED, "eta/write.py": WRITE, "eta/read.py": READ})
    monkeypatch.chdir(git.root / "eta")
    git.write({"eta/new.py": UNUSED.replace("stock", "price"), "elsewhere.py": UNUSED.replace("stock", "x")})
    assert as_json(check) == (["new.py"], [])
    assert as_json(check, base="HEAD~1") == (["job.py", "new.py"], []), "the folder wasn't there"


def test_given_paths_limit_what_is_told(check: Check, git: Git) -> None:
    git.write({"a/new.py": UNUSED.replace("stock", "a"), "b/new.py": UNUSED.replace("stock", "b")})
    assert told(check("b", "--output-format", "json")) == (["b/new.py"], [])


def test_links_submodules_and_odd_names(check: Check, git: Git, tmp_path: Path) -> None:
    library = Git(tmp_path / "library")
    library.commit({"lib.py": UNUSED.replace("stock", "lib")})
    git("submodule", "--quiet", "add", str(library.root), "lib")
    (git.root / "link.py").symlink_to("unused.py")
    git.commit({'sp ace/qu"ote\tää.py': UNUSED.replace("stock", "odd"), "gone.py": "x = 1\n"})
    (git.root / "link.py").unlink()
    git.write({"link.py": "x = 1\n", 'sp ace/qu"ote\tää.py': UNUSED.replace("stock", "odd") + "# changed\n"})
    (git.root / "gone.py").unlink()
    assert as_json(check) == ([], [])
    git.write({'sp ace/qu"ote\tää.py': UNUSED.replace("stock", "odd") + UNUSED.replace("stock", "even")})
    ended = check("--output-format", "json")
    assert told(ended) == (['sp ace/qu"ote\tää.py'], [])
    assert json.loads(ended.out)["findings"][0]["brought_by"]["line"] == 8


def test_notebooks_are_compared_cell_by_cell(check: Check, git: Git) -> None:
    def notebook(*cells: str) -> str:
        found = [{"cell_type": "code", "metadata": {}, "source": cell.splitlines(keepends=True)} for cell in cells]
        return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)

    old = LEAK.replace("customers", "users")
    git.commit({"work.ipynb": notebook(old)})
    git.write({"work.ipynb": notebook("x = 1\n", old)})
    assert as_json(check) == ([], []), "a cell above"
    git.write({"work.ipynb": notebook("x = 1\n", old, LEAK)})
    ended = check("--output-format", "json")
    assert told(ended) == (["work.ipynb"], [])
    (finding,) = json.loads(ended.out)["findings"]
    assert finding["locations"][0]["cell"] == 2
    assert finding["brought_by"] == {
        "file": "work.ipynb",
        "line": 7,
        "cell": 2,
        "text": 'df["age"] = df["age"].fillna(df["age"].median())',
        "removed": False,
    }
    assert "brought by: work.ipynb:cell 2:7\n" in check().out


HELPER = """\
import pandas as pd


def load(path, columns):
    return pd.read_csv(path, usecols=columns)
"""
USER = """\
from helper import load

trips = load("data/trips.csv", ["km", "fare"])
print(trips["km"].sum(), trips["fare"].sum())
"""


def test_a_change_far_from_the_finding_is_known_by_the_name_it_brings(check: Check, git: Git) -> None:
    git.commit({"helper.py": HELPER, "user.py": USER})
    changed = USER.replace('"fare"]', '"fare", "tip_amount"]', 1)
    git.write({"user.py": f"# a comment\n{changed}\n# another\n", "other.py": "x = 1\n"})
    (finding,) = json.loads(check("--output-format", "json").out)["findings"]
    assert finding["locations"][0]["file"] == "helper.py"
    assert (finding["brought_by"]["file"], finding["brought_by"]["line"]) == ("user.py", 4)


def test_the_only_change_there_is_has_brought_what_is_new(check: Check, git: Git) -> None:
    git.commit(
        {
            "helper.py": HELPER,
            "user.py": "COLUMNS = ['km', 'tip']\n"
            + USER.replace('["km", "fare"]', "COLUMNS[:1]", 1).replace(', trips["fare"].sum()', ""),
        }
    )
    text = (git.root / "user.py").read_text()
    git.write({"user.py": text.replace("COLUMNS[:1]", "COLUMNS")})
    (finding,) = json.loads(check("--output-format", "json").out)["findings"]
    assert finding["brought_by"]["text"] == 'trips = load("data/trips.csv", COLUMNS)'


def test_a_reviewer_is_shown_the_changed_line(check: Check, git: Git) -> None:
    git.write({"write.py": WRITE.replace("totals.parquet", "sums.parquet")})
    (command,) = [line for line in check("--output-format", "github").out.splitlines() if "sums.parquet" in line]
    assert "file=write.py,line=5," in command


def test_debt_that_is_no_longer_suppressed_is_new_and_what_is_suppressed_is_not_repaid(check: Check, git: Git) -> None:
    ignored = UNUSED.rstrip() + "  # mldebt: ignore[MLD204] kept for the auditors\n"
    git.write({"unused.py": ignored})
    assert as_json(check) == ([], [])
    git.commit()
    git.write({"unused.py": UNUSED})
    assert as_json(check) == (["unused.py"], [])


def test_a_file_that_can_not_be_read_now_brings_and_repays_nothing(check: Check, git: Git) -> None:
    git.write({"read.py": READ + "def (\n", "unused.py": UNUSED + "def (\n"})
    assert as_json(check) == ([], [])
    git("mv", "-f", "read.py", "reader.py")
    assert as_json(check) == ([], []), "renamed as well"


def test_what_is_no_longer_accepted_in_the_configuration_is_new(check: Check, git: Git) -> None:
    waiver = '[[waivers]]\nrule = "MLD204"\nthing = "data/stock_copy.parquet"\nreason = "agreed"\n'
    git.write({"mldebt.toml": waiver})
    assert as_json(check) == ([], []), "who accepts debt doesn't repay it"
    git.commit()
    for text in ("", "require-reason = true\n"):
        git.write({"mldebt.toml": text})
        assert as_json(check) == (["unused.py"], [])
    git("rm", "-qf", "mldebt.toml")
    git.commit({".mldebt.toml": waiver})
    git.write({".mldebt.toml": "[per-file-ignores]\n'unused.py' = ['MLD204']\n"})
    assert as_json(check) == ([], []), "accepted in another way"
    git.commit()
    git.write({".mldebt.toml": "select = ['MLD2']\n"})
    assert as_json(check) == (["unused.py"], [])


def test_only_new_debt_is_suppressed_where_that_is_asked(check: Check, git: Git) -> None:
    git.write({"new.py": UNUSED.replace("stock", "price")})
    assert check("--add-ignore", "agreed").code == 0
    assert "ignore[MLD204] agreed" in (git.root / "new.py").read_text()
    assert "ignore" not in (git.root / "unused.py").read_text()


def test_a_rule_that_failed_then_says_nothing_is_new(
    mldebt: Mldebt, git: Git, monkeypatch: pytest.MonkeyPatch, test_rules: None
) -> None:
    git.write({"train.py": "x = 1\n"})
    calls = []

    def check(self: object, graph: object, settings: object) -> object:
        calls.append(graph)
        if len(calls) == 2:
            raise LookupError("no such node")
        return original(self, graph, settings)

    original = TrainingScript.check
    monkeypatch.setattr(TrainingScript, "check", check)
    ended = mldebt("check", "--diff-base", "HEAD", "--output-format", "json", "--no-cache")
    assert told(ended) == ([], [])
    assert json.loads(ended.out)["problems"] == ["rule TST101 failed for HEAD; its findings are not compared"]


def test_contents_that_git_does_not_have_are_taken_to_be_those_of_now(check: Check, git: Git) -> None:
    git.commit({"film.bin": "x" * 5_000, "data/wide.csv": "a\n1\n"})
    blobs = [git("rev-parse", f"HEAD:{name}") for name in ("film.bin", "data/wide.csv")]
    git("mv", "film.bin", "movie.bin")
    git.commit({"movie.bin": "x" * 4_990, "data/wide.csv": "a,b\n1,2\n", "new.py": UNUSED.replace("stock", "price")})
    for blob in blobs:
        (git.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert as_json(check, base="HEAD~1") == (["new.py"], [])


# Where from


def test_a_shallow_clone_is_told_with_what_to_do(
    check: Check, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.commit({"a.py": "x = 1\n"})
    git("checkout", "-q", "-b", "feature")
    git.commit({"b.py": "x = 1\n"})
    git("checkout", "-q", "main")
    clone = tmp_path / "clone"
    git("clone", "-q", "--depth=1", "--branch=feature", f"file://{git.root}", str(clone))
    monkeypatch.chdir(clone)
    ended = check(base="origin/main")
    assert ended.code == 2
    assert ended.err.startswith(
        'mldebt: error: --diff-base origin/main: git knows no commit "origin/main" here, and the clone'
    )
    assert "git fetch --unshallow" in ended.err and "fetch-depth: 0" in ended.err
    ended = check(base="auto")
    assert (ended.code, "auto: the clone is shallow and has no default branch" in ended.err) == (2, True)
    git_in(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    ended = check(base="main")
    assert (ended.code, "the clone is shallow, so where" in ended.err) == (2, True)
    git_in(clone, "fetch", "-q", "--unshallow", "origin")
    assert check(base="main").code == 0, "a branch of origin without its local twin"


def git_in(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("base", "problem"),
    [
        ("mian", 'mldebt: error: --diff-base mian: git knows no commit "mian" here; did you mean "main"?'),
        ("--help-me", "mldebt: error: "),
        ("", "mldebt: error: --diff-base : "),
    ],
)
def test_a_mistake_is_one_sentence(check: Check, git: Git, base: str, problem: str) -> None:
    ended = check(base=base)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert ended.err.startswith(problem)


def test_without_git_there_is_nothing_to_compare_with(check: Check, repository: Path) -> None:
    ended = check(base="auto")
    assert ended.code == 2
    assert "is not in a git repository" in ended.err


@pytest.fixture
def branch(git: Git) -> tuple[Git, str, str]:
    """A branch of two commits, each with new debt, whose default branch is known as origin/main."""
    start = git("rev-parse", "HEAD")
    git("update-ref", "refs/remotes/origin/main", start)
    git("checkout", "-q", "-b", "feature")
    first = git.commit({"first.py": UNUSED.replace("stock", "first")})
    git.commit({"second.py": UNUSED.replace("stock", "second")})
    return git, start, first


def test_auto_is_where_the_default_branch_was_left(check: Check, branch: tuple[Git, str, str]) -> None:
    assert as_json(check, base="auto") == (["first.py", "second.py"], [])


@pytest.mark.parametrize(
    ("variables", "both"),
    [
        ({"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": "{first}", "PRE_COMMIT_TO_REF": "HEAD"}, False),
        ({"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"}, True),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "{first}"}, False),
        ({"CI_COMMIT_BEFORE_SHA": "{first}"}, False),
        ({"CI_COMMIT_BEFORE_SHA": "0" * 40}, True),
        ({"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, True),
    ],
)
def test_auto_listens_to_hooks_and_servers(
    check: Check, branch: tuple[Git, str, str], monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], both: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(first=branch[2]))
    assert as_json(check, base="auto") == ((["first.py"] if both else []) + ["second.py"], [])


@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_auto_reads_the_event_of_github(
    check: Check, branch: tuple[Git, str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, event: str
) -> None:
    content = {"before": branch[2]} if event == "push" else {"merge_group": {"base_sha": branch[2]}}
    (tmp_path / "event.json").write_text(json.dumps(content))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    assert as_json(check, base="auto") == (["second.py"], [])


def test_a_variable_that_names_nothing_is_named(check: Check, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    ended = check(base="auto")
    assert ended.err.startswith(
        'mldebt: error: --diff-base auto (GITHUB_BASE_REF): git knows no commit "origin/release"'
    )


def test_a_repository_of_somebody_else_is_told_with_what_to_do(
    check: Check, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ended = check()
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    assert f"git config --global --add safe.directory {git.root}" in ended.err


def test_a_second_working_tree_has_its_own_state(check: Check, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git("worktree", "add", "-q", "-b", "feature", "../second")
    second = git.root.parent / "second"
    monkeypatch.chdir(second)
    (second / "new.py").write_text(UNUSED.replace("stock", "price"))
    assert as_json(check, base="main") == (["new.py"], [])
    assert as_json(check, base="main") == (["new.py"], []), "from the record"


# The record of the earlier state


def test_the_record_of_then_answers_the_same(check: Check, git: Git) -> None:
    git.write({"new.py": UNUSED.replace("stock", "price")})
    git("rm", "-q", "read.py")
    first = check("--output-format", "json").out
    assert list((git.root / ".mldebt_cache" / "runs").iterdir()), "or this test says nothing"
    assert check("--output-format", "json").out == first
    assert check("--output-format", "json", "--no-cache").out == first
    git("checkout", "-q", "HEAD", "--", "read.py")
    assert as_json(check) == (["new.py"], []), "what changed since is seen"


def test_what_was_checked_before_it_was_committed_is_known_afterwards(
    check: Check, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.write({"new.py": UNUSED.replace("stock", "price")})
    git("add", "-A")
    assert as_json(check) == (["new.py"], [])
    git.commit()

    def looked(*_: object, **__: object) -> None:
        raise AssertionError("the state of the last commit is known")

    git.write({"newer.py": UNUSED.replace("stock", "cost")})
    monkeypatch.setattr("mldebt.cli.states.laid_over", looked)
    assert as_json(check) == (["newer.py"], [])
    assert not git("count-objects").startswith("0 "), "or this test says nothing"


def test_after_commits_that_change_no_graph_what_brings_debt_is_still_known(
    check: Check, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.write({"notes.py": 'print("a first note")\n'})
    git("add", "-A")
    assert as_json(check) == ([], [])
    git.commit()
    with monkeypatch.context() as patched:
        patched.setattr("mldebt.graph.link.link", lambda found: pytest.fail("the graph of both states is known"))
        git.write({"notes.py": 'print("a second note")\n'})
        assert as_json(check) == ([], [])
    git.commit()
    git("rm", "-q", "read.py")
    ended = check()
    assert "brought by: removing read.py:3" in ended.out
    assert ended.out == check("--no-cache").out


def test_nothing_is_written_to_the_repository(check: Check, git: Git) -> None:
    git.write({"new.py": UNUSED.replace("stock", "price"), "read.py": READ + "# changed\n"})
    git("add", "new.py")

    def own() -> dict[str, bytes]:
        paths = (path for path in (git.root / ".git").rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in paths}

    before = own()
    assert as_json(check) == (["new.py"], [])
    assert own() == before, "with changes that are not staged"
    git("add", "-A")
    before = own()
    assert as_json(check) == (["new.py"], [])
    assert own() == before


def test_ignored_data_that_changes_changes_both_states(check: Check, git: Git) -> None:
    git.commit(
        {
            ".gitignore": "data/\n.mldebt_cache/\n",
            "job.py": 'import pandas as pd\n\nt = pd.read_csv("data/wide.csv")\nprint(t["a"].sum())\n',
        }
    )
    git.write({"data/wide.csv": "a\n1\n"})
    assert as_json(check) == ([], [])
    git.write({"data/wide.csv": "a,b,c\n1,2,3\n"})
    assert as_json(check) == ([], [])
    shutil.rmtree(git.root / "data")
    assert as_json(check) == ([], [])
