"""Constructs that took the engine longer: each of them was missed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.statements import STATEMENTS
from tests.evaluate import test_columns as columns
from tests.evaluate import test_models as models
from tests.evaluate import test_rows as rows
from tests.evaluate.small import GraphOf
from tests.evaluate.test_surroundings import READ, YAML, configured
from tests.evaluate.test_web_and_notebooks import BODY, FASTAPI, MODEL
from tests.system.command import run
from tests.system.test_hostile_repositories import SOUND


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("df = df.copy() if len(df) else df\ndf['x'] = 1\nout = df", "id city price day x"),
        ("if len(df):\n    df = df.dropna()\ndf['x'] = 1\nout = df", "id city price day x"),
        ("out = df[[c for c in df.columns if c != 'day']]", "id city price"),
        ("df.pop('day')\nout = df", "id city price"),
        ("out = df.set_axis(['a', 'b', 'c', 'd'], axis=1)", "a b c d"),
        ("out = df[['id', 'city']].add_prefix('o_')", "o_id o_city"),
        ("out = df[['id', 'city']].add_suffix('_x')", "id_x city_x"),
        ("out = df.eval('total = price * 2')", "id city price day total"),
        ("other['day'] = 1\nout = df.merge(other, on='id')", "id city price day_x score day_y"),
        ("other['day'] = 1\nout = df.merge(other, on='id', suffixes=('', '_b'))", "id city price day score day_b"),
        ("out = df.groupby('city', as_index=False).agg({'price': 'mean'})", "city price"),
        ("out = df.groupby(['city', 'day'])['price'].mean().reset_index()", "city day price"),
        ("out = df.groupby('city')['price'].mean().reset_index(name='mean')", "city mean"),
        ("out = df.groupby('city')['price'].sum().to_frame('total').reset_index()", "city total"),
        ("out = df[['id', 'city', 'price']].iloc[:, [0, 2]]", "id price"),
        ("out = df[['id', 'city', 'price', 'day']].iloc[:, :-1]", "id city price"),
    ],
)
def test_a_written_frame_has_the_columns_that_its_history_gives(change: str, names: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{columns.READ}{change}\nout.to_csv('out.csv')\n").written("out.csv") == tuple(names.split())


def test_a_query_filters_by_the_columns_that_it_names(graph_of: GraphOf) -> None:
    seen = graph_of(columns.READ + "df.query('price > 3')[['id']].to_csv('out.csv')\n")
    assert "filter" in seen.use("a.csv", "price")


@pytest.mark.parametrize(
    "program",
    [
        "import xgboost as xgb\nm = xgb.train({}, xgb.DMatrix(X, label=y))\np = m.predict(xgb.DMatrix(X))",
        "import lightgbm as lgb\nm = lgb.train({}, lgb.Dataset(X, label=y))\np = m.predict(X)",
    ],
)
def test_a_matrix_brings_its_labels(program: str, graph_of: GraphOf) -> None:
    models.assert_learned(graph_of(f"{models.READ}{program}\npd.DataFrame({{'p': p}}).to_csv('scores.csv')\n"))


@pytest.mark.parametrize(
    ("save", "load"),
    [
        (
            "with open('m.pkl', 'wb') as f:\n    f.write(pickle.dumps(m))",
            "with open('m.pkl', 'rb') as f:\n    m = pickle.loads(f.read())",
        ),
        ("Path('m.pkl').write_bytes(pickle.dumps(m))", "m = pickle.loads(Path('m.pkl').read_bytes())"),
        ("pd.to_pickle(m, 'm.pkl')", "m = pd.read_pickle('m.pkl')"),
    ],
)
def test_a_model_pickled_to_bytes_is_the_one_that_is_loaded(save: str, load: str, graph_of: GraphOf) -> None:
    models.assert_same_artifact(graph_of(models.trained_and_scored(save, load)), "m.pkl")


@pytest.mark.parametrize(
    "program",
    [
        "s = ColumnTransformer([('n', StandardScaler(), ['u', 'v'])])\nT = s.fit_transform(df)",
        "s = make_column_transformer((StandardScaler(), ['u', 'v']))\nT = s.fit_transform(df)",
    ],
)
def test_a_column_transformer_gives_only_the_columns_that_it_names(program: str, graph_of: GraphOf) -> None:
    models.assert_transformed(graph_of(f"{models.READ}{program}\nm = LinearRegression().fit(T, y)\n"))


@pytest.mark.parametrize(
    "split",
    [
        "a = df.sample(frac=0.8, random_state=1)\nb = df.drop(a.index)",
        "a, b = np.split(df, [10])",
        "i, j = train_test_split(df.index, random_state=1)\na, b = df.loc[i], df.loc[j]",
        "i, j = train_test_split(np.arange(len(df)), random_state=1)\na, b = df.iloc[i], df.iloc[j]",
    ],
)
def test_the_two_sides_of_a_split_know_each_other(split: str, graph_of: GraphOf) -> None:
    rows.assert_split(graph_of(f"{rows.READ}{split}\na.to_csv('train.csv')\nb.to_csv('test.csv')\n"))


@pytest.mark.parametrize(
    ("file", "content", "load"),
    [
        ("config.yaml", YAML, "yaml.safe_load(Path('config.yaml').read_text())"),
        (
            "config.json",
            '{"data": {"orders": "a.csv", "columns": ["x", "y"]}}',
            "json.loads(open('config.json').read())",
        ),
    ],
)
def test_configuration_parsed_from_text_is_read_for_real(file: str, content: str, load: str, graph_of: GraphOf) -> None:
    assert graph_of({"main.py": configured(load), file: content}).asked("a.csv") == {("x", "y")}


@pytest.mark.parametrize(
    "program",
    [
        "path, target = sys.argv[1:3]\npd.read_csv(path)",
        "parser = argparse.ArgumentParser()\nparser.add_argument('path')\nparser.add_argument('target')\n"
        "pd.read_csv(parser.parse_args().path)",
    ],
)
def test_positional_arguments_come_from_a_stage(program: str, graph_of: GraphOf) -> None:
    stage = "stages:\n  train:\n    cmd: python main.py given.csv out.csv\n"
    assert graph_of({"main.py": READ + program + "\n", "dvc.yaml": stage}).reads() == {"given.csv"}


@pytest.mark.parametrize(
    "program",
    [
        "from functools import partial\ndef load(k):\n    return pd.read_csv(k)\npartial(load, 'a.csv')()",
        "from functools import partial\ndef load(k):\n    return pd.read_csv(k)\npartial(load, k='a.csv')()",
        "from collections import namedtuple\nC = namedtuple('C', 'path x')\npd.read_csv(C('a.csv', 1).path)",
        "from types import SimpleNamespace\nc = SimpleNamespace(path='a.csv')\npd.read_csv(c.path)",
    ],
)
def test_helpers_of_the_standard_library_pass_values_on(program: str, graph_of: GraphOf) -> None:
    assert graph_of(READ + program + "\n").reads() == {"a.csv"}


def test_a_format_in_an_f_string_counts(graph_of: GraphOf) -> None:
    assert graph_of(READ + "number = 7\npd.read_csv(f'part_{number:03d}.csv')\n").reads() == {"part_007.csv"}


@pytest.mark.parametrize(
    "files",
    [
        {"odd/pandas.py": "import pandas\ndef read_csv(path):\n    return path\n"},
        {"odd/joblib/__init__.py": "import joblib\n"},
        {"odd/sklearn/__init__.py": "x = 1\n", "odd/sklearn/ensemble.py": "from sklearn.ensemble import *\n"},
    ],
)
def test_a_module_named_like_a_library_elsewhere_in_the_repository_hides_nothing(
    files: dict[str, str | bytes], graph_of: GraphOf
) -> None:
    seen = graph_of({**files, "sound/main.py": SOUND})
    assert (seen.reads(), seen.writes(), seen.models()) == ({"sound.csv"}, {"sound.joblib"}, {"RandomForestRegressor"})


def test_what_the_engine_itself_fails_at_is_told(
    graph_of: GraphOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(machine: Machine, statement: object) -> bool:
        raise LookupError("a defect")

    monkeypatch.setitem(STATEMENTS, "assert", failing)
    (tmp_path / "main.py").write_text("x = 1\nassert x\n")
    assert "a defect" in run("graph", tmp_path, "--output-format", "json", "--no-cache").out


def test_an_ini_file_is_read_for_real(graph_of: GraphOf) -> None:
    program = "import configparser\nimport pandas as pd\nc = configparser.ConfigParser()\nc.read('x.ini')\n"
    seen = graph_of({"main.py": program + "pd.read_csv(c['data']['orders'])\npd.read_csv(c.get('data', 'zones'))\n",
                     "x.ini": "[data]\norders = a.csv\nzones = b.csv\n"})  # fmt: skip
    assert seen.reads() == {"a.csv", "b.csv"}


def test_options_of_click_and_typer_have_their_defaults(graph_of: GraphOf) -> None:
    click = """
        import click
        import pandas as pd
        @click.command()
        @click.option("--path", default="a.csv")
        def main(path):
            pd.read_csv(path)
        main()
    """
    typer = """
        import typer
        import pandas as pd
        def main(path: str = typer.Option("b.csv")):
            pd.read_csv(path)
        typer.run(main)
    """
    assert graph_of({"one.py": click, "two.py": typer}).reads() == {"a.csv", "b.csv"}


def test_hydra_reads_its_configuration(graph_of: GraphOf) -> None:
    program = """
        import hydra
        import pandas as pd
        @hydra.main(config_path="conf", config_name="config")
        def main(cfg):
            pd.read_csv(cfg.data.orders)
        main()
    """
    assert graph_of({"main.py": program, "conf/config.yaml": YAML}).reads() == {"a.csv"}


def test_a_client_meets_the_endpoint_that_it_calls(graph_of: GraphOf) -> None:
    server = MODEL + FASTAPI + BODY + "@app.post('/predict')\ndef predict(order: Order):\n"
    server += "    return {'p': model.predict([[order.km]])[0]}\n"
    client = """
        import requests
        import pandas as pd
        answer = requests.post("http://eta:8000/predict", json={"km": 3}).json()
        pd.DataFrame([answer]).to_csv("out.csv")
    """
    seen = graph_of({"server.py": server, "client.py": client})
    assert seen.flows("http::POST /predict", "out.csv")


def test_times_that_a_declared_source_names_are_needed(graph_of: GraphOf) -> None:
    program = """
        from feast import FileSource
        source = FileSource(path="stats.parquet", timestamp_field="at", created_timestamp_column="created")
    """
    seen = graph_of(program)
    assert seen.use("stats.parquet", "at") == seen.use("stats.parquet", "created") == {"key"}


def test_columns_that_the_read_itself_needs_are_needed(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        df = pd.read_csv("d.csv", index_col="id", parse_dates=["at"])
        df[["a"]].to_csv("out.csv")
    """
    seen = graph_of({"main.py": program, "d.csv": "id,at,a,b\n1,2,3,4\n"})
    assert seen.unused("d.csv") == {"b"}


ELSEWHERE = """
    import pandas as pd
    from company.stores import Store, StorePath, load_model, read_table
    from sklearn.linear_model import Ridge
    store = Store("bucket")
"""


@pytest.mark.parametrize(
    ("program", "read", "written"),
    [
        ('store.download_dataframe("orders.csv", "raw").to_csv("out.csv")', {"orders.csv"}, {"out.csv"}),
        ('read_table("data/orders.parquet").to_csv("out.csv")', {"data/orders.parquet"}, {"out.csv"}),
        ('store.upload(pd.read_csv("in.csv"), name="orders.csv")', {"in.csv"}, {"orders.csv"}),
        (
            'pd.Series(load_model("m.pkl").predict(pd.read_csv("in.csv"))).to_csv("o.csv")',
            {"in.csv", "m.pkl"},
            {"o.csv"},
        ),
        ('store.get("orders.csv")', set(), set()),
        ('pd.read_csv(StorePath("s3://lake/orders.csv"))', {"s3://lake/orders.csv"}, set()),
        ('store.load_settings("settings.yaml")', set(), set()),
        ('store.describe("orders.csv")', set(), set()),
    ],
)
def test_code_that_is_not_in_sight_is_told_by_its_words(
    program: str, read: set[str], written: set[str], graph_of: GraphOf
) -> None:
    seen = graph_of(f"{ELSEWHERE}    {program}\n")
    assert (seen.reads(), seen.writes()) == (read, written)
    assert all(seen.flows(one, other) for one in read for other in written)
