"""Operations on whole rows or tables: every column has a say in what comes of them."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf, Seen

HEADER = "age,spend,fax,churned\n34,20.5,1,0\n"
PANDAS = "import numpy as np\nimport pandas as pd\ndf = pd.read_csv('a.csv')\n"
POLARS = "import polars as pl\ndf = pl.read_csv('a.csv')\n"
DASK = "import dask.dataframe as dd\ndf = dd.read_csv('a.csv')\n"
SPARK = """\
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
df = spark.read.option('header', True).csv('a.csv')
"""
OUT = {PANDAS: "\ndf[['age', 'churned']].to_csv('out.csv')\n", DASK: "\ndf[['age', 'churned']].to_csv('out.csv')\n"}
OUT |= {POLARS: "\ndf.select('age', 'churned').write_csv('out.csv')\n"}
OUT |= {SPARK: "\ndf.select('age', 'churned').write.parquet('out')\n"}


def uses(seen: Seen, name: str, column: str = "fax") -> tuple[bool | None, set[str]]:
    """What is said of a column that nothing but the operation in question may use."""
    (node,) = [node for node in seen.graph.of_kind("dataset") if node.name == name]
    (found,) = [one for one in node.columns if one.name == column]
    return found.used, {use.kind for use in found.uses}


def of_fax(graph_of: GraphOf, program: str, change: str) -> tuple[bool | None, set[str]]:
    files = {"main.py": program + change + OUT[program], "a.csv": HEADER, "b.csv": HEADER}
    return uses(graph_of(files), "a.csv")


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "df = df.dropna()"),
        (PANDAS, "df.dropna(inplace=True)"),
        (PANDAS, "df = df.dropna(axis=0, how='any')"),
        (PANDAS, "df = df.dropna(axis='index', inplace=False)"),
        (PANDAS, "df = df.replace([np.inf, -np.inf], np.nan).dropna()"),
        (PANDAS, "df = df[['age', 'fax', 'churned']].dropna()"),
        (DASK, "df = df.dropna()"),
        (POLARS, "df = df.drop_nulls()"),
        (POLARS, "df = df.lazy().drop_nans().collect()"),
        (SPARK, "df = df.dropna()"),
        (SPARK, "df = df.na.drop()"),
        (SPARK, "df = df.na.drop('any')"),
    ],
)
def test_every_column_decides_which_rows_are_complete(program: str, change: str, graph_of: GraphOf) -> None:
    assert of_fax(graph_of, program, change) == (True, {"complete"})


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "df = df.drop_duplicates()"),
        (PANDAS, "df = df.drop_duplicates(keep='last', ignore_index=True)"),
        (PANDAS, "df = pd.concat([df, pd.read_csv('b.csv')]).drop_duplicates(keep=False)"),
        (DASK, "df = df.drop_duplicates()"),
        (POLARS, "df = df.unique(keep='first')"),
        (SPARK, "df = df.dropDuplicates()"),
        (SPARK, "df = df.distinct()"),
        (SPARK, "df = df.exceptAll(spark.read.option('header', True).csv('b.csv'))"),
        (SPARK, "df = spark.read.option('header', True).csv('b.csv').intersect(df)"),
    ],
)
def test_every_column_tells_repeated_rows(program: str, change: str, graph_of: GraphOf) -> None:
    assert of_fax(graph_of, program, change) == (True, {"distinct"})


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "df = df.dropna(how='all')"),
        (PANDAS, "df = df.dropna(axis=0, thresh=3)"),
        (SPARK, "df = df.na.drop('all')"),
        (PANDAS, "df = df[~df.duplicated()]"),
        (PANDAS, "df = df[~df.isnull().any(axis=1)]"),
        (PANDAS, "df = df[(np.abs((df - df.mean()) / df.std()) < 3).all(axis=1)]"),
        (PANDAS, "df = df[np.isfinite(df).all(1)]"),
        (POLARS, "df = df.filter(pl.all_horizontal(pl.all().is_not_null()))"),
        (POLARS, "df = df.filter(pl.col('*').is_not_null())"),
    ],
)
def test_a_condition_on_all_columns_is_one_on_each(program: str, change: str, graph_of: GraphOf) -> None:
    assert of_fax(graph_of, program, change) == (True, {"filter"})


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "df['age'] = df.rank(axis=1)['age']"),
        (PANDAS, "df = df.cumsum(axis=1)"),
        (PANDAS, "df = df.diff(axis=1)"),
        (PANDAS, "df = df.ffill(axis='columns')"),
        (PANDAS, "df['age'] = df.values.sum(axis=1)"),
        (PANDAS, "df['age'] = pd.util.hash_pandas_object(df)"),
        (SPARK, "df = df.withColumn('age', F.to_json(F.struct('*')))"),
        (SPARK, "df = df.withColumn('age', F.sha2(F.concat_ws('|', *df.columns), 256))"),
    ],
)
def test_what_is_computed_across_columns_is_made_of_all(program: str, change: str, graph_of: GraphOf) -> None:
    used, kinds = of_fax(graph_of, program, change)
    assert used is True and "sink" in kinds


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "df = df.merge(pd.read_csv('b.csv'))"),
        (PANDAS, "df = pd.merge(df, pd.read_csv('b.csv'), how='left')"),
        (POLARS, "df.group_by(pl.all()).len().write_csv('n.csv')"),
    ],
)
def test_columns_that_are_keys_without_being_named(program: str, change: str, graph_of: GraphOf) -> None:
    used, kinds = of_fax(graph_of, program, change)
    assert used is not False and kinds & {"key", "escape"}


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, "import sys\ndf = df.query(sys.argv[1])"),
        (PANDAS, "import sys\ndf = df.query(f'{sys.argv[1]} > 1')"),
        (PANDAS, "import sys\ndf = df.drop_duplicates(subset=sys.argv[1:])"),
        (PANDAS, "import sys\ndf.groupby(sys.argv[1])['age'].mean().to_csv('n.csv')"),
        (PANDAS, "import sys\ndf = df.merge(pd.read_csv('b.csv'), on=sys.argv[1])"),
        (PANDAS, "from inhouse import clean\ndf = df.pipe(clean)"),
        (PANDAS, "from inhouse import clean\ndf.groupby('age').apply(clean).to_csv('n.csv')"),
        (POLARS, "df = df.filter(~df.is_duplicated())"),
        (DASK, "from inhouse import clean\ndf = df.map_partitions(clean)"),
        (SPARK, "from functools import reduce\ntests = [F.col(c).isNotNull() for c in df.columns]\n"
                "df = df.filter(reduce(lambda a, b: a & b, tests))"),
    ],
)  # fmt: skip
def test_what_is_not_known_may_use_any_column(program: str, change: str, graph_of: GraphOf) -> None:
    used, kinds = of_fax(graph_of, program, change)
    assert used is not False and "escape" in kinds


@pytest.mark.parametrize(
    ("program", "change"),
    [
        (PANDAS, ""),
        (PANDAS, "df = df.dropna(subset=['age'])"),
        (PANDAS, "df = df.dropna(axis=1)"),
        (PANDAS, "df = df[['age', 'churned']].dropna()"),
        (PANDAS, "df = df.drop_duplicates('age')"),
        (PANDAS, "df = df.query('age > 1')"),
        (PANDAS, "df = df.cumsum()"),
        (PANDAS, "df = df.pipe(np.log)"),
        (PANDAS, "df.groupby(level=0)['age'].mean().to_csv('n.csv')"),
        (PANDAS, "df = df.merge(pd.read_csv('b.csv')[['age']], on='age')"),
        (POLARS, "df = df.unique('age')"),
        (POLARS, "df = df.drop_nulls(['age', 'churned'])"),
        (SPARK, "df = df.na.drop(subset=['age'])"),
        (SPARK, "df = df.dropDuplicates(['age'])"),
    ],
)
def test_other_columns_than_those_meant_stay_unused(program: str, change: str, graph_of: GraphOf) -> None:
    assert of_fax(graph_of, program, change) == (False, set())


@pytest.mark.parametrize(
    ("query", "used", "kinds"),
    [
        ("SELECT age, churned, fax FROM a", False, set()),
        ("SELECT DISTINCT age, churned, fax FROM a", True, {"distinct"}),
        ("SELECT DISTINCT ON (age) age, churned, fax FROM a", False, set()),
        ("WITH b AS (SELECT DISTINCT age, churned, fax FROM a) SELECT age, churned FROM b", True, {"distinct"}),
        ("SELECT age, churned, fax FROM a UNION SELECT age, churned, fax FROM b", True, {"distinct"}),
        ("SELECT age, churned, fax FROM a UNION ALL SELECT age, churned, fax FROM b", False, set()),
        ("SELECT age, churned, fax FROM b EXCEPT SELECT age, churned, fax FROM a", True, {"distinct"}),
    ],
)
def test_rows_that_a_query_compares(query: str, used: bool, kinds: set[str], graph_of: GraphOf) -> None:
    program = f"""\
import sqlite3
import pandas as pd
df = pd.read_sql("{query}", sqlite3.connect("x.db"))
df[["age", "churned"]].to_csv("out.csv")
"""
    assert uses(graph_of(program), "x.db::a") == (used, kinds)


def test_all_columns_of_a_query_are_compared(graph_of: GraphOf) -> None:
    program = """\
import sqlite3
import pandas as pd
pd.read_sql("SELECT age FROM (SELECT DISTINCT * FROM a) b", sqlite3.connect("x.db"))
"""
    seen = graph_of(program)
    assert uses(seen, "x.db::a", "age") == (True, {"distinct"})
    assert seen.asked("x.db::a") == {None}
