"""What a help offers to paste stands in a fence: a report would run the lines of a paragraph together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.page import Case
from mldebt.sites import Site
from mldebt.testing import check_case

CASE = Case("a file", "example", (("train.py", "import pandas  # mldebt: MLD999\n"),))


def rule_that_says(help: str) -> type[Rule]:
    class Speaking(Rule):
        code = "MLD999"
        name = "speaking"
        severity = "low"

        def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
            yield self.finding("It is so.", subject=["it"], locations=[Site("train.py", 1, 1)], help=help)

    return Speaking


def test_lines_in_a_fence_are_kept_apart(tmp_path: Path) -> None:
    rule = rule_that_says("Do this:\n\n```\nfirst\nsecond\n```\n\nThen that.")
    assert check_case(rule, CASE, tmp_path) == []


@pytest.mark.parametrize("help", ["Do this:\n\n    first\n    second", "Do this:\n\nfirst\nsecond"])
def test_lines_without_one_are_told(help: str, tmp_path: Path) -> None:
    assert "without a fence" in check_case(rule_that_says(help), CASE, tmp_path)[0]
