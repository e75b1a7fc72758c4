"""Names of things apart from how a function is called, and the nearest names of rules."""

from __future__ import annotations

import pytest

from mldebt.errors import UsageError
from mldebt.rules.names import apart_from_calls
from mldebt.rules.registry import load_rules
from mldebt.rules.select import find_rule, require_known


@pytest.mark.parametrize("rest", ["", ":scaler", "[0]:transformed#gender", ".part", "#gender"])
def test_arguments_are_no_part_of_a_name(rest: str) -> None:
    assert apart_from_calls(f"frame:a.py::Fit.all@954c26{rest}") == f"frame:a.py::Fit.all{rest}"


def test_what_only_looks_like_it_stays() -> None:
    assert apart_from_calls("dataset:s3://b/x@954c26ab.csv") == "dataset:s3://b/x@954c26ab.csv"


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("MLD20X", 'did you mean "MLD20'),
        ("MDL204", 'did you mean "MLD204"?'),
        ("F401", "mldebt rule --all lists the rules"),
        ("unused-datset", 'did you mean "unused-dataset"?'),
    ],
)
def test_the_nearest_rule_is_named(label: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_known(label, load_rules())
    assert f"; {told}" in str(caught.value)


def test_where_one_rule_is_meant_the_beginning_of_codes_leads_to_the_first() -> None:
    with pytest.raises(UsageError, match=r'there is no rule "MLD2"; did you mean "MLD20\d"'):
        find_rule("MLD2", load_rules())
