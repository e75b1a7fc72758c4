"""The README promises nothing that isn't there."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from runpy import run_path

import pytest

from mldebt.cli.main import COMMANDS, main
from mldebt.config.read import read_config
from mldebt.rules.registry import load_rules

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_table_lists_every_rule_with_its_severity() -> None:
    rows = re.findall(r"^\| (MLD\d+) \| ([a-z-]+) \| (\w+) \|", README, re.MULTILINE)
    assert rows == [(rule.code, rule.name, rule.rule.severity) for rule in load_rules()]


def test_its_table_tells_what_readers_found_of_each_rule() -> None:
    with_figures = run_path(str(ROOT / "benchmarks" / "precision.py"))["with_figures"]
    assert with_figures(README) == README


@pytest.mark.parametrize("command", COMMANDS)
def test_it_tells_every_command(command: str) -> None:
    assert f"| `mldebt {command} " in README


def test_its_configuration_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "our_library.toml").write_text("")
    (tmp_path / "mldebt.toml").write_text(example, encoding="utf-8")
    assert read_config(tmp_path / "mldebt.toml").consumers


def test_its_finding_is_one_of_the_sample() -> None:
    arguments, first, place = re.findall(
        r"^\$ mldebt (check .*)\n(MLD.*)\n(?:.*\n)*?  --> (.*)$", README, re.MULTILINE
    )[0]
    output = StringIO()
    with redirect_stdout(output):
        main([*arguments.replace("fixtures", str(ROOT / "fixtures")).split(), "--exit-zero"])
    assert first in output.getvalue()
    assert place in output.getvalue()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
