"""`mldebt rule`, on the installed rules."""

from __future__ import annotations

import json

import pytest

from mldebt_rules import rules
from tests.cli.conftest import Mldebt

BUILT_IN = sorted(rule.code for rule in rules())


def test_one_rule_is_explained_by_code_or_name(mldebt: Mldebt) -> None:
    by_code = mldebt("rule", "MLD301")
    assert by_code.code == 0
    assert by_code.out.startswith("MLD301 direct-feedback-loop\n")
    assert "Why it is debt" in by_code.out
    assert mldebt("rule", "direct-feedback-loop") == by_code
    assert mldebt("rule", "mld301") == by_code


def test_all_rules_are_listed_one_to_a_line(mldebt: Mldebt) -> None:
    lines = mldebt("rule", "--all").out.splitlines()
    assert [line[:6] for line in lines if line.startswith("MLD")] == BUILT_IN


def test_rules_as_data(mldebt: Mldebt) -> None:
    told = json.loads(mldebt("rule", "--all", "--output-format", "json").out)
    assert [rule["code"] for rule in told] == BUILT_IN
    assert {"name", "severity", "default", "origin", "summary", "sections", "markdown"} <= told[0].keys()
    assert json.loads(mldebt("rule", "MLD701", "--output-format", "json").out)["name"] == "preprocessing-leakage"


def test_rules_as_markdown(mldebt: Mldebt) -> None:
    assert mldebt("rule", "MLD701", "--output-format", "markdown").out.startswith("# MLD701 preprocessing-leakage")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["MLD399"], 'there is no rule "MLD399"; did you mean "MLD'),
        (["mld30"], 'there is no rule "mld30"; did you mean "MLD30'),
        (["MLD999"], 'there is no rule "MLD999"; did you mean "MLD'),
        (["zzz"], 'there is no rule "zzz"; mldebt rule --all lists the rules'),
        (["direct-feedback-lop"], 'there is no rule "direct-feedback-lop"; did you mean "direct-feedback-loop"?'),
        ([], "name one rule by its code or name, or say --all"),
        (["MLD301", "--all"], "name one rule by its code or name, or say --all"),
        (
            ["--all", "--output-format", "markdwn"],
            'argument --output-format: there is no "markdwn"; did you mean "mark',
        ),
    ],
)
def test_a_mistake_is_one_sentence(mldebt: Mldebt, arguments: list[str], told: str) -> None:
    ended = mldebt("rule", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"mldebt: error: {told}")
    assert len(ended.err.splitlines()) == 1
