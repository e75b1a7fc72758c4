from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from mldebt.graph.model import Coverage, Graph
from mldebt.report import full
from mldebt.rules.result import Result

LOOP = """\
MLD301 direct-feedback-loop [critical, certain]
The scores of `model` become labels in data/training.parquet, from which `model`
is trained. It will confirm its own past decisions with every retraining.
  --> churn/score.py:22:5
   |
22 |     history.to_parquet("data/training.parquet")
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
path:
  1. churn/score.py:10: `model` predicts `churn_probability`
     | batch["churn_probability"] = model.predict_proba(batch[FEATURES])[:, 1]
  2. churn/score.py:20: becomes the label `churned`
     | batch["churned"] = (batch["churn_probability"] > 0.9).astype(int)
  3. churn/score.py:22: written to `data/training.parquet`
     | history.to_parquet("data/training.parquet")
  4. churn/train.py:7: read as `data`
     | data = pd.read_parquet("data/training.parquet")
  5. churn/train.py:9: trains `model` (RandomForestClassifier)
     | model.fit(data[FEATURES], data["churned"])
help: Train on outcomes only:
   - keep a random 5 % of users out of the policy
   - log `model_version` and the propensity
     history = pd.read_parquet("data/outcomes.parquet")
"""

SEVERAL_LINES = """\
  --> churn/score.py:11:5
   |
11 | /     batch.to_parquet(
12 | |         f"data/scores/{day}.parquet",
13 | |         columns=["user_id", "churn_probability"],
14 | |         index=False,
15 | |         compression="zstd",
   | | …
19 | |     )
   | |_____^
   |
"""


def test_a_finding_shows_its_code_its_path_and_what_to_do(result: Result) -> None:
    assert f"\n\n{LOOP}\n" in full.render(result)


def test_code_on_several_lines_is_tied_together(result: Result) -> None:
    assert f"\n{SEVERAL_LINES}" in full.render(result)


def test_steps_that_say_the_same_are_told_by_the_first_and_the_last(result: Result) -> None:
    loop = next(each for each in result.findings if each.code == "MLD301")
    first, second, *_ = loop.path
    told = full.render(replace(result, findings=(replace(loop, path=(first, *[second] * 7, first)),)))
    assert "  2. churn/score.py:20: becomes the label" in told
    assert "     … 5 more of the same\n  8. churn/score.py:20: becomes the label" in told
    assert "  3. churn" not in told
    assert "  9. churn/score.py:10: `model` predicts" in told


def test_a_step_without_a_place_is_told(result: Result) -> None:
    assert "\n  3. consumed by `pricing`\n  4. pricing/weekly discounts.py:4: read as `scores`\n" in full.render(result)


def test_it_ends_with_numbers_and_coverage(result: Result) -> None:
    assert full.render(result).endswith(
        "\n\nFound 9 findings: 1 critical, 3 high, 3 medium, 2 low.\n"
        "Lineage: 90 % of 10 reads and writes resolved; mldebt graph --stats lists the\nrest.\n"
    )


def test_nothing_found_is_said_with_the_coverage(empty: Result) -> None:
    assert full.render(empty) == "No findings.\nLineage: no reads or writes of data in 0 files.\n"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_page(result: Result, width: int) -> None:
    longest = max(full.render(result, width=width).splitlines(), key=len)
    assert len(longest) <= width, longest


def test_colour_only_adds_escapes(result: Result) -> None:
    coloured = full.render(result, color=True)
    assert "\x1b[1;1;31mMLD301\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == full.render(result)


def test_code_that_is_gone_leaves_the_place(result: Result) -> None:
    moved = replace(result, root=result.root / "elsewhere")
    assert " --> churn/train.py:8:1\nhelp: Give it `random_state=`.\n" in full.render(moved)


def test_coverage_is_never_rounded_up_to_all(result: Result) -> None:
    graph = Graph(coverage=Coverage(files=1, resolved=999, unresolved=1))
    assert "Lineage: 99 % of 1,000 reads and writes" in full.render(replace(result, graph=graph))
