"""The summary for pull requests and jobs: short, in order, and deaf to what names in the code would do to it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mldebt.report import markdown_summary
from mldebt.report.markdown_summary import LONGEST, _in_cell, code, words
from mldebt.rules.comparison import Change, Comparison
from mldebt.rules.result import Result


def test_it_begins_with_how_much_and_what_to_fix_first(result: Result) -> None:
    lines = markdown_summary.render(result).splitlines()
    assert lines[0] == "## mldebt: 9 findings"
    assert "critical" in lines[2] or "high" in lines[2]
    assert "to put right" in lines[2]
    first = [line for line in lines if re.match(r"\d\. \*\*MLD", line)]
    assert len(first) == 3
    assert first[0].startswith("1. **MLD301** ")
    assert "`churn/score.py:22` (critical, certain)" in first[0]


def test_every_finding_is_a_row_of_one_table(result: Result) -> None:
    rows = [line for line in markdown_summary.render(result).splitlines() if line.startswith("| ")]
    assert len(rows) == len(result.findings) + 2
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_nothing_found_is_one_line_and_the_lineage(empty: Result) -> None:
    assert markdown_summary.render(empty).splitlines()[0] == "## mldebt: no findings"
    assert "|" not in markdown_summary.render(empty)


def test_new_and_repaid_debt_stand_apart(result: Result) -> None:
    new, old = result.findings[:2], result.findings[2:4]
    cause = Change("churn/prepare.py", 5, 'x = "a|b"', removed=True)
    compared = Comparison("main", "a" * 40, gone=old, known=5, causes={new[0].fingerprint: cause})
    text = markdown_summary.render(replace(result, findings=new, comparison=compared))
    assert text.startswith("## mldebt: 2 new findings, 2 repaid\n")
    assert "5 findings known before, since main (aaaaaaaaaa)" in text
    assert "<details open><summary>New debt (2)</summary>" in text
    assert "<details><summary>Repaid debt (2)</summary>" in text
    assert 'Brought by removing `churn/prepare.py:5`: `x = "a|b"`' in text
    assert '| removing `churn/prepare.py:5`: `x = "a\\|b"` |' in text


def test_a_change_without_new_debt_says_so(result: Result) -> None:
    compared = Comparison("a" * 40, "a" * 40, known=9)
    text = markdown_summary.render(replace(result, findings=(), comparison=compared))
    assert text.startswith("## mldebt: no new debt\n")
    assert "since aaaaaaaaaa." in text


def test_names_can_not_mark_up_call_people_or_end_cells() -> None:
    assert words("@acme/team reads a_b*c <img> [x](y) #12") == (
        "@\u200bacme/team reads a\\_b\\*c \\<img\\> \\[x\\](y) #\u200b12"
    )
    assert words("the column `a_b` & co") == "the column `a_b` &amp; co"
    assert code("a`b") == "`` a`b ``"
    assert code("x\ny") == "`x y`"


def test_it_fits_into_a_comment(result: Result) -> None:
    finding = replace(result.findings[0], message="`" + "x" * 290 + "`. And more.")
    many = tuple(replace(finding, subject=(str(number),)) for number in range(5_000))
    text = markdown_summary.render(replace(result, findings=many, comparison=Comparison("m", "c" * 40, gone=many)))
    assert len(text) <= LONGEST
    assert "more." in text


@given(st.text(alphabet="ab@#`|\\\n\t<*_[]() \u202e1", max_size=40))
def test_no_text_ends_a_cell_or_calls_anybody(text: str) -> None:
    row = _in_cell(words(text))
    assert "\n" not in row
    assert not re.search(r"(?<!\\)\|", row)
    outside = re.sub(
        r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "·", row
    )  # what stands before a piece of code doesn't meet what stands behind it
    assert not re.search(r"(?<![\w`])[@#](?=\w)", outside)
