"""The plug-in in examples/ is held to what all rules are held to; `.ci/package` installs and runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from mldebt.rules.model import Rule
from mldebt.testing import check_case, every_case, shape_problems

HOME = Path(__file__).parents[2] / "examples" / "mldebt-plugin-example"


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[type[Rule]]]:
    monkeypatch.syspath_prepend(str(HOME / "src"))
    yield import_module("mldebt_plugin_example").rules()
    for name in [name for name in sys.modules if name.startswith("mldebt_plugin_example")]:
        del sys.modules[name]


def test_its_pages_tell_the_truth(rules: list[type[Rule]], tmp_path: Path) -> None:
    found = [check_case(rule, case, tmp_path / str(at)) for at, (rule, case) in enumerate(every_case(rules))]
    assert len(found) > 4
    assert not any(found)


def test_its_pages_have_the_shape_of_all_pages(rules: list[type[Rule]]) -> None:
    assert [shape_problems(rule) for rule in rules] == [[]]
