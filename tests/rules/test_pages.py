"""Every built-in rule's page is its test: its small repositories are scanned for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.rules.model import Rule
from mldebt.rules.page import Case, load_page
from mldebt.testing import cases, check_case, shape_problems
from mldebt_rules import rules

RULES = rules()
HAZARDS = {
    "MLD001": 3,
    "MLD002": 5,
    "MLD003": 4,
    "MLD103": 4,
    "MLD104": 5,
    "MLD105": 5,
    "MLD106": 5,
    "MLD107": 5,
    "MLD201": 7,
    "MLD203": 5,
    "MLD204": 6,
    "MLD209": 4,
    "MLD212": 5,
    "MLD213": 5,
    "MLD214": 6,
    "MLD210": 6,
    "MLD211": 6,
    "MLD301": 4,
    "MLD302": 4,
    "MLD304": 4,
    "MLD401": 4,
    "MLD402": 3,
    "MLD403": 4,
    "MLD404": 8,
    "MLD407": 4,
    "MLD409": 3,
    "MLD501": 4,
    "MLD504": 5,
    "MLD505": 5,
    "MLD506": 5,
    "MLD507": 5,
    "MLD411": 5,
    "MLD601": 5,
    "MLD602": 4,
    "MLD603": 4,
    "MLD604": 4,
    "MLD605": 3,
    "MLD608": 4,
    "MLD701": 4,
    "MLD702": 5,
    "MLD704": 5,
    "MLD705": 5,
    "MLD706": 4,
    "MLD707": 5,
    "MLD801": 4,
    "MLD802": 4,
    "MLD803": 7,
    "MLD808": 7,
    "MLD908": 5,
    "MLD805": 3,
    "MLD807": 4,
    "MLD901": 3,
    "MLD906": 3,
}
"""How many ways to be wrong are known for each rule; each has a case on the page in which the rule stays silent."""
PAPERS = ("Sculley", "Yang", "Recupito", "Pagan", "Bogner", "Breck", "Vamsa", "OBrien", "O'Brien", "Kapoor", "Pham")


@pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=f"{rule.code}-{case.kind}-{case.title}") for rule in RULES for case in cases(rule)],
)
def test_the_page_tells_the_truth(rule: type[Rule], case: Case, tmp_path: Path) -> None:
    assert check_case(rule, case, tmp_path) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_has_the_shape_of_all_pages(rule: type[Rule]) -> None:
    assert shape_problems(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_known_way_to_be_wrong_has_a_silent_case(rule: type[Rule]) -> None:
    silent = [case for case in cases(rule) if case.kind == "silent"]
    assert len(silent) >= HAZARDS[rule.code]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_names_a_paper_and_its_section(rule: type[Rule]) -> None:
    why = load_page(rule).sections["Why it is debt"]
    assert any(paper in why for paper in PAPERS)
    assert "section" in why or "Article" in why
