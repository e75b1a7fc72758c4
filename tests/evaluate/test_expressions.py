"""How columns are computed, in one canonical form, whatever they are written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluate.small import GraphOf, Seen, seen_in

PANDAS = """\
import math
import numpy as np
import pandas as pd

df = pd.read_csv("a.csv", usecols=["a", "b", "k", "t"])
"""


def expression(seen: Seen, name: str = "r") -> str | None:
    """The one expression that all derived columns of a name have."""
    found = {
        str(column.expression) if column.expression else None
        for node in seen.graph.of_kind("frame")
        for column in node.columns
        if column.name == name and column.source == "derived"
    }
    (only,) = found
    return only


@pytest.mark.parametrize(
    "change",
    [
        'df["r"] = df["a"] / df["b"]',
        "df['r'] = df.a.div(df.b)",
        "df = df.assign(r=df.a / df.b)",
        'df = df.assign(r=lambda d: d["a"] / d.b)',
        'df["r"] = df.apply(lambda row: row["a"] / row["b"], axis=1)',
        'df["r"] = df.eval("a / b")',
        'df = df.eval("r = a / b")',
        'df["r"] = np.divide(df.a, df.b)',
        'df["r"] = df.a.values / df["b"].to_numpy()',
        'def ratio(x, y):\n    return x / y\ndf["r"] = ratio(df.a, df.b)',
        'df = df.rename(columns={"a": "x"})\ndf["r"] = df.x / df.b',
        'df = pd.read_sql("SELECT k, a / b AS r FROM t", con)',
        'df = pd.read_sql("WITH x AS (SELECT a, b FROM t) SELECT x.a / x.b AS r FROM x", con)',
    ],
)
def test_one_quotient_has_one_form(change: str, graph_of: GraphOf) -> None:
    assert expression(graph_of(PANDAS + change)) == "a / b"


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ('df["r"] = df.a.fillna(0)', "fill_null(a, 0)"),
        ('df = df.fillna(0)\ndf["r"] = df.a', "fill_null(a, 0)"),
        ('df = df.fillna({"a": 0})\ndf["r"] = df.a', "fill_null(a, 0)"),
        ('df["a"] = df["a"].fillna(0)\ndf["r"] = df.a', "fill_null(a, 0)"),
        ('df = pd.read_sql("SELECT COALESCE(a, 0) AS r FROM t", con)', "fill_null(a, 0)"),
        ('df["r"] = np.where(df.b == 0, 0, df.a / df.b)', "where(b == 0, 0, a / b)"),
        ('df["r"] = df.a / df.b\ndf.loc[df.b == 0, "r"] = 0', "where(b == 0, 0, a / b)"),
        ('v = df.a.to_numpy()\nv[v > 3] = 0\ndf["r"] = v', "where(3 < a, 0, a)"),
        ('v = df.a.values\nv[v > 3] *= 2\ndf["r"] = v', "where(3 < a, a * 2, a)"),
        ('v = df.a.copy()\nv[df.b > 3] = df.b\ndf["r"] = v', "where(3 < b, b, a)"),
        ('v = df.a.to_numpy()\nv[0] = 0\ndf["r"] = v', None),
        ('v = df.a.to_numpy()\nif unknown:\n    v[v > 3] = 0\ndf["r"] = v', None),
        ('df["r"] = df.a + 1\ndf[df < 0] = 0', None),
        ('df["r"] = df.apply(lambda x: 0 if x.b == 0 else x.a / x.b, axis=1)', "where(b == 0, 0, a / b)"),
        ('df["r"] = df.apply(lambda x: x.a / x.b if x.b != 0 else 0, axis=1)', "where(b == 0, 0, a / b)"),
        (
            "def f(x):\n    if x.b == 0:\n        return 0\n    return x.a / x.b\ndf['r'] = df.apply(f, axis=1)",
            "where(b == 0, 0, a / b)",
        ),
        (
            "def f(x):\n  y = 0\n  if x.b != 0:\n    y = x.a / x.b\n  return y\ndf['r'] = df.apply(f, axis=1)",
            "where(b == 0, 0, a / b)",
        ),
        (
            'df = pd.read_sql("SELECT CASE WHEN b = 0 THEN 0 ELSE a / b END AS r FROM t", con)',
            "where(b == 0, 0, a / b)",
        ),
        ('df["r"] = np.log1p(df.a)', "log1p(a)"),
        ('df["r"] = df.a.apply(np.log1p)', "log1p(a)"),
        ('df["r"] = df.a.map(lambda x: math.log1p(x))', "log1p(a)"),
        ('df["r"] = df.a * 0.01', "a / 100"),
        ('df["r"] = df.b + df.a', "a + b"),
        ('df["r"] = (df.a > 3) & (df.b < 2)', "(3 < a) and (b < 2)"),
        ('df["r"] = df.a.clip(lower=0).clip(upper=1)', "clip(a, lower=0, upper=1)"),
        ('df["r"] = np.maximum(df.a, 0)', "clip(a, lower=0)"),
        ('df["r"] = df.a.astype("float64")', "cast(a, to=float)"),
        ('df["r"] = round(df.a, 2)', "round(a, decimals=2)"),
        ('df["r"] = df.k.str.strip().str.lower()', "lower(strip(k))"),
        ('df["r"] = df.k.map({"y": 2, "x": 1})', 'map_values(k, mapping={"x": 1, "y": 2})'),
        ('df["r"] = df[["a", "b"]].mean(axis=1)', "mean(a, b)"),
        ('df["r"] = (df.a - df.a.mean()) / df.a.std()', "(a - mean(a)) / std(a, ddof=1)"),
        ('df["r"] = df.a / np.std(df.a)', "a / std(a, ddof=0)"),
        ('df["a"] += 1\ndf["a"] *= 2\ndf["r"] = df.a', "(a + 1) * 2"),
        ('df["r"] = df.groupby("k")["a"].transform("mean")', 'over(mean(a), by=["k"])'),
        ('df["r"] = df.groupby("k").a.transform("mean")', 'over(mean(a), by=["k"])'),
        ('df = df.groupby("k", as_index=False).agg(r=("a", "mean"))', 'over(mean(a), by=["k"])'),
        ('df = pd.read_sql("SELECT k, AVG(a) AS r FROM t GROUP BY k", con)', 'over(mean(a), by=["k"])'),
        ('df = pd.read_sql("SELECT AVG(a) OVER (PARTITION BY k) AS r FROM t", con)', 'over(mean(a), by=["k"])'),
        ('df["r"] = df.groupby("k").a.shift(1)', 'over(shift(a, periods=1), by=["k"])'),
        (
            'df = pd.read_sql("SELECT LAG(a) OVER (PARTITION BY k ORDER BY t) AS r FROM t", con)',
            'over(shift(a, as_stored=false, periods=1), by=["k"])',
        ),
        ('df["r"] = df.a.rolling(3).mean()', "mean(rolling(a, center=false, min_periods=3, window=3))"),
        ('df["r"] = df.rolling(3)["a"].mean()', "mean(rolling(a, center=false, min_periods=3, window=3))"),
        ('df["r"] = df.a.rolling("3D").mean()', 'mean(rolling(a, center=false, min_periods=1, window="3D"))'),
        (
            'df["r"] = df.groupby("k").a.rolling(3, min_periods=1).mean().reset_index(0, drop=True)',
            'over(mean(rolling(a, center=false, min_periods=1, window=3)), by=["k"])',
        ),
        (
            'df = pd.read_sql("SELECT AVG(a) OVER (PARTITION BY k ORDER BY t ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)'
            ' AS r FROM t", con)',
            'over(mean(rolling(a, as_stored=false, center=false, min_periods=1, window=3)), by=["k"])',
        ),
        ('df["r"] = df.t.dt.tz_convert("UTC").dt.hour', 'hour(tz_convert(t, tz="UTC"))'),
    ],
)
def test_what_changes_the_value_is_part_of_the_form(change: str, form: str | None, graph_of: GraphOf) -> None:
    assert expression(graph_of(PANDAS + change)) == form


@pytest.mark.parametrize(
    "change",
    [
        'df["r"] = df.a\nif flag():\n    df["r"] = df.a * 2',
        'df["r"] = df.a\nfor _ in range(n()):\n    df["r"] = df["r"].shift(1)',
        'df["r"] = somewhere(df.a)',
        'df["r"] = df.a.rolling(days()).mean()',
        'df["r"] = scaler.fit_transform(df[["a"]])',
        'df["r"] = df.a.unheard_of()',
        'b = pd.read_csv("b.csv")\ndf["r"] = df.a - b.a',
        'df["r"] = df.iloc[0].a - df[df.b > 1].iloc[0].a',
    ],
)
def test_what_can_not_be_told_has_no_form(change: str, graph_of: GraphOf) -> None:
    assert expression(graph_of(PANDAS + change)) is None


def test_what_a_model_learns_from_and_is_given_is_said_in_the_same_form(graph_of: GraphOf) -> None:
    seen = graph_of(
        PANDAS
        + """
from sklearn.linear_model import LinearRegression

df["ratio"] = df.a / df.b
model = LinearRegression().fit(df[["ratio", "a"]], df["t"])

def serve(request):
    body = request.get_json()
    ratio = body["a"] / body["b"] if body["b"] else 0
    return model.predict(pd.DataFrame([{"ratio": ratio, "a": body["a"]}]))
"""
    )
    (trained,) = seen.graph.edges_of_kind("TRAINS_ON")
    assert [str(term) for term in trained.attributes["expressions"]] == ["a / b", "a"]


def test_a_knowledge_file_says_what_a_wrapper_computes(tmp_path: Path) -> None:
    knowledge = tmp_path / "acme.toml"
    knowledge.write_text('[meanings]\n"acme.ratio" = "div(0, 1|by)"\n"<frame>.capped" = "clip(self, upper=0|at:1)"\n')
    program = "import acme\n" + PANDAS + "df['r'] = acme.ratio(df.a, by=df.b).capped()"
    assert expression(seen_in(tmp_path, {"a.py": program}, [knowledge])) == "clip(a / b, upper=1)"


POLARS = """\
import polars as pl
from polars import selectors as cs

df = pl.read_csv("a.csv", columns=["a", "b", "k", "t"])
"""
SPARK = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
df = spark.read.parquet("a.parquet").select("a", "b", "k", "t")
"""


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ('o = df.select((pl.col("a") / pl.col("b")).alias("r"))', "a / b"),
        ('o = df.with_columns(r=pl.col("a") / pl.col("b"))', "a / b"),
        ('o = df.with_columns([(pl.col("a") / pl.col("b")).alias("r")])', "a / b"),
        ('o = df.rename({"a": "x"}).with_columns(r=pl.col("x") / pl.col("b"))', "a / b"),
        ('o = df.with_columns(r=pl.col("a").fill_null(0))', "fill_null(a, 0)"),
        (
            'o = df.with_columns(r=pl.when(pl.col("b") == 0).then(0).otherwise(pl.col("a") / pl.col("b")))',
            "where(b == 0, 0, a / b)",
        ),
        ('o = df.with_columns(r=pl.col("a").mean().over("k"))', 'over(mean(a), by=["k"])'),
        ('o = df.group_by("k").agg(pl.col("a").mean().alias("r"))', 'over(mean(a), by=["k"])'),
        ('o = df.group_by("k").agg(r=pl.mean("a"))', 'over(mean(a), by=["k"])'),
        ('o = df.with_columns(r=pl.col("t").dt.hour())', "hour(t)"),
        ('o = df.with_columns(r=pl.col("k").str.to_lowercase())', "lower(k)"),
        (
            'o = df.with_columns(r=pl.col("a").rolling_mean(3, min_samples=1))',
            "mean(rolling(a, center=false, min_periods=1, window=3))",
        ),
    ],
)
def test_polars_says_it_in_the_same_form(change: str, form: str, graph_of: GraphOf) -> None:
    assert expression(graph_of(POLARS + change)) == form


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ('o = df.withColumn("r", F.col("a") / F.col("b"))', "a / b"),
        ('o = df.withColumn("r", df.a / df["b"])', "a / b"),
        ('o = df.select("k", (F.col("a") / F.col("b")).alias("r"))', "a / b"),
        ('o = df.withColumn("r", F.coalesce(F.col("a"), F.lit(0)))', "fill_null(a, 0)"),
        ('o = df.fillna(0).withColumn("r", F.log1p("a"))', "log1p(fill_null(a, 0))"),
        (
            'o = df.withColumn("r", F.when(F.col("b") == 0, 0).otherwise(F.col("a") / F.col("b")))',
            "where(b == 0, 0, a / b)",
        ),
        ('o = df.groupBy("k").agg(F.avg("a").alias("r"))', 'over(mean(a), by=["k"])'),
        ('o = df.withColumn("r", F.col("a").cast("double"))', "cast(a, to=float)"),
    ],
)
def test_spark_says_it_in_the_same_form(change: str, form: str, graph_of: GraphOf) -> None:
    assert expression(graph_of(SPARK + change)) == form


@pytest.mark.parametrize(
    ("change", "columns", "used"),
    [
        ('o = df.select("a", "b")', "a b", "a b"),
        ('o = df.select(pl.col("a", "b"))', "a b", "a b"),
        ('o = df.select(pl.exclude("t"))', "a b k", "a b k"),
        ("o = df.select(pl.all())", "a b k t", "a b k t"),
        ('o = df.filter(pl.col("a") > 3).select("b")', "b", "a b"),
        ('o = df.sort(pl.col("t").desc()).select("a")', "a", "a t"),
        ('o = df.group_by("k").agg(pl.col("a", "b").mean())', "k a b", "a b k"),
        ('o = df.drop("t", "k")', "a b", "a b"),
        ('o = df.lazy().select("a").collect()', "a", "a"),
        ('o = df.join(df.select("k"), on="k").select("a")', "a", "a k"),
    ],
)
def test_columns_that_expressions_choose(change: str, columns: str, used: str, graph_of: GraphOf) -> None:
    seen = graph_of(f'{POLARS}{change}\no.write_parquet("o.parquet")\n')
    assert seen.written("o.parquet") == tuple(columns.split())
    assert seen.used("a.csv") == set(used.split())


def test_what_a_selector_takes_is_not_guessed(graph_of: GraphOf) -> None:
    seen = graph_of(f'{POLARS}df.select(cs.numeric()).write_parquet("o.parquet")\n')
    assert seen.written("o.parquet") is None
    assert seen.unused("a.csv") == set()


@pytest.mark.parametrize(
    ("change", "columns", "used"),
    [
        ('o = df.filter(F.col("a") > 3).select("b")', "b", "a b"),
        ('o = df.filter("a > 3").select("b")', "b", "a b"),
        ('o = df.drop("t", "k")', "a b", "a b"),
        ('o = df.withColumnRenamed("a", "x").select("x")', "x", "a"),
        ('o = df.orderBy(F.desc("t")).select("a")', "a", "a t"),
        ('o = df.join(df.select("k"), ["k"]).select("a")', "a", "a k"),
        ('o = df.na.fill({"a": 0}).select("a")', "a", "a"),
    ],
)
def test_columns_that_spark_chooses(change: str, columns: str, used: str, graph_of: GraphOf) -> None:
    seen = graph_of(f'{SPARK}{change}\no.write.parquet("o.parquet")\n')
    assert seen.written("o.parquet") == tuple(columns.split())
    assert seen.used("a.parquet") == set(used.split())


def test_names_that_are_not_known_may_be_any(graph_of: GraphOf) -> None:
    seen = graph_of(f'{POLARS}from elsewhere import NAMES\ndf.select(NAMES).write_parquet("o.parquet")\n')
    assert seen.written("o.parquet") is None
    assert seen.unused("a.csv") == set()


def test_a_column_that_a_chain_makes_and_speaks_of_again_is_not_called_unused(graph_of: GraphOf) -> None:
    chain = 'out = pairs().join(df.select("k", (F.col("a") * 2).alias("twice")), "k").rank(F.col("twice"))'
    seen = graph_of(SPARK + chain)
    claims = {column.used for node in seen.graph.of_kind("frame") for column in node.columns if column.name == "twice"}
    assert False not in claims


def test_a_column_whose_values_are_counted_in_a_dictionary_is_used_as_its_key(graph_of: GraphOf) -> None:
    seen = graph_of(
        f"{PANDAS}words = sum(list(df['a'].apply(str.split)), [])\ntimes = {{}}\nfor word in words:\n"
        "    times[word] = times.get(word, 0) + 1\n"
    )
    assert seen.use("a.csv", "a") == {"key"}


@pytest.mark.parametrize("added", ["df.append(other)", "df.union(other)", "df.vstack(other)"])
def test_rows_are_added_to_those_that_are_there(added: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{PANDAS}other = pd.read_csv('b.csv')\n{added}.to_csv('o.csv')\n")
    assert seen.flows("a.csv", "o.csv")
    assert seen.flows("b.csv", "o.csv")
    assert seen.used("a.csv") == {"a", "b", "k", "t"}


def test_a_qualified_name_is_the_column_of_the_aliased_frame(graph_of: GraphOf) -> None:
    seen = graph_of(SPARK + "df.alias('d').select('d.a', F.col('d.b')).write.parquet('o.parquet')\n")
    assert seen.written("o.parquet") == ("a", "b")
    assert seen.used("a.parquet") == {"a", "b"}
