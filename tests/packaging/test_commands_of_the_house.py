"""make and pre-commit: what a newcomer types first."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


def would_run(*arguments: str) -> str:
    """What make would do in a fresh clone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@needs_make
def test_audit_of_the_sample_goes_to_the_reports_of_this_repository() -> None:
    done = would_run("audit")
    assert "python3 -m venv .venv" in done
    assert "pip install" in done.replace("--disable-pip-version-check --no-input --quiet ", "")
    assert 'mldebt audit "fixtures/eats_eta" --output-dir "reports"' in done


@needs_make
def test_audit_of_another_repository_leaves_the_reports_alone() -> None:
    assert 'mldebt audit "../shop" --output-dir "mldebt-report"' in would_run("audit", "REPO=../shop")


@needs_make
def test_the_python_can_be_chosen() -> None:
    assert "python3.13 -m venv .venv" in would_run("test", "PYTHON=python3.13")


@needs_make
def test_check_runs_everything() -> None:
    done = would_run("check")
    for command in ("pytest", "ruff check", "ruff format --check", "mypy", "lint-imports", ".ci/package"):
        assert command in done


def test_scripts_of_ci_are_executable() -> None:
    assert all(os.access(ROOT / ".ci" / name, os.X_OK) for name in ("run", "package"))
