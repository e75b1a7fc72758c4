"""Constants, parameters, classes and imports: what a name means wherever it comes from."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

READ = "import pandas as pd\n"


@pytest.mark.parametrize(
    "statement",
    [
        "from settings import PATH as p",
        "import settings\np = settings.PATH",
        "import settings as s\np = s.PATH",
        "from settings import *\np = PATH",
        "import importlib\np = importlib.import_module('settings').PATH",
        "from importlib import import_module\np = import_module(name='settings').PATH",
    ],
)
def test_a_constant_of_another_module(statement: str, graph_of: GraphOf) -> None:
    seen = graph_of({"settings.py": "PATH = 'data/orders.csv'\n", "main.py": f"{READ}{statement}\npd.read_csv(p)\n"})
    assert seen.reads() == {"data/orders.csv"}


@pytest.mark.parametrize(
    "statement",
    [
        "from shop.settings import PATH as p",
        "import shop.settings\np = shop.settings.PATH",
        "from shop import settings\np = settings.PATH",
        "from .settings import PATH as p",
        "from . import settings\np = settings.PATH",
        "from ..shop.settings import PATH as p",
        "from shop import PATH as p",
    ],
)
@pytest.mark.parametrize("root", ["", "src/"])
def test_a_constant_of_a_package(statement: str, root: str, graph_of: GraphOf) -> None:
    files: dict[str, str | bytes] = {
        f"{root}shop/__init__.py": "from .settings import PATH\n",
        f"{root}shop/settings.py": "PATH = 'data/orders.csv'\n",
        f"{root}shop/train.py": f"{READ}{statement}\npd.read_csv(p)\n",
    }
    assert graph_of(files).reads() == {"data/orders.csv"}


def test_a_program_beside_a_src_folder_imports_from_it(graph_of: GraphOf) -> None:
    seen = graph_of({
        "src/shop/__init__.py": "",
        "src/shop/settings.py": "PATH = 'data/orders.csv'\n",
        "scripts/train.py": f"{READ}from shop.settings import PATH\npd.read_csv(PATH)\n",
    })  # fmt: skip
    assert seen.reads() == {"data/orders.csv"}


@pytest.mark.parametrize(
    ("package", "imported"),
    [
        ("src", "from shop.settings import PATH"),
        ("src", "from paths import PATH"),
        ("lib", "from shop.settings import PATH"),
        ("lib", "import sys\nsys.path.insert(0, str(Path(__file__).parent.parent / 'lib'))\nfrom paths import PATH"),
    ],
)
def test_a_package_that_is_searched_itself(package: str, imported: str, graph_of: GraphOf) -> None:
    seen = graph_of({
        f"{package}/__init__.py": "",
        f"{package}/paths.py": "PATH = 'data/orders.csv'\n",
        f"{package}/shop/__init__.py": "",
        f"{package}/shop/settings.py": "PATH = 'data/orders.csv'\n",
        "scripts/train.py": f"from pathlib import Path\n{READ}{imported}\npd.read_csv(PATH)\n",
    })  # fmt: skip
    assert seen.reads() == {"data/orders.csv"}


def test_a_module_of_a_package_is_no_library_of_that_name(graph_of: GraphOf) -> None:
    seen = graph_of({
        "shop/__init__.py": "",
        "shop/aerospike.py": "PATH = 'data/orders.csv'\n",
        "scripts/train.py": f"{READ}from aerospike import PATH\npd.read_csv(PATH)\n",
    })  # fmt: skip
    assert "data/orders.csv" not in seen.reads()


def test_a_folder_without_init_is_a_package(graph_of: GraphOf) -> None:
    seen = graph_of({
        "shop/core/settings.py": "PATH = 'data/orders.csv'\n",
        "main.py": f"{READ}from shop.core import settings\nimport shop.core.settings\n"
        "pd.read_csv(settings.PATH)\nshop.core.settings.PATH\n",
    })  # fmt: skip
    assert seen.reads() == {"data/orders.csv"}


def test_an_import_cycle_gives_what_both_define(graph_of: GraphOf) -> None:
    seen = graph_of({
        "a.py": f"{READ}NAME = 'a.csv'\nimport b\ndef load():\n    return pd.read_csv(b.NAME)\nload()\n",
        "b.py": f"{READ}NAME = 'b.csv'\nimport a\ndef load():\n    return pd.read_csv(a.NAME)\nload()\n",
    })  # fmt: skip
    assert seen.reads() == {"a.csv", "b.csv"}


def test_an_import_inside_a_function_or_a_try_counts(graph_of: GraphOf) -> None:
    program = """
        try:
            from settings import PATH
        except ImportError:
            from other import PATH
        def load():
            import pandas as pd
            return pd.read_csv(PATH)
        load()
    """
    assert graph_of({"settings.py": "PATH = 'a.csv'\n", "main.py": program}).reads() == {"a.csv"}


@pytest.mark.parametrize(
    "call",
    [
        "load('orders')",
        "load(kind='orders')",
        "load(*['orders'])",
        "load(**{'kind': 'orders'})",
        "(lambda kind: load(kind))('orders')",
        "[load(kind) for kind in ['orders']]",
        "list(map(load, ['orders']))",
    ],
)
def test_a_parameter_is_what_calls_pass(call: str, graph_of: GraphOf) -> None:
    program = f"{READ}from loading import load\n{call}\n"
    loading = f"{READ}def load(kind, folder='data'):\n    return pd.read_csv(f'{{folder}}/{{kind}}.csv')\n"
    assert graph_of({"main.py": program, "loading.py": loading}).reads() == {"data/orders.csv"}


def test_each_call_of_a_function_has_its_own_parameters(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        def convert(source, target):
            frame = pd.read_csv(source)
            frame.to_parquet(target)
        convert("a.csv", "a.parquet")
        convert("b.csv", "b.parquet")
    """
    seen = graph_of(program)
    assert seen.flows("a.csv", "a.parquet")
    assert seen.flows("b.csv", "b.parquet")
    assert not seen.flows("a.csv", "b.parquet")


def test_a_function_that_nobody_calls_has_defaults_and_holes(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        def load(day, folder="data"):
            return pd.read_csv(f"{folder}/{day}.csv")
    """
    seen = graph_of(program)
    assert seen.reads() == {"data/{day}.csv"}
    assert seen.evidence("data/{day}.csv") == {"inferred"}


@pytest.mark.parametrize(
    "body",
    [
        "return pd.read_csv('a.csv')",
        "frame = pd.read_csv('a.csv')\n    yield frame",
        "if x:\n        return pd.read_csv('a.csv')\n    return pd.read_csv('a.csv')",
        "try:\n        return pd.read_csv('a.csv')\n    finally:\n        pass",
        "with open('a.csv') as f:\n        return pd.read_csv(f)",
    ],
)
def test_what_a_function_returns_flows_on(body: str, graph_of: GraphOf) -> None:
    program = f"{READ}def load(x=None):\n    {body}\nframe = load()\n"
    program += "frame = next(frame)\n" if "yield" in body else ""
    assert graph_of(program + "frame.to_csv('b.csv')\n").flows("a.csv", "b.csv")


def test_several_results_stay_apart(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        def load():
            return pd.read_csv("a.csv"), pd.read_csv("b.csv")
        first, second = load()
        first.to_csv("x.csv")
        second.to_csv("y.csv")
    """
    seen = graph_of(program)
    assert (seen.flows("a.csv", "x.csv"), seen.flows("b.csv", "x.csv")) == (True, False)
    assert (seen.flows("a.csv", "y.csv"), seen.flows("b.csv", "y.csv")) == (False, True)


@pytest.mark.parametrize(
    "program",
    [
        "class Paths:\n    orders = 'a.csv'\npd.read_csv(Paths.orders)",
        "class Paths:\n    folder = 'a'\n    orders = folder + '.csv'\npd.read_csv(Paths().orders)",
        "class Job:\n    def __init__(self):\n        self.path = 'a.csv'\n"
        "    def run(self):\n        pd.read_csv(self.path)\nJob().run()",
        "class Job:\n    def __init__(self, path):\n        self.path = path\n"
        "    def run(self):\n        pd.read_csv(self.path)\nJob('a.csv').run()",
        "class Job:\n    path = 'a.csv'\n    @classmethod\n    def run(cls):\n        pd.read_csv(cls.path)\nJob.run()",
        "class Job:\n    @staticmethod\n    def run(path):\n        pd.read_csv(path)\nJob.run('a.csv')",
        "class Job:\n    @property\n    def path(self):\n        return 'a.csv'\npd.read_csv(Job().path)",
        "class Job:\n    @property\n    def path(self):\n        return 'a.csv'\n    @path.setter\n"
        "    def path(self, value):\n        self.kept = value\npd.read_csv(Job().path)",
        "class Base:\n    path = 'a.csv'\nclass Job(Base):\n    def run(self):\n        pd.read_csv(self.path)\nJob().run()",  # noqa: E501
        "class Base:\n    def run(self):\n        pd.read_csv(self.path())\n"
        "class Job(Base):\n    def path(self):\n        return 'a.csv'\nJob().run()",
        "class Base:\n    def __init__(self, path):\n        self.path = path\nclass Job(Base):\n"
        "    def __init__(self):\n        super().__init__('a.csv')\npd.read_csv(Job().path)",
        "from dataclasses import dataclass\n@dataclass\nclass Config:\n    path: str = 'a.csv'\npd.read_csv(Config().path)",  # noqa: E501
        "from dataclasses import dataclass\n@dataclass\nclass Config:\n    path: str\npd.read_csv(Config('a.csv').path)",  # noqa: E501
        "from typing import NamedTuple\nclass Config(NamedTuple):\n    path: str\npd.read_csv(Config(path='a.csv').path)",  # noqa: E501
        "from enum import Enum\nclass Path(Enum):\n    A = 'a.csv'\npd.read_csv(Path.A.value)",
        "class Job:\n    def __call__(self, path):\n        pd.read_csv(path)\nJob()('a.csv')",
        "class Job:\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        pass\n"
        "    def run(self):\n        pd.read_csv('a.csv')\nwith Job() as job:\n    job.run()",
        "class Job:\n    pass\njob = Job()\njob.path = 'a.csv'\npd.read_csv(job.path)",
        "class Job:\n    pass\njob = Job()\nsetattr(job, 'path', 'a.csv')\npd.read_csv(getattr(job, 'path'))",
        "PATH = None\ndef init():\n    global PATH\n    PATH = 'a.csv'\ninit()\npd.read_csv(PATH)",
    ],
)
def test_classes_and_their_kin(program: str, graph_of: GraphOf) -> None:
    assert graph_of(READ + program + "\n").reads() == {"a.csv"}


def test_a_base_class_of_another_module(graph_of: GraphOf) -> None:
    base = """
        import pandas as pd
        class Job:
            source = "none.csv"
            def run(self):
                pd.read_csv(self.source).to_csv(self.target())
    """
    job = """
        from base import Job
        class Orders(Job):
            source = "a.csv"
            def target(self):
                return "b.csv"
        if __name__ == "__main__":
            Orders().run()
    """
    seen = graph_of({"base.py": base, "job.py": job})
    assert "a.csv" in seen.reads()
    assert seen.flows("a.csv", "b.csv")


def test_a_decorator_of_the_repository_hides_nothing(graph_of: GraphOf) -> None:
    program = """
        from functools import wraps
        import pandas as pd
        def timed(function):
            @wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)
            return wrapper
        @timed
        def load(path):
            return pd.read_csv(path)
        load("a.csv").to_csv("b.csv")
    """
    seen = graph_of(program)
    assert seen.reads() == {"a.csv"}
    assert seen.flows("a.csv", "b.csv")


def test_a_match_statement_takes_every_branch(graph_of: GraphOf) -> None:
    program = f"{READ}def load(kind):\n    match kind:\n        case 1:\n            p = 'a.csv'\n        case _:\n"
    program += "            p = 'b.csv'\n    return pd.read_csv(p)\n"
    assert graph_of(program).reads() == {"a.csv", "b.csv"}


def test_operators_subscripts_and_loops_of_own_classes_are_followed(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        from pathlib import Path
        import pandas as pd

        class Places:
            def __init__(self, folder, names):
                self.folder, self.names = Path(folder), names

            def __truediv__(self, name):
                return self.folder / name

            def __radd__(self, beginning):
                return beginning + self.names["a"]

            def __getitem__(self, key):
                return self.names[key]

            def __iter__(self):
                for name in self.names.values():
                    yield "each/" + name

        places = Places("data", {"a": "one.csv", "b": "two.csv"})
        pd.read_csv(places / "orders.csv")
        pd.read_csv("raw/" + places)
        pd.read_csv(places["b"])
        for path in places:
            pd.read_csv(path)
        """
    )
    assert seen.reads() == {"data/orders.csv", "raw/one.csv", "two.csv", "each/one.csv", "each/two.csv"}


def test_super_looks_at_the_classes_above_and_never_below(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd

        class Source:
            def rows(self):
                raise NotImplementedError

        class Orders(Source):
            def rows(self):
                return super().rows()

        class Users(Source):
            def rows(self):
                return pd.read_csv("users.csv")

        def export(source: Orders):
            source.rows().to_csv("orders.csv")
        """
    )
    assert not seen.flows("users.csv", "orders.csv")


REGISTRY = """
    import pandas as pd

    READERS = {}

    def register(*names):
        def note(made):
            for name in names:
                READERS[name.lower()] = made
            return made
        return note

    @register("Orders", "Sales")
    def orders():
        return pd.read_csv("orders.csv")

    @register("Shops")
    class Shops:
        path = "shops.csv"

    def kept(made):
        READERS["plain"] = made
        return made

    @kept
    def plain():
        return pd.read_csv("plain.csv")
"""


@pytest.mark.parametrize(
    ("use", "name"),
    [
        ("READERS['sales']().to_csv('out.csv')", "orders.csv"),
        ("pd.read_csv(READERS['shops'].path).to_csv('out.csv')", "shops.csv"),
        ("READERS['plain']().to_csv('out.csv')", "plain.csv"),
    ],
)
def test_a_decorator_fills_a_table_with_what_it_is_put_on(use: str, name: str, graph_of: GraphOf) -> None:
    main = f"import pandas as pd\nfrom registry import READERS\n{use}\n"
    assert graph_of({"registry.py": REGISTRY, "main.py": main}).flows(name, "out.csv")


def test_what_a_table_of_classes_holds_can_be_asked_for(graph_of: GraphOf) -> None:
    main = """
        import pandas as pd
        from registry import READERS
        def pick(name):
            if name not in READERS:
                raise ValueError(name)
            return READERS[name]
        pd.read_csv(pick("shops").path).to_csv("out.csv")
    """
    assert graph_of({"registry.py": REGISTRY, "main.py": main}).flows("shops.csv", "out.csv")


def test_a_folder_of_modules_is_nearer_than_a_module_of_its_name_in_it(graph_of: GraphOf) -> None:
    files = {
        "src/jobs/load.py": "import pandas as pd\nfrom utils import places\npd.read_csv(places.ORDERS)\n",
        "src/utils/places.py": "ORDERS = 'data/orders.csv'\n",
        "src/utils/utils.py": "PLAIN = 1\n",
    }
    assert graph_of(files).reads() == {"data/orders.csv"}


@pytest.mark.parametrize("package", ["ml", "river", "handler"])
def test_a_package_of_the_repository_may_be_called_like_a_library(graph_of: GraphOf, package: str) -> None:
    files = {
        "scripts/train.py": f"import pandas as pd\nfrom {package}.places import ORDERS\npd.read_csv(ORDERS)\n",
        f"src/{package}/places.py": "ORDERS = 'data/orders.csv'\n",
    }
    assert graph_of(files).reads() == {"data/orders.csv"}


KEEPING = """
    import glob
    import importlib.util

    TABLES = {"data": {}, "models": {}}

    def register(**kwargs):
        def keep(made):
            TABLES[kwargs["parent"]][made.__name__] = made
        return keep

    def get(parent, name):
        if name not in TABLES[parent]:
            raise KeyError(name)
        return TABLES[parent][name]

    def import_all(folder):
        for path in glob.glob(f"{folder}/*.py"):
            spec = importlib.util.spec_from_file_location("found", path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""


def test_what_other_files_register_is_there_whoever_imports_them(graph_of: GraphOf) -> None:
    seen = graph_of({
        "registry.py": KEEPING,
        "kinds/orders.py": """
            import pandas as pd
            from registry import register

            @register(parent="data")
            def orders(path):
                return pd.read_csv(path)
        """,
        "run.py": """
            from registry import get, import_all

            import_all("kinds")
            get("data", "orders")("orders.csv").to_csv("out.csv")
        """,
    })  # fmt: skip
    assert seen.flows("orders.csv", "out.csv")
    assert not seen.gaps()


def test_an_object_that_keeps_classes_makes_them_by_their_names(graph_of: GraphOf) -> None:
    seen = graph_of({
        "registry.py": """
            class Registry:
                def __init__(self):
                    self._kept = {}

                def register(self, name=None):
                    def wrap(cls):
                        self._kept[name or cls.__name__] = cls
                        return cls
                    return wrap

                def build(self, config):
                    given = dict(config)
                    return self._kept[given.pop("type")](**given)
        """,
        "data/builder.py": """
            from registry import Registry

            DATA = Registry()

            def build(config):
                return DATA.build(config)
        """,
        "data/orders.py": """
            import pandas as pd
            from .builder import DATA

            @DATA.register()
            class Orders:
                def __init__(self, path):
                    self.table = pd.read_csv(path)
        """,
        "data/__init__.py": "from .builder import build\nfrom .orders import *\n",
        "run.py": """
            from data import build
            build({"type": "Orders", "path": "orders.csv"}).table.to_csv("out.csv")
        """,
    })  # fmt: skip
    assert seen.flows("orders.csv", "out.csv")


def test_what_several_files_register_is_all_there_whichever_is_imported_last(graph_of: GraphOf) -> None:
    kind = """
        import pandas as pd
        from registry import register

        @register(parent="data")
        def {0}(path):
            return pd.read_csv(path)
    """
    seen = graph_of({
        "registry.py": KEEPING,
        "kinds/orders.py": kind.format("orders"),
        "kinds/shops.py": kind.format("shops"),
        "run.py": """
            from registry import get, import_all

            import_all("kinds")
            get("data", "orders")("orders.csv").to_csv("out.csv")
            get("data", "shops")("shops.csv").to_csv("out.csv")
        """,
    })  # fmt: skip
    assert seen.flows("orders.csv", "out.csv")
    assert seen.flows("shops.csv", "out.csv")
