"""The pages of the rules are their tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from mldebt_plugin_example import rules

from mldebt.rules.model import Rule
from mldebt.testing import Case, check_case, every_case, label, shape_problems


@pytest.mark.parametrize(("rule", "case"), every_case(rules()), ids=label)
def test_the_page_tells_the_truth(rule: type[Rule], case: Case, tmp_path: Path) -> None:
    assert check_case(rule, case, tmp_path) == []


@pytest.mark.parametrize("rule", rules(), ids=label)
def test_the_page_has_the_shape_of_all_pages(rule: type[Rule]) -> None:
    assert shape_problems(rule) == []
