"""Same input, same bytes; same code in other clothes, same findings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"
AS_JSON = ("--exit-zero", "--output-format", "json")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample repository outside any git repository."""
    return copied(SAMPLE, tmp_path_factory.mktemp("original"))


@pytest.fixture(scope="module")
def expected(original: Path) -> str:
    """The findings in it, as one process that knows nothing sees them."""
    return findings_of_a_new_process(original, "-j", "1", "--no-cache")


def test_processes_hash_seed_and_cache_change_no_byte(mldebt: Mldebt, original: Path, expected: str) -> None:
    assert json.loads(expected)["findings"]
    assert findings_of_a_new_process(original, "-j", "2", hash_seed="1") == expected, "two processes, new cache"
    assert mldebt("check", original, *AS_JSON).out == expected, "full cache"


def test_the_order_in_which_files_came_to_be_changes_no_byte(mldebt: Mldebt, tmp_path: Path, expected: str) -> None:
    backwards = tmp_path / SAMPLE.name
    for path in sorted(SAMPLE.rglob("*"), reverse=True):
        if path.is_file() and ".mldebt_cache" not in path.parts:
            target = backwards / path.relative_to(SAMPLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert mldebt("check", backwards, "--no-cache", *AS_JSON).out == expected


def test_a_graph_is_the_same_every_time(mldebt: Mldebt, original: Path) -> None:
    first = mldebt("graph", original, "-j", "1").out
    assert mldebt("graph", original, "--no-cache", "-j", "2").out == first


def test_reformatted_code_has_the_same_fingerprints(mldebt: Mldebt, tmp_path: Path, expected: str) -> None:
    changed = copied(SAMPLE, tmp_path)
    assert reformat(changed) > 5
    assert fingerprints(mldebt("check", changed, "--no-cache", *AS_JSON).out) == fingerprints(expected)


def copied(folder: Path, into: Path) -> Path:
    return Path(shutil.copytree(folder, into / folder.name, ignore=shutil.ignore_patterns(".mldebt_cache")))


def findings_of_a_new_process(folder: Path, *options: str, hash_seed: str = "0") -> str:
    command = [sys.executable, "-m", "mldebt", "check", str(folder), *AS_JSON, *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout


def fingerprints(out: str) -> list[str]:
    return sorted(f"{found['code']} {found['fingerprint']} {found['subject']}" for found in json.loads(out)["findings"])


def reformat(folder: Path) -> int:
    """Break every line that is longer than half a screen and put a comment on top; says how many files are changed."""
    files = {path: path.read_bytes() for path in folder.rglob("*.py") if path.stat().st_size}
    for path, text in files.items():
        path.write_bytes(b"# Moved down by a line or two.\n\n" + text)
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "40", str(folder)]
    subprocess.run(command, capture_output=True, check=True)
    return sum(len(path.read_bytes().splitlines()) > len(text.splitlines()) + 2 for path, text in files.items())
