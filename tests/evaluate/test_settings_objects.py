"""Settings as objects: tables whose keys are attributes, and modules that are asked by the names of their classes."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

TABLES = [
    "from easydict import EasyDict\ncfg = EasyDict()\ncfg.data = EasyDict()\ncfg.data.path = 'orders.csv'",
    "from easydict import EasyDict\ncfg = EasyDict({'data': {'path': 'orders.csv'}})",
    "from yacs.config import CfgNode as CN\n_C = CN()\n_C.data = CN()\n_C.data.path = 'orders.csv'\ncfg = _C.clone()",
    "from yacs.config import CfgNode as CN\ncfg = CN()\ncfg.data = CN({})\ncfg.merge_from_file('c.yaml')",
    "import ml_collections as m\ncfg = m.ConfigDict()\ncfg.data = m.ConfigDict({'path': 'orders.csv'})",
]


@pytest.mark.parametrize("made", TABLES)
def test_a_table_of_settings_has_the_attributes_that_it_is_given(graph_of: GraphOf, made: str) -> None:
    code = f"import pandas as pd\n{made}\npd.read_csv(cfg.data.path)\n"

    assert graph_of({"main.py": code, "c.yaml": "data:\n  path: orders.csv\n"}).reads() == {"orders.csv"}


@pytest.mark.parametrize("found", ["globals()['Orders']", "getattr(sys.modules[__name__], 'Orders')"])
def test_a_class_is_asked_for_by_its_name(graph_of: GraphOf, found: str) -> None:
    seen = graph_of(f"""
        import sys
        import pandas as pd

        class Orders:
            def __init__(self, path):
                self.table = pd.read_csv(path)

        {found}("orders.csv")
    """)

    assert seen.reads() == {"orders.csv"}


def test_settings_that_are_named_outside_are_no_data(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import argparse
        import yaml

        parser = argparse.ArgumentParser()
        parser.add_argument("--config", required=True)
        settings = yaml.safe_load(open(parser.parse_args().config))
    """)

    assert not list(seen.graph.of_kind("dataset"))


@pytest.mark.parametrize("above", ["super().__init__(", "Table.__init__(self, "])
def test_a_class_below_one_of_annotated_fields_fills_them(graph_of: GraphOf, above: str) -> None:
    seen = graph_of(f"""
from dataclasses import dataclass
from pathlib import Path
import pandas as pd
@dataclass
class Table:
    name: str
    path: Path
    kind: str = "csv"
class Orders(Table):
    def __init__(self):
        {above}"orders", path=Path("data") / "orders.csv")
def read(table):
    if table.kind == "csv":
        return pd.read_csv(table.path)
read(Orders()).to_csv("out.csv")
""")
    assert seen.flows("data/orders.csv", "out.csv")
    assert seen.gaps() == set()
