"""Which rows a frame holds: splits, filters, samples, folds and slices."""

from __future__ import annotations

import pytest

from mldebt.graph.model import RowSet
from tests.evaluate.small import GraphOf, Seen

READ = """\
import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, TimeSeriesSplit, train_test_split

df = pd.read_csv("a.csv", usecols=["id", "x", "y"])
other = pd.read_csv("b.csv", usecols=["id", "z"])
"""


@pytest.mark.parametrize(
    ("change", "operation"),
    [
        ("out = df", "read"),
        ("out = df.copy()", "read"),
        ("out = df[['x']]", "read"),
        ("out = df.assign(z=1)", "read"),
        ("out = df.sort_values('x')", "read"),
        ("out = df[df.x != 1]", "filter"),
        ("out = df[df.x.isin([1, 2]) & df.y.notna()]", "filter"),
        ("out = df.loc[df.x != 1]", "filter"),
        ("out = df.loc[df.x != 1, ['x']]", "filter"),
        ("out = df[df.x > 1]", "part"),
        ("out = df.query('x > 1')", "filter"),
        ("out = df.dropna()", "filter"),
        ("out = df.drop_duplicates()", "filter"),
        ("out = df.head(10)", "filter"),
        ("out = df.sample(10, random_state=1)", "sample"),
        ("out = df.merge(other, on='id')", "join"),
        ("out = df.join(other)", "join"),
        ("out = pd.concat([df, other])", "concat"),
        ("out = pd.concat([df, df])", "duplicate"),
        ("out = pd.concat([df] * 3)", "duplicate"),
        ("out = df.groupby('id').mean()", "group"),
        ("out = df.explode('x')", "duplicate"),
        ("out = df[:100]", "part"),
        ("out = df.iloc[:100]", "part"),
        ("out = train_test_split(df, random_state=1)[0]", "part"),
        ("df.dropna(inplace=True)\nout = df", "filter"),
    ],
)
def test_rows_are_what_the_last_change_of_them_made(change: str, operation: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{READ}{change}\nout.to_csv('out.csv')\n").rows("out.csv").operation == operation


def test_a_series_that_is_padded_with_its_own_last_value_repeats_no_record(graph_of: GraphOf) -> None:
    padded = "x = df['x'].values\nout = np.append(x[-1], x)\nnp.save('out.npy', out)\n"
    assert graph_of(READ + padded).rows("out.npy").operation == "concat"


@pytest.mark.parametrize(
    "split",
    [
        "a, b = train_test_split(df, test_size=0.2, random_state=1)",
        "a, b = train_test_split(df.drop(columns='id'), random_state=1)",
        "a, b, ya, yb = train_test_split(df[['x']], df['y'], random_state=1)",
        "n = int(len(df) * 0.8)\na, b = df[:n], df[n:]",
        "n = 10\na = df.iloc[:n]\nb = df.iloc[n:]",
        "def split(d):\n    return train_test_split(d, random_state=1)\na, b = split(df)",
        "a, b = df[df.x < 5], df[df.x >= 5]",
        "old = df.x < 5\na, b = df[old], df[~old]",
        "mask = np.random.rand(len(df)) < 0.8\na, b = df[mask], df[~mask]",
        "for i, j in KFold(5).split(df):\n    a, b = df.iloc[i], df.iloc[j]",
        "for i, j in StratifiedKFold(5).split(df, df.y):\n    a, b = df.loc[i], df.loc[j]",
        "for i, j in TimeSeriesSplit(5).split(df):\n    a, b = df.iloc[i, :], df.iloc[j, :]",
        "for fold, (i, j) in enumerate(KFold(5).split(df)):\n    a, b = df.iloc[i], df.iloc[j]",
        "i, j = next(KFold(5).split(df))\na, b = df.iloc[i], df.iloc[j]",
    ],
)
def test_the_two_sides_of_a_split_know_each_other(split: str, graph_of: GraphOf) -> None:
    assert_split(graph_of(f"{READ}{split}\na.to_csv('train.csv')\nb.to_csv('test.csv')\n"))


def assert_split(seen: Seen) -> None:
    train, test = seen.rows("train.csv"), seen.rows("test.csv")
    assert train.split == test.split != ""
    assert train.part != test.part


def test_features_and_labels_of_one_side_are_the_same_rows(graph_of: GraphOf) -> None:
    program = "a, b, ya, yb = train_test_split(df[['x']], df['y'], random_state=1)\n"
    program += "a.to_csv('a.csv')\nb.to_csv('b.csv')\nya.to_csv('ya.csv')\nyb.to_csv('yb.csv')\n"
    seen = graph_of(READ.replace("b.csv", "c.csv").replace("a.csv", "d.csv") + program)
    side = {name: (seen.rows(name).split, seen.rows(name).part) for name in ("a.csv", "b.csv", "ya.csv", "yb.csv")}
    assert side["a.csv"] == side["ya.csv"] != side["b.csv"] == side["yb.csv"]


def test_a_second_split_of_one_side_stays_below_it(graph_of: GraphOf) -> None:
    program = "rest, test = train_test_split(df, random_state=1)\ntrain, val = train_test_split(rest, random_state=1)\n"
    seen = graph_of(READ + program + "train.to_csv('train.csv')\ntest.to_csv('test.csv')\n")
    sides = {rows.split: rows.part for rows in ancestry(seen, seen.rows("train.csv"))}
    assert sides[seen.rows("test.csv").split] != seen.rows("test.csv").part


def test_filters_and_samples_come_from_what_they_filter(graph_of: GraphOf) -> None:
    seen = graph_of(READ + "df[df.x != 1].sample(3, random_state=1).dropna().to_csv('out.csv')\n")
    assert [rows.operation for rows in ancestry(seen, seen.rows("out.csv"))] == ["filter", "sample", "filter", "read"]


def ancestry(seen: Seen, rows: RowSet) -> list[RowSet]:
    found = [rows]
    for parent in rows.parents:
        found += ancestry(seen, seen.graph.rowsets[parent])
    return found


def test_what_was_dropped_by_name_is_told_where_rows_are_chosen_after_that(graph_of: GraphOf) -> None:
    seen = graph_of(READ + "few = df.drop(columns=['x']).dropna()\nall_of_it = df.dropna()\n")
    [few] = [edge for edge in seen.graph.edges_of_kind("DERIVES") if edge.target.endswith(":few")]
    [whole] = [edge for edge in seen.graph.edges_of_kind("DERIVES") if edge.target.endswith(":all_of_it")]
    assert few.attributes.get("without") == ("x",)
    assert whole.attributes.get("without") is None
