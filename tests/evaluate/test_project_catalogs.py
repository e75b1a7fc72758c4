"""Catalogs of projects as objects: what notebooks and sessions load and save by name."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf, notebook

CATALOG = """
    orders:
      type: pandas.CSVDataset
      filepath: data/01_raw/orders.csv

    scores:
      type: pandas.ParquetDataset
      filepath: data/07/scores.parquet
"""
LEARN = """
    from sklearn.linear_model import LinearRegression
    model = LinearRegression().fit(orders[["price"]], orders["late"])
"""


@pytest.mark.parametrize(
    "given", ["catalog.load('orders')", "context.catalog.load('orders')", "catalog['orders'].load()"]
)
def test_a_notebook_of_a_project_has_its_catalog(graph_of: GraphOf, given: str) -> None:
    cells = notebook(f"orders = {given}", LEARN, "catalog.save('scores', orders)")
    project = {"late/pyproject.toml": "[tool.kedro]\n", "late/conf/base/catalog.yml": CATALOG}
    seen = graph_of({**project, "late/notebooks/look.ipynb": cells})

    assert seen.reads() == {"late/data/01_raw/orders.csv"}
    assert seen.writes() == {"late/data/07/scores.parquet"}
    assert seen.trained() == [("price",)]


@pytest.mark.parametrize("made", ["catalog = {'orders': 1}", "from mine import catalog"])
def test_a_catalog_that_a_notebook_makes_is_its_own(graph_of: GraphOf, made: str) -> None:
    files = {"conf/base/catalog.yml": CATALOG, "look.ipynb": notebook(made, "orders = catalog.load('orders')")}

    assert not graph_of({**files, "mine.py": "catalog = make()"}).reads()


def test_a_notebook_outside_of_a_project_has_none(graph_of: GraphOf) -> None:
    cells = notebook("orders = catalog.load('orders')")

    assert not graph_of({"late/conf/base/catalog.yml": CATALOG, "other/look.ipynb": cells}).reads()


SESSION = """
    from kedro.framework.session import KedroSession

    with KedroSession.create(project_path=".") as session:
        context = session.load_context()
        orders = context.catalog.load("orders")
"""
CONFIGURED = """
    from kedro.config import OmegaConfigLoader
    from kedro.io import DataCatalog

    loader = OmegaConfigLoader(conf_source="conf")
    catalog = DataCatalog.from_config(loader["catalog"])
    orders = catalog.load("orders")
"""
WRITTEN = """
    from kedro.io import DataCatalog
    from kedro_datasets.pandas import CSVDataset

    catalog = DataCatalog({"orders": CSVDataset(filepath="data/01_raw/orders.csv")})
    orders = catalog.load("orders")
"""


@pytest.mark.parametrize("code", [SESSION, CONFIGURED, WRITTEN])
def test_a_script_loads_from_the_catalog_of_its_session(graph_of: GraphOf, code: str) -> None:
    files = {} if code == WRITTEN else {"conf/base/catalog.yml": CATALOG}

    assert graph_of({**files, "main.py": code}).reads() == {"data/01_raw/orders.csv"}
