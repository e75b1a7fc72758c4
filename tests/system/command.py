"""The command line as a test uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from mldebt.cli.main import main

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"
CHECK = ("check", "--output-format", "json", "--exit-zero", "--no-cache")
GRAPH = ("graph", "--output-format", "json", "--no-cache")
BOTH = """\
import sys
from mldebt.cli.main import main

root, jobs = sys.argv[1:]
for command in (["check", "--exit-zero"], ["graph"]):
    assert main([*command, root, "--output-format", "json", "--no-cache", "-j", jobs]) == 0
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed


def run(*arguments: str | Path) -> Ended:
    """The command in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ended(code, out.getvalue(), err.getvalue())


def printed_by_a_new_process(root: Path, jobs: int, hash_seed: int) -> str:
    """Findings and graph, as a process with its own hash seed prints them."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-c", BOTH, str(root), str(jobs)]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout


def printed(root: Path, *options: str) -> str:
    """Findings and graph, as this process prints them."""
    return run(*CHECK, root, *options).out + run(*GRAPH, root, *options).out


def fingerprints(root: Path) -> set[tuple[str, str]]:
    return {(found["code"], found["fingerprint"]) for found in run(*CHECK, root).document["findings"]}


def copy_of(folder: Path, into: Path) -> Path:
    return Path(shutil.copytree(folder, into / folder.name, ignore=shutil.ignore_patterns(".mldebt_cache")))
