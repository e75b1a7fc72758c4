"""Which columns a frame has, followed from where it is read to where it is written."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

READ = """\
import numpy as np
import pandas as pd

df = pd.read_csv("a.csv", usecols=["id", "city", "price", "day"])
other = pd.read_csv("b.csv", usecols=["id", "score"])
"""


@pytest.mark.parametrize(
    ("read", "columns"),
    [
        ("pd.read_csv('a.csv', usecols=['x', 'y'])", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=('x', 'y'))", ("x", "y")),
        ("pd.read_parquet('a.csv', columns=['x', 'y'])", ("x", "y")),
        ("pd.read_parquet('a.csv', 'auto', ['x', 'y'])", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=COLUMNS)", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=[*COLUMNS, 'z'])", ("x", "y", "z")),
        ("pd.read_csv('a.csv', usecols=COLUMNS + ['z'])", ("x", "y", "z")),
        ("pd.read_csv('a.csv', usecols=list(TYPES))", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=list(TYPES.keys()))", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=sorted(['y', 'x']))", ("x", "y")),
        ("pd.read_csv('a.csv', usecols=[f'lag_{n}' for n in (1, 2)])", ("lag_1", "lag_2")),
        ("pd.read_csv('a.csv', usecols=[c for c in ['x', 'y', 'z'] if c != 'z'])", ("x", "y")),
        ("pd.read_csv('a.csv', **{'usecols': ['x', 'y']})", ("x", "y")),
    ],
)
def test_a_read_asks_for_the_columns_that_it_names(read: str, columns: tuple[str, ...], graph_of: GraphOf) -> None:
    program = "import pandas as pd\nCOLUMNS = ['x', 'y']\nTYPES = {'x': int, 'y': float}\n"
    assert graph_of(program + read).asked("a.csv") == {columns}


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ("out = df", "id city price day"),
        ("out = df.copy()", "id city price day"),
        ("out = df[['id', 'price']]", "id price"),
        ("out = df.loc[:, ['id', 'price']]", "id price"),
        ("out = df.filter(items=['id', 'price'])", "id price"),
        ("out = df[df.columns.difference(['city', 'day'])]", "id price"),
        ("out = df.drop(columns=['day'])", "id city price"),
        ("out = df.drop(columns='day')", "id city price"),
        ("out = df.drop(['day', 'city'], axis=1)", "id price"),
        ("out = df.drop('day', axis='columns')", "id city price"),
        ("out = df.drop([0, 1])", "id city price day"),
        ("out = df.drop(index=[0, 1])", "id city price day"),
        ("df.drop(columns=['day'], inplace=True)\nout = df", "id city price"),
        ("del df['day']\nout = df", "id city price"),
        ("out = df.rename(columns={'day': 'date'})", "id city price date"),
        ("df.rename(columns={'day': 'date'}, inplace=True)\nout = df", "id city price date"),
        ("df.columns = ['a', 'b', 'c', 'd']\nout = df", "a b c d"),
        ("out = df.assign(total=df.price * 2)", "id city price day total"),
        ("out = df.assign(total=lambda d: d.price * 2, one=1)", "id city price day total one"),
        ("out = df.assign(**{'total': 1})", "id city price day total"),
        ("df['total'] = df['price'] * 2\nout = df", "id city price day total"),
        ("df.loc[:, 'total'] = 0\nout = df", "id city price day total"),
        ("df.loc[df.price > 3, 'total'] = 0\nout = df", "id city price day total"),
        ("df[['u', 'v']] = 0\nout = df", "id city price day u v"),
        ("df.insert(0, 'total', 1)\nout = df", "total id city price day"),
        ("for c in ['u', 'v']:\n    df[c] = 0\nout = df", "id city price day u v"),
        ("out = df.fillna(0).astype({'id': str}).round(2)", "id city price day"),
        ("out = df.dropna(subset=['day'])", "id city price day"),
        ("out = df.query('price > 3')", "id city price day"),
        ("out = df[df.price > 3]", "id city price day"),
        ("out = df.sort_values('day').head(3)", "id city price day"),
        ("out = df.sample(frac=0.5, random_state=1)", "id city price day"),
        ("out = df.merge(other, on='id')", "id city price day score"),
        ("out = pd.merge(df, other, on='id', how='left')", "id city price day score"),
        ("out = df.merge(other, left_on='id', right_on='id')", "id city price day score"),
        (
            "out = df.merge(other.rename(columns={'id': 'key'}), left_on='id', right_on='key')",
            "id city price day key score",
        ),
        ("out = df.join(other.set_index('id'), on='id')", "id city price day score"),
        ("out = pd.concat([df, df])", "id city price day"),
        ("out = pd.concat([df, other])", "id city price day score"),
        ("out = pd.concat([df, other[['score']]], axis=1)", "id city price day score"),
        ("out = df.groupby('city').agg(mean=('price', 'mean')).reset_index()", "city mean"),
        ("df['mean'] = df.groupby('city')['price'].transform('mean')\nout = df", "id city price day mean"),
        ("out = df.set_index('id').reset_index()", "id city price day"),
        ("out = df.set_index('day').reset_index()", "day id city price"),
        ("out = df.set_index('day')", "day id city price"),
        ("out = df.set_index('day')[['price']]", "day price"),
        ("out = df.set_index('day').reset_index(drop=True)", "id city price"),
        ("df.set_index('day', inplace=True)\nout = df[[c for c in df.columns if c != 'id']]", "day city price"),
        ("out = df.groupby('city', as_index=False)['price'].mean()", "city price"),
        ("out = df.groupby('city')['price'].sum().reset_index(name='total')", "city total"),
        ("out = df.groupby('city').size().reset_index(name='n')", "city n"),
        ("out = df.groupby('city')[['price']].mean()\nout.columns = ['mean']", "city mean"),
        ("out = df.melt(id_vars=['id'], value_vars=['price', 'day'])", "id variable value"),
        ("out = pd.melt(df, 'id', ['price'], 'what', 'amount')", "id what amount"),
        ("out = df.melt(id_vars=['id', 'city'])", "id city variable value"),
        ("out = df.rename(columns=str.upper)", "ID CITY PRICE DAY"),
        ("out = df.rename(columns=lambda name: f'{name}_x')", "id_x city_x price_x day_x"),
        ("df.columns = df.columns.str.upper()\nout = df", "ID CITY PRICE DAY"),
        ("df.columns = df.columns.str.replace('i', '_')\nout = df", "_d c_ty pr_ce day"),
        ("df.columns = df.columns.map(str.upper)\nout = df", "ID CITY PRICE DAY"),
        ("out = df.join(other.assign(day=1).set_index('id'), on='id', rsuffix='_o')", "id city price day score day_o"),
        ("out = df.merge(other.set_index('id'), left_on='id', right_index=True)", "id city price day score"),
        ("out = df.pipe(lambda d: d[['id']])", "id"),
        ("def keep(d):\n    return d[['id']]\nout = df.pipe(keep)", "id"),
        ("out = pd.DataFrame({'id': df.id, 'two': df['price'] * 2})", "id two"),
        ("out = pd.DataFrame([{'u': 1, 'v': 2}])", "u v"),
        ("out = pd.DataFrame([[1, 2]], columns=['u', 'v'])", "u v"),
        ("out = pd.DataFrame(df.values, columns=['a', 'b', 'c', 'd'])", "a b c d"),
        ("out = df['price'].to_frame()", "price"),
        ("out = df.where(df.price > 2, 0)", "id city price day"),
        ("out = df.explode('city')", "id city price day"),
        ("out = df.reindex(columns=['id', 'x'])", "id x"),
        ("out = df if df.empty else df[['id', 'city', 'price', 'day']]", "id city price day"),
        ("out = (df\n    .drop(columns='day')\n    .rename(columns={'city': 'town'}))", "id town price"),
    ],
)
def test_a_written_frame_has_the_columns_that_its_history_gives(change: str, columns: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{READ}{change}\nout.to_csv('out.csv')\n").written("out.csv") == tuple(columns.split())


@pytest.mark.parametrize("write", ["to_csv('out.csv', index=False)", "to_parquet('out.csv', index=False)"])
def test_an_index_that_is_not_written_is_no_column_of_the_file(write: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{READ}df.set_index('id').{write}\n").written("out.csv") == ("city", "price", "day")


def test_columns_that_become_rows_are_used(graph_of: GraphOf) -> None:
    program = "import pandas as pd\ndf = pd.read_csv('a.csv').melt(id_vars=['id'], value_vars=['u', 'v'])\n"
    program += "df.groupby('id')[['value']].mean().to_csv('out.csv')\n"
    seen = graph_of({"main.py": program, "a.csv": "id,u,v,w\n1,2,3,4\n"})
    assert seen.used("a.csv") == {"id", "u", "v"}
    assert seen.unused("a.csv") == {"w"}


def test_the_header_of_a_file_in_the_repository_tells_its_columns(graph_of: GraphOf) -> None:
    program = "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf['x'].to_csv('out.csv')\n"
    seen = graph_of({"main.py": program, "a.csv": "x,y\n1,2\n"})
    assert seen.stored("a.csv").attributes["closed"] is True
    assert (seen.used("a.csv"), seen.unused("a.csv")) == ({"x"}, {"y"})


def test_columns_of_an_unknown_file_are_those_mentioned(graph_of: GraphOf) -> None:
    program = "import pandas as pd\ndf = pd.read_csv('a.csv')\nprint(df['x'], df.y)\ndf[df.z > 1].to_csv('out.csv')\n"
    seen = graph_of(program)
    assert {"x", "y", "z"} <= {column.name for column in seen.stored("a.csv").columns}
    assert seen.written("out.csv") is None


@pytest.mark.parametrize(
    ("program", "use"),
    [
        ("df[df['price'] > 3][['id']].to_csv('out.csv')", "filter"),
        ("df.merge(other, left_on='price', right_on='id')[['score']].to_csv('out.csv')", "key"),
        ("df.groupby('price')[['id']].sum().to_csv('out.csv')", "key"),
        ("df[['price']].to_csv('out.csv')", "sink"),
        ("df['double'] = df.price * 2\ndf[['double']].to_csv('out.csv')", "sink"),
        ("df['double'] = np.log(df.price)\ndf[['double']].to_csv('out.csv')", "sink"),
        ("assert df['price'].notna().all()", "check"),
        ("unknown.call(df['price'])", "escape"),
    ],
)
def test_a_column_says_what_it_is_used_for(program: str, use: str, graph_of: GraphOf) -> None:
    seen = graph_of(READ + "import unknown\n" + program)
    assert use in seen.use("a.csv", "price")
    assert "day" in seen.unused("a.csv") or use == "escape"


def test_a_derived_column_knows_its_parents(graph_of: GraphOf) -> None:
    seen = graph_of(READ + "df['ratio'] = df['price'] / df['id']\ndf[['ratio']].to_csv('out.csv')\n")
    assert seen.used("a.csv") == {"price", "id"}
    assert seen.unused("a.csv") == {"city", "day"}


def test_columns_of_rows_written_as_lists_are_made_of_what_stands_at_their_place(graph_of: GraphOf) -> None:
    program = (
        "import pandas as pd\ndf = pd.read_csv('a.csv')\nrows = []\nfor age in range(9):\n"
        "    rows.append([age, df['price'].iloc[age]])\nout = pd.DataFrame(rows, columns=['age', 'paid'])\n"
        "out['old'] = out['age'] + 1\nout['more'] = out['paid'] + 1\n"
    )
    graph = graph_of(program).graph
    made = {one.name: one.derived_from for node in graph.of_kind("frame") for one in node.columns if one.derived_from}
    assert [name for _, name in made["more"]] == ["price"]
    assert "old" not in made


def test_a_column_that_is_overwritten_is_not_used_by_what_comes_later(graph_of: GraphOf) -> None:
    seen = graph_of(READ + "df['price'] = 0\ndf[['id', 'price']].to_csv('out.csv')\n")
    assert seen.used("a.csv") == {"id"}


def test_columns_are_followed_through_a_function(graph_of: GraphOf) -> None:
    program = "def features(frame):\n    frame = frame.copy()\n    frame['x'] = frame['price'] + 1\n"
    program += "    return frame[['id', 'x']]\nfeatures(df).to_csv('out.csv')\n"
    seen = graph_of(READ + program)
    assert seen.written("out.csv") == ("id", "x")
    assert seen.used("a.csv") == {"id", "price"}


def test_columns_are_followed_through_a_stored_file(graph_of: GraphOf) -> None:
    reader = "import pandas as pd\npd.read_parquet('mid.parquet')[['price']].to_csv('out.csv')\n"
    seen = graph_of({"first.py": READ + "df.to_parquet('mid.parquet')\n", "second.py": reader})
    assert seen.used("mid.parquet") == {"price"}
    assert seen.unused("mid.parquet") == {"id", "city", "day"}


def test_columns_are_followed_through_rows_and_apply(graph_of: GraphOf) -> None:
    program = "df['x'] = df.apply(lambda row: row['price'] + row.id, axis=1)\ndf[['x']].to_csv('out.csv')\n"
    seen = graph_of(READ + program)
    assert {"price", "id"} <= seen.used("a.csv")
    assert seen.unused("a.csv") >= {"city", "day"}


@pytest.mark.parametrize(
    "loop",
    [
        "for _, row in df.iterrows():\n    rows.append({'x': row['price']})",
        "for row in df.itertuples():\n    rows.append({'x': row.price})",
        "for row in df.to_dict('records'):\n    rows.append({'x': row['price']})",
    ],
)
def test_columns_are_followed_through_loops_over_rows(loop: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{READ}rows = []\n{loop}\npd.DataFrame(rows).to_csv('out.csv')\n")
    assert seen.used("a.csv") == {"price"}
    assert seen.written("out.csv") == ("x",)


def test_the_csv_module_and_its_rows(graph_of: GraphOf) -> None:
    program = """
        import csv
        with open("a.csv") as source, open("out.csv", "w") as target:
            writer = csv.DictWriter(target, fieldnames=["x"])
            for row in csv.DictReader(source):
                writer.writerow({"x": row["price"]})
    """
    seen = graph_of(program)
    assert seen.use("a.csv", "price") >= {"sink"}
    assert seen.flows("a.csv", "out.csv")


def test_a_name_with_an_ending_may_be_a_column_of_the_side_that_is_known(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd

        left = pd.read_parquet("left.parquet")
        right = pd.read_csv("right.csv", usecols=["code", "age", "price"])
        both = left.merge(right, on="code")
        both.groupby("code")[["age_y"]].sum().to_csv("out.csv")
        """
    )
    assert seen.unused("right.csv") == {"price"}


def test_a_name_with_an_ending_may_be_a_column_of_the_side_that_is_only_known_by_its_writer(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd

        orders = pd.read_csv("orders.csv", usecols=["code", "age", "price"])
        orders.to_csv("daily.csv", index=False)
        daily = pd.read_csv("daily.csv")
        both = daily.merge(pd.read_csv("right.csv", usecols=["code", "age"]), on="code")
        both[["code", "age_x"]].to_csv("out.csv")
        """
    )
    assert seen.unused("daily.csv") == {"price"}


def test_what_is_unpacked_from_a_row_is_one_of_its_columns_and_a_count_is_none(graph_of: GraphOf) -> None:
    graph = graph_of("""
import pandas as pd

df = pd.read_csv("a.csv", usecols=["id", "city", "day"])
print([city for id, city in df[["id", "city"]].values], len(df))
""")
    assert graph.used("a.csv") == {"city"}


@pytest.mark.parametrize("method", ["frobnicate(table=df)", "predict(df)"])
def test_what_a_method_that_is_not_known_is_given_may_be_used(method: str, graph_of: GraphOf) -> None:
    graph = graph_of(f"""
import pandas as pd

df = pd.read_csv("a.csv", usecols=["id"])
pd.read_csv("b.csv").{method}
""")
    assert graph.use("a.csv", "id") == {"escape"}


@pytest.mark.parametrize(
    "change",
    [
        "df.columns = df.columns.str.lower().str.strip().str.replace(' ', '_')",
        "df.columns = [name.strip().lower() for name in df.columns]",
        "df = df.rename(columns=str.lower)",
        "df = df.rename(columns=lambda name: name.strip())",
        "df = df.add_prefix(prefix())",
    ],
)
def test_a_table_whose_columns_all_got_other_names_is_still_that_table(change: str, graph_of: GraphOf) -> None:
    program = f"""\
import pandas as pd
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("a.csv")
{change}
df["ratio"] = df["income"] / df["debt"]
df.to_csv("b.csv")
model = LogisticRegression().fit(df[["ratio", "age"]], df["default"])
"""
    seen = graph_of(program)
    assert seen.flows("a.csv", "b.csv")
    assert seen.flows("a.csv", "LogisticRegression")
    ratio = [column for frame in seen.graph.of_kind("frame") for column in frame.columns if column.name == "ratio"]
    assert [str(column.expression) for column in ratio] == ["income / debt"]


def test_columns_are_not_called_unused_under_names_that_nobody_knows(graph_of: GraphOf) -> None:
    program = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("a.csv", usecols=["One", "Two", "Y"])
df = df.rename(columns=new_name)
LogisticRegression().fit(df[["one"]], df["y"])
"""
    assert graph_of(program).unused("a.csv") == set()


def test_columns_that_are_filled_where_they_lack_leave_the_others_as_they_are(graph_of: GraphOf) -> None:
    program = """\
import joblib
import pandas as pd
model, names = joblib.load("m.pkl"), joblib.load("names.pkl")
df = pd.read_csv("new.csv")
for name in names:
    if name not in df.columns:
        df[name] = 0
df["x"] = df["a"] + 1
df.to_csv("out.csv")
"""
    seen = graph_of(program)
    assert "a" in seen.used("new.csv")
    x = [column for frame in seen.graph.of_kind("frame") for column in frame.columns if column.name == "x"]
    assert [str(column.expression) for column in x] == ["a + 1"]


def test_names_that_a_call_nobody_knows_gives_are_no_complete_list(graph_of: GraphOf) -> None:
    program = """\
import pandas as pd
import somewhere
from sklearn.linear_model import LogisticRegression
df = pd.read_csv("a.csv", usecols=["a", "b", "y"])
kept = ["a"]
for name in somewhere.pick(df):
    kept.append(name)
LogisticRegression().fit(df[kept], df["y"])
"""
    assert graph_of(program).unused("a.csv") == set()


@pytest.mark.parametrize(
    "shown",
    ["sum(list(df['city']), [])", "words(df)", "[item for name in ['city'] for item in sum(list(df[name]), [])]"],
)
def test_a_column_that_is_shown_in_one_list_of_many_is_used(shown: str, graph_of: GraphOf) -> None:
    helper = (
        "def words(frame):\n    found = []\n    for name in ['city']:\n        found += sum(list(frame[name]), [])\n"
    )
    graph = graph_of(f"{READ}{helper}    return found\nprint({shown})\n").graph
    assert graph.nodes["dataset:a.csv"].columns
    used = {column.name for column in graph.nodes["dataset:a.csv"].columns if column.used}
    assert used == {"city"}
