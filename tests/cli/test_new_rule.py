"""`mldebt new-rule`: what it writes holds together, and nothing that is there is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def plugin(tmp_path: Path, mldebt: Mldebt) -> Path:
    folder = tmp_path / "acme-rules"
    assert mldebt("new-rule", "ACM101", "stale-copy", folder).code == 0
    return folder


def test_a_second_rule_joins_the_first(plugin: Path, mldebt: Mldebt) -> None:
    module = plugin / "src" / "acme_rules" / "__init__.py"
    before = module.read_text()
    ended = mldebt("new-rule", "ACM102", "other-thing", plugin, "--family", "data", "--severity", "low")
    assert ended.code == 0
    after = module.read_text()
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        "from acme_rules.data.other_thing import OtherThing",
        "    return [StaleCopy, OtherThing]",
    ]
    assert 'severity = "low"' in (plugin / "src" / "acme_rules" / "data" / "other_thing.py").read_text()


def test_the_built_in_rules_take_one_more(tmp_path: Path, mldebt: Mldebt) -> None:
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    shutil.copytree(HOUSE / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / "rules" / "mldebt_rules" / "__init__.py"
    before = module.read_text().splitlines()
    assert mldebt("new-rule", "MLD299", "brand-new-debt", tmp_path, "--family", "data").code == 0
    added = [line for line in module.read_text().splitlines() if line not in before]
    assert added == ['    ("data.brand_new_debt", "BrandNewDebt"),']
    assert (tmp_path / "rules" / "mldebt_rules" / "data" / "brand_new_debt.md").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("acm101", "stale-copy"), '"acm101" is no code'),
        (("ACM101", "Stale"), '"Stale" is no name'),
        (("MLD203", "stale-copy"), "MLD203 unused-input-column of mldebt"),
        (("ACM101", "unused-input-column"), "take another code and name"),
        (("ACM101", "stale-copy"), "pyproject.toml offers no rules"),
    ],
)
def test_mistakes_are_told(arguments: tuple[str, str], told: str, tmp_path: Path, mldebt: Mldebt) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    ended = mldebt("new-rule", *arguments, tmp_path)
    assert ended.code == 2
    assert told in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml"]


def test_what_is_there_is_not_written_over(plugin: Path, mldebt: Mldebt) -> None:
    before = (plugin / "src" / "acme_rules" / "__init__.py").read_text()
    ended = mldebt("new-rule", "ACM103", "stale-copy", plugin)
    assert ended.code == 2
    assert "stale_copy.py is there already" in ended.err
    assert (plugin / "src" / "acme_rules" / "__init__.py").read_text() == before
