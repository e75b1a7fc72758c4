"""The other tools, in a virtual environment of their own, and how each of them looks at a whole tree anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from measuring import Command, say

PACKAGES = ("ruff", "pylint", "semgrep")
RULES = """\
rules:
  - id: overwritten-input
    languages: [python]
    severity: WARNING
    message: A table is written where it was read.
    patterns:
      - pattern: |
          $X = pd.read_csv($P, ...)
          ...
          $X.to_csv($P, ...)
  - id: unseeded-model
    languages: [python]
    severity: WARNING
    message: A model without a seed.
    patterns:
      - pattern: $M(...)
      - metavariable-regex: {metavariable: $M, regex: .*(Forest|Boosting).*}
      - pattern-not: $M(..., random_state=$S, ...)
"""


def environment(folder: Path) -> Path | None:
    """The folder of the tools' programs, made where it is missing; None where they can't be installed."""
    programs = folder / "bin"
    if not all((programs / name).exists() for name in PACKAGES):
        say(f"installing {', '.join(PACKAGES)} into {folder}")
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *PACKAGES], check=True)
        except (OSError, subprocess.CalledProcessError):
            say("the other tools can't be installed here: their rows stay empty")
            return None
    return programs


def commands(programs: Path, tree: Path, scratch: Path, jobs: int) -> list[Command]:
    rules = scratch / "semgrep.yaml"
    rules.write_text(RULES, encoding="utf-8")
    configuration = scratch / "pylintrc"
    configuration.write_text("[MAIN]\npersistent=no\n", encoding="utf-8")
    sources = sorted(str(path) for path in tree.iterdir() if path.is_dir() or path.suffix == ".py")
    semgrep = [
        "scan",
        "--config",
        str(rules),
        "--metrics",
        "off",
        "--disable-version-check",
        "--quiet",
        "--no-git-ignore",
    ]
    return [
        Command("ruff check", [str(programs / "ruff"), "check", "--no-cache", "--isolated", "--quiet", str(tree)]),
        Command("semgrep", [str(programs / "semgrep"), *semgrep, "--jobs", str(jobs), str(tree)]),
        Command(
            "pylint",
            [str(programs / "pylint"), "--rcfile", str(configuration), "--exit-zero", "--jobs", str(jobs), *sources],
        ),
    ]
