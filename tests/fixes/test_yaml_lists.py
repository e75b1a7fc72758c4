"""Items of lists in YAML: put in and taken out, and nothing else changed."""

from __future__ import annotations

import pytest

from mldebt.rules.fix import Entries
from tests.fixes.shop import fixed

FILE = "dvc.yaml"
STAGES = """\
# how the model is made
stages:
  train:
    cmd: python train.py   # nightly
    deps:
      - data/train.csv  # from prepare
      - src/train.py

    outs:
    - models/m.pkl:
        cache: false
  # the last one
  score:
    cmd: |
      python score.py
      python check.py

  many:
    foreach: [a, b]
    do:
      cmd: python many.py ${item}
      deps: [many.py]
"""


def changed(stage: str, key: str, *items: str, without: tuple[str, ...] = (), text: str = STAGES) -> str | None:
    made = fixed(text, Entries(FILE, ("stages", stage, key), items, without), file=FILE)
    assert made is None or made[0] == "safe"
    return None if made is None else made[1]


@pytest.mark.parametrize(
    ("stage", "key", "items", "line", "more"),
    [
        ("train", "deps", ["a.csv"], "      - src/train.py\n", "      - a.csv\n"),
        ("train", "deps", ["a b.csv", "c"], "      - src/train.py\n", '      - "a b.csv"\n      - c\n'),
        ("train", "outs", ["a.csv"], "        cache: false\n", "    - a.csv\n"),
        ("train", "params", ["lr"], "        cache: false\n", "    params:\n      - lr\n"),
        ("score", "deps", ["a.csv"], "      python check.py\n", "    deps:\n      - a.csv\n"),
    ],
)
def test_items_are_put_in(stage: str, key: str, items: list[str], line: str, more: str) -> None:
    assert changed(stage, key, *items) == STAGES.replace(line, line + more)


def test_a_list_on_one_line_stays_on_it() -> None:
    assert changed("many", "deps", "x.py") == STAGES.replace("[many.py]", "[many.py, x.py]")


@pytest.mark.parametrize(
    ("key", "gone", "lines"),
    [
        ("deps", "data/train.csv", "      - data/train.csv  # from prepare\n"),
        ("deps", "src/train.py", "      - src/train.py\n"),
    ],
)
def test_items_are_taken_out(key: str, gone: str, lines: str) -> None:
    assert changed("train", key, without=(gone,)) == STAGES.replace(lines, "")


def test_windows_lines_stay() -> None:
    text = STAGES.replace("\n", "\r\n")
    assert changed("train", "deps", "a.csv", text=text) == changed("train", "deps", "a.csv").replace("\n", "\r\n")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("stage", "key", "text"),
    [
        ("other", "deps", STAGES),
        ("train", "cmd", STAGES),
        ("train", "deps", "stages: {train: {cmd: x}}\n"),
        ("train", "deps", "x: &d [a]\nstages:\n  train:\n    deps: *d\n"),
        ("train", "deps", "stages: [\n"),
        ("train", "deps", ""),
    ],
)
def test_nothing_is_done_where_it_is_not_that_simple(stage: str, key: str, text: str) -> None:
    assert changed(stage, key, "a.csv", text=text) is None


def test_the_last_item_stays() -> None:
    assert changed("train", "outs", without=("models/m.pkl",)) is None
