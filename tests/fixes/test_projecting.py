"""Reads that load fewer columns: what is written, and when that is known to change nothing."""

from __future__ import annotations

import pytest

from mldebt.rules.fix import Projection
from tests.fixes.shop import fixed, line_of

KEPT, UNUSED = ("age", "churned", "id"), ("fax", "referrer")
HEAD = "import pandas as pd\n\n"


def projected(text: str, read: str = "pd.read", imported: bool = False) -> tuple[str, str] | None:
    return fixed(text, Projection((line_of(text, read),), KEPT, UNUSED), imported=imported)


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ('pd.read_csv("c.csv")', 'pd.read_csv("c.csv", usecols=["age", "churned", "id"])'),
        ('pd.read_csv("c.csv", sep=";")', 'pd.read_csv("c.csv", sep=";", usecols=["age", "churned", "id"])'),
        ('pd.read_csv("c.csv", )', 'pd.read_csv("c.csv", usecols=["age", "churned", "id"] )'),
        (
            'pd.read_csv(\n    "c.csv",\n    sep=";",  # as they come\n)',
            'pd.read_csv(\n    "c.csv",\n    sep=";",\n    usecols=["age", "churned", "id"],  # as they come\n)',
        ),
        (
            'pd.read_csv(\n    "c.csv",\n    sep=";"\n)',
            'pd.read_csv(\n    "c.csv",\n    sep=";",\n    usecols=["age", "churned", "id"]\n)',
        ),
        (
            "pd.read_csv('c.csv', usecols=['age', 'fax', 'churned', 'id', 'referrer'])",
            "pd.read_csv('c.csv', usecols=['age', 'churned', 'id'])",
        ),
        (
            'pd.read_parquet("c.parquet", columns=[\n    "fax",\n    "id",\n    "age",\n    "churned",\n])',
            'pd.read_parquet("c.parquet", columns=[\n    "id",\n    "age",\n    "churned",\n])',
        ),
    ],
)
def test_the_argument_is_written_as_the_call_is(call: str, after: str) -> None:
    use = '\nprint(df["age"])\n'
    assert projected(f"{HEAD}df = {call}{use}") == ("safe", f"{HEAD}df = {after}{use}")


@pytest.mark.parametrize(
    "use",
    [
        'df = df[df["age"] > 3]\nprint(df.age)',
        'df = df.sort_values("id").reset_index(drop=True)\nprint(len(df), df.loc[3, "age"])',
        'young = df.query("age < 30")\nyoung["old"] = 0\nfit(young[["age", "old"]])',
        'df = df.dropna(subset=["age"])\nprint(df.groupby("id")["age"].mean())',
        'NAMES = ["age", "id"]\nfit(df[NAMES])',
        "def f():\n    return df['age']",
    ],
)
def test_it_is_safe_where_every_use_is_seen_to_be_apart(use: str) -> None:
    made = projected(f'{HEAD}df = pd.read_csv("c.csv")\n{use}\n')
    assert made is not None
    assert made[0] == "safe"


@pytest.mark.parametrize(
    "use",
    [
        "df = df.dropna()",
        "df = df.drop_duplicates()",
        "print(df.shape)",
        "print(df.iloc[:, 1])",
        "for name in df.columns:\n    print(name)",
        "x = df.to_numpy()",
        "df = df.merge(other, on='id')",
        "train(df)",
        "both = [df]",
        "df['sum'] = df.sum(axis=1)",
        "df = df.sample(2, axis=1)",
        "df.columns = ['a', 'b']",
        "def f():\n    global df",
        "print(df)",
    ],
)
def test_any_other_use_leaves_it_unsafe(use: str) -> None:
    made = projected(f'{HEAD}df = pd.read_csv("c.csv")\n{use}\nprint(df["age"])\n')
    assert made is not None
    assert made[0] == "unsafe"


@pytest.mark.parametrize(
    "call",
    [
        'pd.read_csv("c.csv", index_col=0)',
        'pd.read_csv("c.csv", names=NAMES)',
        'pd.read_csv("c.csv", parse_dates=[1])',
        'pd.read_csv("c.csv", ";")',
        'pd.read_csv("c.csv", chunksize=10)',
        'pd.read_parquet("c.parquet")',
    ],
)
def test_arguments_that_count_columns_leave_it_unsafe(call: str) -> None:
    made = projected(f'{HEAD}df = {call}\nprint(df["age"])\n')
    assert made is not None
    assert made[0] == "unsafe"


def test_what_other_code_can_see_is_unsafe() -> None:
    made = projected(f'{HEAD}df = pd.read_csv("c.csv")\nprint(df["age"])\n', imported=True)
    assert made is not None
    assert made[0] == "unsafe"


def test_a_frame_that_is_returned_is_unsafe() -> None:
    made = projected(f'{HEAD}def load():\n    return pd.read_csv("c.csv")\n')
    assert made is not None
    assert made[0] == "unsafe"


@pytest.mark.parametrize(
    "code",
    [
        'df = pd.read_csv("c.csv")\ndf = df.drop(columns=["fax"])\n',
        'df = pd.read_csv("c.csv")\ndel df["referrer"]\n',
        'DROPPED = ["fax"]\ndf = pd.read_csv("c.csv")\ndf = df.drop(columns=DROPPED)\n',
        'df = pd.read_csv("c.csv")\ndf.fax = 3\n',
        'df = pd.read_csv("c.csv")\ndf = df.query("referrer == 3 or age > 2")\n',
        'df = pd.read_csv("c.csv", **options)\n',
        "df = pd.read_csv(*paths)\n",
        'one, two = pd.read_csv("c.csv"), pd.read_csv("d.csv")\n',
        'df = load("c.csv")  # pd.read\n',
        'df = pd.read_csv("c.csv"\n',
    ],
)
def test_none_is_offered_where_it_would_fail_or_the_read_is_not_found(code: str) -> None:
    assert projected(HEAD + code) is None


LISTED = 'COLUMNS = ["age", "churned", "fax", "id"]\n\ndf = pd.read_csv("c.csv", usecols=COLUMNS)\nprint(df["age"])\n'


def test_a_list_of_its_own_is_shortened_where_it_stands() -> None:
    assert projected(HEAD + LISTED) == ("safe", HEAD + LISTED.replace(', "fax"', ""))


def test_a_list_that_others_read_stays() -> None:
    shared = HEAD + LISTED + "print(COLUMNS)\n"
    made = projected(shared)
    assert made is not None
    assert made[1] == shared.replace("usecols=COLUMNS", 'usecols=["age", "churned", "id"]')


@pytest.mark.parametrize(
    ("query", "after"),
    [
        ("SELECT id, fax, age FROM c", "SELECT id, age FROM c"),
        ("SELECT id, age, c.fax AS referrer FROM c WHERE age > 3", "SELECT id, age FROM c WHERE age > 3"),
        ("SELECT DISTINCT id, fax FROM c", None),
        ("SELECT id, fax FROM c UNION SELECT id, fax FROM d", None),
        ("SELECT id, fax FROM c ORDER BY 2", None),
        ("SELECT id, max(age) AS fax FROM c", None),
        ("SELECT * FROM c", None),
    ],
)
def test_columns_go_out_of_a_query(query: str, after: str | None) -> None:
    made = projected(f'{HEAD}df = pd.read_sql("{query}", con)\nprint(df["age"])\n')
    assert made == (
        None if after is None else ("unsafe", f'{HEAD}df = pd.read_sql("{after}", con)\nprint(df["age"])\n')
    )


def test_a_query_over_several_lines_keeps_them() -> None:
    query = 'QUERY = """\n    SELECT id,\n           fax,\n           age\n    FROM c\n"""\n'
    text = f"{HEAD}{query}df = pd.read_sql(QUERY, con)\n"
    made = projected(text)
    assert made is not None
    assert made[1] == text.replace("fax,\n           ", "")
