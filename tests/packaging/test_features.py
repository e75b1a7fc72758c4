"""docs/features.md names what is there: every option and command of it exists, and every option of `check` is in it."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from pathlib import Path

import pytest

from mldebt.cli.main import COMMANDS
from mldebt.config.read import KEYS
from mldebt.report.formats import FORMATS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "features.md").read_text(encoding="utf-8")
UNTOLD = {"--help", "--config", "--output-file", "--jobs", "--ignore", "--no-baseline"}
"""What goes without saying, or with its neighbour."""


def options_of(command: str) -> set[str]:
    parser = argparse.ArgumentParser(prog=command)
    import_module(f"mldebt.cli.{command.replace('-', '_')}").add_arguments(parser)
    return {name for action in parser._actions for name in action.option_strings}


def test_every_option_that_it_names_is_there() -> None:
    known = set().union(*map(options_of, COMMANDS))
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) - known == set()


def test_every_option_of_check_is_named() -> None:
    named = set(re.findall(r"(--[a-z-]+)", PAGE))
    assert {name for name in options_of("check") if name.startswith("--")} - named - UNTOLD == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_named(command: str) -> None:
    assert f"mldebt {command}" in PAGE or command in ("check", "graph")


def test_every_format_is_named() -> None:
    assert [name for name in FORMATS if f"`{name}`" not in PAGE and name != "sarif"] == []
    assert "SARIF 2.1.0" in PAGE


def test_the_keys_that_it_names_are_there() -> None:
    for key in ("required-version", "per-file-ignores", "require-reason", "knowledge"):
        assert f"`{key}`" in PAGE
        assert key in KEYS


def test_every_feature_is_there_or_has_its_reason() -> None:
    rows = re.findall(r"^\| (.+?) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    answers = {answer for feature, answer, _ in rows if feature not in ("Feature", "---")}
    assert answers == {"yes", "no", "in part", "not yet"}
    assert all(len(how) > 10 for feature, _, how in rows if feature not in ("Feature", "---"))
