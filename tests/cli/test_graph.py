"""`mldebt graph`: formats, figures and where they go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt.cli.graph import FORMATS
from tests.cli.conftest import Mldebt

pytestmark = pytest.mark.usefixtures("repository")


def test_json_is_the_default_and_keeps_the_contract(mldebt: Mldebt) -> None:
    ended = mldebt("graph")
    graph = json.loads(ended.out)
    assert ended.code == 0
    assert graph["schema"] == "mldebt-graph/1"
    assert {"coverage", "nodes", "edges"} <= graph.keys()
    assert "orders.csv" in {node["name"] for node in graph["nodes"]}


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_names_the_data(mldebt: Mldebt, output_format: str) -> None:
    ended = mldebt("graph", "--output-format", output_format)
    assert ended.code == 0
    assert "orders.csv" in ended.out
    assert ended.out.endswith("\n")


def test_figures(mldebt: Mldebt) -> None:
    ended = mldebt("graph", "--stats")
    assert ended.code == 0
    assert ended.out.strip()
    assert not ended.out.startswith("{")


def test_a_graph_goes_to_a_file(mldebt: Mldebt, tmp_path: Path) -> None:
    assert mldebt("graph", "--output-format", "dot", "--output-file", tmp_path / "graph.dot").out == ""
    assert "orders.csv" in (tmp_path / "graph.dot").read_text()


def test_folders_without_git_are_repositories_of_their_own(mldebt: Mldebt) -> None:
    graph = json.loads(mldebt("graph", "eta", "fraud").out)
    assert {unit["file"] for unit in graph["units"]} == {"eta/train.py", "fraud/train.py"}
    assert graph["repositories"] == ["eta", "fraud"]


def test_the_statistics_say_where_a_name_is_not_known(mldebt: Mldebt, repository: Path) -> None:
    (repository / "load.py").write_text("import pandas as pd\ndef load(path):\n    return pd.read_csv(path)\n")
    lines = mldebt("graph", "--stats").out.splitlines()
    assert lines[lines.index("      1  parameter that no call in the repository binds") + 1].strip() == "load.py:3"
