"""Names of stored things, however a program puts them together."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.evaluate.small import GraphOf

IMPORTS = """\
import glob
import os
import os.path as osp
from datetime import date
from os.path import join
from pathlib import Path, PurePath

import pandas as pd
import sys

"""


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("pd.read_csv('data/orders.csv')", "data/orders.csv"),
        ("pd.read_csv('./data/orders.csv')", "data/orders.csv"),
        ("pd.read_csv('data/' 'orders.csv')", "data/orders.csv"),
        ("pd.read_csv('data' + '/' + 'orders.csv')", "data/orders.csv"),
        ("pd.read_csv(filepath_or_buffer='data/orders.csv')", "data/orders.csv"),
        ("pd.read_csv(os.path.join('data', 'raw', 'orders.csv'))", "data/raw/orders.csv"),
        ("pd.read_csv(osp.join('data', 'orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(join('data', 'orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(Path('data') / 'orders.csv')", "data/orders.csv"),
        ("pd.read_csv(Path('data', 'raw').joinpath('orders.csv'))", "data/raw/orders.csv"),
        ("pd.read_csv(str(PurePath('data') / 'orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(Path('data/orders').with_suffix('.csv'))", "data/orders.csv"),
        ("pd.read_csv(Path('data/raw/x.csv').parent / 'orders.csv')", "data/raw/orders.csv"),
        ("pd.read_csv(Path('data/x.csv').with_name('orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(Path('data/orders.csv').as_posix())", "data/orders.csv"),
        ("pd.read_csv(os.fspath(Path('data/orders.csv')))", "data/orders.csv"),
        ("kind = 'orders'\npd.read_csv(f'data/{kind}.csv')", "data/orders.csv"),
        ("kind = 'orders'\npd.read_csv('data/{}.csv'.format(kind))", "data/orders.csv"),
        ("kind = 'orders'\npd.read_csv('{1}/{0}.csv'.format(kind, 'data'))", "data/orders.csv"),
        ("pd.read_csv('{folder}/{kind}.csv'.format(folder='data', kind='orders'))", "data/orders.csv"),
        ("kind = 'orders'\npd.read_csv('data/%s.csv' % kind)", "data/orders.csv"),
        ("pd.read_csv('%s/%s.csv' % ('data', 'orders'))", "data/orders.csv"),
        ("pd.read_csv('data/%(kind)s.csv' % {'kind': 'orders'})", "data/orders.csv"),
        ("pd.read_csv('/'.join(['data', 'orders.csv']))", "data/orders.csv"),
        ("pd.read_csv('DATA/Orders.csv'.lower())", "data/orders.csv"),
        ("pd.read_csv('data/orders.txt'.replace('.txt', '.csv'))", "data/orders.csv"),
        ("base, tail = 'data', 'orders.csv'\npd.read_csv(f'{base}/{tail}')", "data/orders.csv"),
        ("files = ['a.csv', 'orders.csv']\npd.read_csv('data/' + files[1])", "data/orders.csv"),
        ("paths = {'orders': 'data/orders.csv'}\npd.read_csv(paths['orders'])", "data/orders.csv"),
        ("paths = dict(orders='data/orders.csv')\npd.read_csv(paths.get('orders'))", "data/orders.csv"),
        ("if (path := 'data/orders.csv'):\n    pd.read_csv(path)", "data/orders.csv"),
        ("path = 'data'\npath += '/orders.csv'\npd.read_csv(path)", "data/orders.csv"),
        ("with open('data/orders.csv') as handle:\n    pd.read_csv(handle)", "data/orders.csv"),
        ("with Path('data/orders.csv').open() as handle:\n    pd.read_csv(handle)", "data/orders.csv"),
        ("open('data/orders.csv').read()", "data/orders.csv"),
        ("Path('data/orders.csv').read_text()", "data/orders.csv"),
        ("pd.read_csv('s3://lake/orders.csv')", "s3://lake/orders.csv"),
        ("pd.read_csv('https://x.org/orders.csv')", "https://x.org/orders.csv"),
        ("pd.read_parquet(f's3://lake/{date.today()}/x.parquet')", "s3://lake/{today}/x.parquet"),
        ("pd.read_csv(os.environ.get('ORDERS', 'data/orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(os.getenv('DATA', 'data') + '/orders.csv')", "data/orders.csv"),
        ("pd.read_csv(os.environ['DATA'] + '/orders.csv')", "{DATA}/orders.csv"),
        ("pd.read_csv(os.path.join(os.environ['DATA'], 'orders.csv'))", "{DATA}/orders.csv"),
        ("pd.read_csv(Path(os.getenv('DATA')) / 'orders.csv')", "{DATA}/orders.csv"),
        ("pd.read_csv('data\\\\orders.csv')", "data/orders.csv"),
        ("pd.read_csv(Path().cwd().joinpath('data', 'orders.csv'))", "data/orders.csv"),
        ("pd.read_csv(os.path.join(os.path.dirname('data/raw/'), 'orders.csv'))", "data/raw/orders.csv"),
        ("pd.read_csv(os.path.join(os.path.dirname('data/raw'), 'orders.csv'))", "data/orders.csv"),
    ],
)
def test_a_path_is_what_its_parts_make(program: str, name: str, graph_of: GraphOf) -> None:
    assert graph_of(IMPORTS + program).reads() == {name}


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("for city in ['x', 'y']:\n    pd.read_csv(f'data/{city}.csv')", {"data/x.csv", "data/y.csv"}),
        ("for city in ('x', 'y'):\n    pd.read_csv('data/' + city + '.csv')", {"data/x.csv", "data/y.csv"}),
        ("[pd.read_csv(p) for p in ('a.csv', 'b.csv')]", {"a.csv", "b.csv"}),
        ("a = {k: pd.read_csv(f'{k}.csv') for k in ['x', 'y']}", {"x.csv", "y.csv"}),
        ("for k, p in {'x': 'a.csv', 'y': 'b.csv'}.items():\n    pd.read_csv(p)", {"a.csv", "b.csv"}),
        ("for i, p in enumerate(['a.csv', 'b.csv']):\n    pd.read_csv(p)", {"a.csv", "b.csv"}),
        ("for p, q in zip(['a', 'b'], ['x', 'y']):\n    pd.read_csv(f'{p}{q}.csv')", {"ax.csv", "by.csv"}),
        ("for i in range(2):\n    pd.read_csv(f'part_{i}.csv')", {"part_0.csv", "part_1.csv"}),
        ("list(map(pd.read_csv, ['a.csv', 'b.csv']))", {"a.csv", "b.csv"}),
        ("p = 'a.csv' if len(sys.argv) > 1 else 'b.csv'\npd.read_csv(p)", {"a.csv", "b.csv"}),
        ("if len(sys.argv) > 1:\n    p = 'a.csv'\nelse:\n    p = 'b.csv'\npd.read_csv(p)", {"a.csv", "b.csv"}),
        ("try:\n    p = 'a.csv'\n    f()\nexcept OSError:\n    p = 'b.csv'\npd.read_csv(p)", {"a.csv", "b.csv"}),
    ],
)
def test_every_way_through_the_code_counts(program: str, names: set[str], graph_of: GraphOf) -> None:
    assert graph_of(IMPORTS + program).reads() == names


def test_a_folder_beside_the_program_is_found_from_file(graph_of: GraphOf) -> None:
    program = """
        from pathlib import Path
        import pandas as pd
        HERE = Path(__file__).resolve().parent
        ROOT = Path(__file__).parents[1]
        pd.read_csv(HERE / "orders.csv")
        pd.read_csv(ROOT / "data" / "zones.csv")
    """
    assert graph_of({"jobs/train.py": program}).reads() == {"jobs/orders.csv", "data/zones.csv"}


def test_a_package_of_code_is_not_the_folder_of_the_data(graph_of: GraphOf) -> None:
    read = "import pandas as pd\npd.read_csv('data/orders.csv')\n"
    seen = graph_of({"src/data/__init__.py": "", "src/data/make.py": "", "src/train.py": read})
    assert seen.reads() == {"data/orders.csv"}


def test_a_folder_of_nothing_but_scripts_is_not_the_folder_of_the_data(graph_of: GraphOf) -> None:
    read = "import pandas as pd\npd.read_csv('data/clean/orders.csv')\n"
    files = {
        "src/data/make.py": "",
        "src/data/raw/fetch.py": "",
        "data/raw/orders.csv": "a\n1\n",
        "src/data/go.py": read,
    }
    assert graph_of(files).reads() == {"data/clean/orders.csv"}


def test_a_folder_that_holds_data_beside_scripts_is_one(graph_of: GraphOf) -> None:
    read = "import pandas as pd\npd.read_csv('data/orders.csv')\n"
    seen = graph_of({"shop/data/make.py": "", "shop/data/zones.csv": "a\n1\n", "shop/train.py": read})
    assert seen.reads() == {"shop/data/orders.csv"}


@pytest.mark.parametrize(
    ("base", "other", "name"),
    [
        ("https://shop.org/data/", "orders.csv", "https://shop.org/data/orders.csv"),
        ("https://shop.org/data/index.html", "orders.csv", "https://shop.org/data/orders.csv"),
        ("https://shop.org/data/", "/orders.csv", "https://shop.org/orders.csv"),
        ("https://shop.org/data/", "https://bank.org/orders.csv", "https://bank.org/orders.csv"),
    ],
)
def test_urls_join_as_browsers_do(base: str, other: str, name: str, graph_of: GraphOf) -> None:
    program = f"from urllib.parse import urljoin\npd.read_csv(urljoin('{base}', '{other}'))\n"
    assert graph_of(IMPORTS + program).reads() == {name}


def test_dirname_of_file_is_the_folder_of_the_program(graph_of: GraphOf) -> None:
    program = """
        import os
        import pandas as pd
        here = os.path.dirname(os.path.abspath(__file__))
        pd.read_csv(os.path.join(here, "..", "data", "orders.csv"))
    """
    assert graph_of({"jobs/train.py": program}).reads() == {"data/orders.csv"}


def test_a_folder_whose_name_begins_with_a_space_keeps_it(graph_of: GraphOf) -> None:
    program = """
        import os
        import pandas as pd
        here = os.path.dirname(os.path.abspath(__file__))
        pd.read_csv(here + "/orders.csv")
    """
    assert graph_of({" jobs/train.py": program}).reads() == {" jobs/orders.csv"}


def test_files_of_a_folder_are_the_ones_that_are_there(graph_of: GraphOf) -> None:
    program = """
        import glob
        import pandas as pd
        frames = [pd.read_csv(path) for path in glob.glob("data/*.csv")]
    """
    seen = graph_of({"main.py": program, "data/a.csv": "x\n1\n", "data/b.csv": "x\n1\n", "data/c.txt": "no"})
    assert {"data/a.csv", "data/b.csv"} <= seen.reads()
    assert "data/c.txt" not in seen.reads()


def test_files_of_an_absent_folder_have_a_template(graph_of: GraphOf) -> None:
    (name,) = graph_of(IMPORTS + "for path in glob.glob('data/*.csv'):\n    pd.read_csv(path)").reads()
    assert name.startswith("data/{")
    assert name.endswith("}.csv")


def test_a_default_of_the_environment_is_only_inferred(graph_of: GraphOf) -> None:
    seen = graph_of(IMPORTS + "pd.read_csv(os.getenv('X', 'a.csv'))\npd.read_csv('b.csv')")
    assert (seen.evidence("a.csv"), seen.evidence("b.csv")) == ({"inferred"}, {"resolved"})


def test_a_file_in_memory_is_no_data_set(graph_of: GraphOf) -> None:
    seen = graph_of("import io\nimport pandas as pd\npd.read_csv(io.StringIO('a,b'))\n")
    assert seen.reads() == set()
    assert (seen.graph.coverage.transient, seen.graph.coverage.unresolved) == (1, 0)


def test_a_temporary_folder_is_no_data_set(graph_of: GraphOf) -> None:
    program = """
        import os, tempfile
        import pandas as pd
        with tempfile.TemporaryDirectory() as folder:
            pd.read_csv(os.path.join(folder, "a.csv"))
    """
    assert graph_of(program).reads() == set()


def test_a_path_with_a_part_out_of_a_table_is_a_template(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from pathlib import Path
        import numpy as np
        import pandas as pd

        folder = Path("cache")
        for _, row in pd.read_csv("index.csv").iterrows():
            np.load(folder / row["site"] / f"{row['id']}.npz")
    """)
    assert {name for name in seen.reads() if name.startswith("cache/") and name.endswith(".npz")}


def test_each_alternative_of_a_path_is_written_out(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import os
        from pathlib import Path
        import pandas as pd

        FOLDERS = {"a": "first", "b": "second"}

        def folder(kind):
            return Path(FOLDERS[kind])

        def load(path):
            return pd.read_csv(path)

        load(str(folder(os.environ["KIND"]) / "x.csv"))
    """)
    assert seen.reads() == {"first/x.csv", "second/x.csv"}


def test_a_template_of_the_standard_library_is_filled_in(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        from string import Template
        import pandas as pd

        NAMES = Template("$folder/${name}_$$.csv")
        pd.read_csv(NAMES.substitute(folder="data", name="orders"))
        pd.read_csv(NAMES.safe_substitute({"folder": "raw"}, name="trips"))
        """
    )
    assert seen.reads() == {"data/orders_$.csv", "raw/trips_$.csv"}


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("names = {}\nif big():\n    names['a'] = 'x.csv'\nelse:\n    names['a'] = 'y.csv'\n", {"x.csv", "y.csv"}),
        ("names = {}\ntry:\n    names['a'] = 'x.csv'\nexcept OSError:\n    names['a'] = None\n", {"x.csv"}),
        ("names = {'a': 'x.csv'}\nnames['a'] = 'y.csv'\n", {"y.csv"}),
    ],
)
def test_what_a_branch_puts_into_a_dictionary_is_one_of_several(code: str, reads: set[str], graph_of: GraphOf) -> None:
    assert graph_of(f"import pandas as pd\n{code}pd.read_csv(names['a'])\n").reads() == reads


def test_an_option_that_is_set_again_has_its_new_value(graph_of: GraphOf) -> None:
    code = """
        import argparse
        import os
        import pandas as pd
        parser = argparse.ArgumentParser()
        parser.add_argument("--folder", default="data")
        args = parser.parse_args()
        args.file = os.path.join(args.folder, "x.csv")
        args.folder = "other"
        pd.read_csv(args.file).to_csv(args.folder + "/y.csv")
    """
    seen = graph_of(code)
    assert (seen.reads(), seen.writes()) == ({"data/x.csv"}, {"other/y.csv"})


def test_a_value_stays_beside_the_empty_text_for_where_it_lacks(graph_of: GraphOf) -> None:
    program = """\
import pandas as pd

def store(kind, folder=None):
    end = kind if kind is not None else ""
    pd.read_csv("a.csv").to_csv(f"b{end}.csv")
    pd.read_csv("a.csv").to_csv(f"c{kind or ''}.csv")
"""
    assert graph_of(program).writes() == {"b.csv", "b{kind}.csv", "c.csv", "c{kind}.csv"}


def test_settings_or_else_nothing_are_the_settings(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "conf.yaml": "folders:\n  raw: data/raw\n",
            "load.py": """
                import pandas as pd
                import yaml
                with open("conf.yaml") as file:
                    settings = yaml.safe_load(file) or {}
                for name in ("raw", "other"):
                    folder = settings.get("folders", {}).get("raw", "raw")
                    pd.read_csv(folder + "/orders.csv")
            """,
        }
    )
    assert seen.reads("load.py") == {"data/raw/orders.csv"}


def test_names_that_read_alike_are_one_of_several(graph_of: GraphOf) -> None:
    names = [f"a/orders{number}.csv" for number in range(5)]
    seen = graph_of(
        f"""
        from pathlib import Path
        import pandas as pd
        def place():
            for name in {names}:
                if Path(name).exists():
                    return Path(name)
                if name:
                    return name
        pd.read_csv(place())
        """
    )
    assert seen.reads() == set(names)


@pytest.mark.parametrize(
    "place",
    [
        "Path(__file__).resolve().parent.parent / 'data' / 'x.csv'",
        "Path(__file__).parents[1] / 'data/x.csv'",
        "os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'data', 'x.csv')",
        "os.path.join(os.path.dirname(__file__), '..', 'data', 'x.csv')",
        "str(Path(__file__).parent.parent) + '/data/x.csv'",
        "f'{Path(__file__).parent.parent}/data/x.csv'",
    ],
)
def test_a_path_from_where_the_code_lies_needs_no_guess(place: str, graph_of: GraphOf) -> None:
    code = IMPORTS + f"pd.read_csv({place}).to_csv('out.csv')\n"
    seen = graph_of({"service/main.py": code, "service/requirements.txt": "pandas\n"})
    assert (seen.reads(), seen.writes()) == ({"data/x.csv"}, {"service/out.csv"})


def test_a_path_that_begins_with_the_folder_of_its_own_project_is_told_from_above(graph_of: GraphOf) -> None:
    code = IMPORTS + "pd.read_csv('rag/chunks.csv').to_csv('out/x.csv')\n"
    seen = graph_of({"rag/build.py": code, "rag/requirements.txt": "pandas\n", "rag/__init__.py": ""})
    assert (seen.reads(), seen.writes()) == ({"rag/chunks.csv"}, {"rag/out/x.csv"})


@pytest.mark.parametrize("way", ["Path('in').iterdir()", "[one for one in Path('in').iterdir()]", "os.scandir('in')"])
def test_what_lies_in_a_folder_lies_in_that_folder(way: str, graph_of: GraphOf) -> None:
    code = f"import os\nimport pandas as pd\nfrom pathlib import Path\nfor one in {way}:\n    pd.read_csv(one)\n"
    assert graph_of(code).reads() == {"in/{file}"}
    assert graph_of({"main.py": code, "in/a.csv": "x\n1\n", "in/b.csv": "x\n1\n"}).reads() == {"in/a.csv", "in/b.csv"}


def test_a_path_in_a_container_may_be_that_of_a_folder_above_the_code(graph_of: GraphOf) -> None:
    code = """
        import psycopg2
        with open("/opt/airflow/dags/sql/fill.sql") as file:
            query = file.read()
        psycopg2.connect(dbname="shop").cursor().execute(query)
    """
    seen = graph_of({"airflow/dags/fill.py": code, "airflow/dags/sql/fill.sql": "insert into b select * from a"})
    assert seen.reads("airflow/dags/fill.py") == {"postgres://a"}


HANDED = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge
    def extract():
        pd.read_csv("raw.csv").to_csv("/tmp/orders.csv")
    def train():
        df = pd.read_csv("/tmp/orders.csv")
        joblib.dump(Ridge().fit(df[["a"]], df["y"]), MODEL)
"""
SCORED = """
    import joblib
    import pandas as pd
    def score():
        pd.Series(joblib.load("/tmp/m.pkl").predict(pd.read_csv("new.csv"))).to_csv("scores.csv")
"""


@pytest.mark.parametrize("model", ['"/tmp/m.pkl"', "PLACE"])
def test_a_temporary_file_that_another_function_takes_is_stored(model: str, graph_of: GraphOf) -> None:
    train = HANDED.replace("MODEL", model).replace("    def extract", '    PLACE = "/tmp/m.pkl"\n    def extract')
    seen = graph_of({"train.py": train, "score.py": SCORED})
    assert seen.reads() == {"raw.csv", "/tmp/orders.csv", "/tmp/m.pkl", "new.csv"}
    assert seen.flows("raw.csv", "scores.csv")


def test_a_temporary_file_that_one_function_names_is_no_data_set(graph_of: GraphOf) -> None:
    code = """
        import pandas as pd
        def work():
            pd.read_csv("raw.csv").to_csv("/tmp/orders.csv")
            pd.read_csv("/tmp/orders.csv").to_csv("out.csv")
        work()
    """
    seen = graph_of(code)
    assert (seen.reads(), seen.writes()) == ({"raw.csv"}, {"out.csv"})
    assert seen.flows("raw.csv", "out.csv")


SEARCHES = {
    "a number of steps": """
        root = Path.cwd().resolve()
        for _ in range(8):
            if (root / "src").exists():
                break
            root = root.parent
    """,
    "while it isn't there": """
        root = Path.cwd()
        while not (root / "src").exists() and root != root.parent:
            root = root.parent
    """,
    "all folders above": """
        root = Path.cwd()
        for folder in [root, *root.parents]:
            if (folder / "src").exists():
                root = folder
                break
    """,
    "a function": """
        def find():
            for folder in Path(__file__).resolve().parents:
                mark = folder / "pyproject.toml"
                if mark.is_file() or (folder / ".git").exists():
                    return folder
            raise RuntimeError("no root")
        root = find()
    """,
    "one of several marks": """
        MARKS = ("setup.cfg", "src")
        def find():
            here = os.path.dirname(os.path.abspath(__file__))
            while True:
                if any(os.path.exists(os.path.join(here, mark)) for mark in MARKS):
                    return here
                above = os.path.dirname(here)
                if above == here:
                    raise RuntimeError("no root")
                here = above
        root = Path(find())
    """,
    "the first of them": """
        root = next(folder for folder in Path(__file__).resolve().parents if (folder / "src").is_dir())
    """,
    "the name of the repository": """
        root = Path(__file__).resolve()
        while root.name != "shop":
            root = root.parent
    """,
    "its name in text": """
        here = os.path.abspath(os.getcwd())
        while os.path.basename(here) != "shop":
            here = os.path.dirname(here)
        root = Path(here)
    """,
    "all above by their name": """
        for folder in Path(__file__).resolve().parents:
            if folder.name == "shop":
                root = folder
                break
    """,
    "the first of that name": """
        root = [folder for folder in Path(__file__).resolve().parents if folder.name == "work"][0].parent
    """,
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_a_search_for_the_root_of_a_project_ends_where_its_mark_is(search: str, graph_of: GraphOf) -> None:
    program = f"{IMPORTS}{dedent(search)}pd.read_csv(root / 'data' / 'raw' / 'orders.csv')\n"
    seen = graph_of({"work/deep/look.py": program, "src/make.py": ""})
    assert seen.reads() == {"data/raw/orders.csv"}


def test_files_of_which_the_first_is_taken_are_no_search_for_a_root(graph_of: GraphOf) -> None:
    program = """
        for path in (Path("a.csv"), Path("b.csv")):
            if path.exists():
                table = pd.read_csv(path)
                break
        root = Path.cwd()
        while not (root / "nowhere").exists():
            root = root.parent
    """
    assert graph_of({"look.py": IMPORTS + dedent(program), "b.csv": "x\n1\n"}).reads() == {"a.csv", "b.csv"}
