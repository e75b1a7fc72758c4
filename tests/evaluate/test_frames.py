"""Frames that are gone through: columns, rows and values in loops, and stores into records."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

READ = """\
import numpy as np
import pandas as pd

df = pd.read_csv("a.csv", usecols=["id", "city", "price", "day"])
"""


@pytest.mark.parametrize(
    "loop",
    [
        "for c in df.columns:\n    print(df[c])",
        "for c in df:\n    print(df[c])",
        "for _, row in df.iterrows():\n    print(row)",
        "for row in df.itertuples():\n    print(row)",
        "for row in df.values:\n    print(row)",
        "spec = {}\nfor c in df.columns:\n    spec[c] = ['mean']\ndf.groupby('id').agg(spec).to_csv('out.csv')",
    ],
)
def test_a_loop_over_a_frame_uses_its_columns(loop: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{READ}{loop}\n").unused("a.csv") == set()


def test_a_loop_over_columns_that_are_not_all_known_may_use_any(graph_of: GraphOf) -> None:
    program = "wide = pd.read_csv('wide.csv')\nwide['new'] = 1\nfor c in wide.columns:\n    send(wide[c])\n"
    seen = graph_of(f"{READ}{program}print(wide['id'])\n")
    assert seen.unused("wide.csv") == set()


def test_rows_of_an_array_keep_their_columns_when_unpacked(graph_of: GraphOf) -> None:
    program = "for i, price in df[['id', 'price']].values:\n    pd.DataFrame({'p': [price]}).to_csv('o.csv')\n"
    seen = graph_of(READ + program)
    assert "price" in seen.used("a.csv")
    assert seen.unused("a.csv") <= {"city", "day", "id"}


@pytest.mark.parametrize(
    "program",
    [
        "inst = df.to_dict('index')\ninst['A']['end'] = 1\n",
        "x = pd.read_excel('b.xlsx', sheet_name=None)\nx['A']['end'] = 1\n",
    ],
)
def test_a_store_into_records_derives_no_column(program: str, graph_of: GraphOf) -> None:
    graph = graph_of(READ + program).graph
    assert [c.name for node in graph.nodes.values() for c in node.columns if c.source == "derived"] == []
