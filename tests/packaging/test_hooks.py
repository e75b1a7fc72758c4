"""The hooks for pre-commit, by pre-commit itself: installed from a pinned revision and tried from a checkout.

Everything that mldebt needs is taken from the environment of the tests, so that nothing is downloaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
SHIPPED = ("mldebt", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
WRITE = """\
import pandas as pd

orders = pd.read_csv("data/orders.csv")
orders.to_parquet("data/{0}.parquet")
"""
READ = """\
import pandas as pd

print(pd.read_parquet("data/{0}.parquet").describe())
"""


class Repository:
    """A git repository whose hooks run mldebt."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root = root
        self.environment = environment
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def run(self, *command: str) -> tuple[int, str]:
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def git(self, *arguments: str) -> tuple[int, str]:
        return self.run("git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments)

    def pre_commit(self, *arguments: str) -> tuple[int, str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def commit(self, files: dict[str, str]) -> tuple[int, str]:
        for name, text in files.items():
            (self.root / name).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        return self.git("commit", "-q", "-m", "a step")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "CI_"))}
    for name in ("GITHUB_BASE_REF", "GITHUB_EVENT_PATH", "SYSTEM_PULLREQUEST_TARGETBRANCH"):
        kept.pop(name, None)
    return kept | {
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say that there is none
        "PIP_NO_INDEX": "1",
    }


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """mldebt as its users' pre-commit finds it: a repository with a tag."""
    repository = Repository(tmp_path_factory.mktemp("tool") / "mldebt", environment)
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, repository.root / name)
    assert repository.commit({".gitignore": "__pycache__/\n"})[0] == 0
    repository.git("tag", "v1")
    return repository


@pytest.fixture
def user(tmp_path: Path, tool: Repository) -> Iterator[Repository]:
    """A repository with old debt and a pair of jobs, in which the hook for new debt is installed."""
    repository = Repository(tmp_path / "shop", tool.environment)
    hooks = {"repos": [{"repo": str(tool.root), "rev": "v1", "hooks": [{"id": "mldebt-diff"}]}]}
    files = {"old.py": WRITE.format("old"), "write.py": WRITE.format("used"), "read.py": READ.format("used")}
    assert repository.commit({".pre-commit-config.yaml": yaml.safe_dump(hooks), **files})[0] == 0
    assert repository.pre_commit("install")[0] == 0
    yield repository


def test_the_manifest_is_valid(user: Repository) -> None:
    assert user.pre_commit("validate-manifest", str(MANIFEST)) == (0, "")
    for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8")):
        assert (hook["pass_filenames"], hook["always_run"], hook["require_serial"]) == (False, True, True)


def test_a_pinned_revision_lets_old_debt_pass_and_stops_new_debt(user: Repository) -> None:
    code, said = user.commit({"other.py": "x = 1\n"})
    assert code == 0, said
    code, said = user.commit({"new.py": WRITE.format("new")})
    assert code == 1
    assert "MLD204" in said and "data/new.parquet" in said and "data/old.parquet" not in said
    code, said = user.commit({"reader.py": READ.format("new")})
    assert code == 0, f"together they are fine\n{said}"

    user.git("rm", "-q", "reader.py")
    code, said = user.git("commit", "-q", "-m", "only a deletion")
    assert code == 1, said
    assert "removing reader.py:3" in said
    user.git("reset", "-q", "--hard")

    (user.root / "unstaged.py").write_text(WRITE.format("unstaged"))
    (user.root / "staged.py").write_text("y = 1\n")
    user.git("add", "staged.py")
    code, said = user.git("commit", "-q", "-m", "beside a file that git doesn't track")
    assert code == 0, said

    code, said = user.pre_commit("run", "--hook-stage", "pre-push", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert code == 0, said
    (user.root / ".pre-commit-config.yaml").touch()
    user.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "x")
    user.git("rm", "-q", "reader.py")
    user.git("commit", "-q", "--no-verify", "-m", "a deletion that is pushed")
    code, said = user.pre_commit("run", "--hook-stage", "pre-push", "--from-ref", "HEAD~2", "--to-ref", "HEAD")
    assert code == 1, said
    assert "data/new.parquet" in said


def test_a_checkout_can_be_tried(user: Repository, tool: Repository) -> None:
    code, said = user.pre_commit("try-repo", str(tool.root), "mldebt", "--all-files", "--verbose")
    assert code == 1
    assert "data/old.parquet" in said
    assert "Found 1 finding" in said
