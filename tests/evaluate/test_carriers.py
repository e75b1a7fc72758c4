"""Files that other programs fetch or copy, as code, tasks and notebooks start them."""

from __future__ import annotations

import json

import pytest

from tests.evaluate.small import GraphOf, Seen

URL = "https://data.org/d.csv"


def _copies(seen: Seen) -> set[tuple[str, str]]:
    graph = seen.graph
    return {
        (graph[edge.source].name, graph[edge.target].name)
        for edge in graph.edges_of_kind("DERIVES")
        if edge.attributes.get("operation") == "copy"
    }


@pytest.mark.parametrize(
    ("line", "source", "target"),
    [
        (f"wget {URL} -O raw/e.csv", URL, "raw/e.csv"),
        (f"wget -q --output-document=raw/e.csv '{URL}'", URL, "raw/e.csv"),
        (f"mkdir -p raw && wget -P raw {URL}", URL, "raw/d.csv"),
        (f"wget {URL}", URL, "d.csv"),
        (f"sudo curl -sL -o raw/e.csv {URL}", URL, "raw/e.csv"),
        (f"curl -LO {URL}", URL, "d.csv"),
        ("gdown 1abc -O raw.zip", "https://drive.google.com/uc?id=1abc", "raw.zip"),
        ("kaggle datasets download -d me/rides -p raw", "kaggle://me/rides", "raw/rides.zip"),
        ("kaggle competitions download -c titanic -f train.csv", "kaggle://titanic/train.csv", "train.csv"),
        ("aws s3 cp s3://box/x.csv raw/", "s3://box/x.csv", "raw/x.csv"),
        ("aws s3 cp s3://box/x.csv . --profile dev", "s3://box/x.csv", "x.csv"),
        ("gsutil -m cp -r gs://box/models best", "gs://box/models", "best"),
        ("FORCE=1 cp -f a.csv out", "a.csv", "out/a.csv"),
        ("mv a.csv b.csv", "a.csv", "b.csv"),
    ],
)
def test_a_command_that_fetches_or_copies_reads_and_writes(
    line: str, source: str, target: str, graph_of: GraphOf
) -> None:
    assert _copies(graph_of(f"import os\nos.system({line!r})\n")) == {(source, target)}


@pytest.mark.parametrize(
    "line",
    [
        f"wget -O - {URL}",
        f"curl {URL}",
        f"curl -X POST -d @x.json -o answer.json {URL}",
        "aws s3 ls s3://box",
        "gsutil cp - gs://box/x.csv",
        "kaggle competitions submit -c titanic -f out.csv",
        "echo 'cp a.csv b.csv'",
        "cp 'a.csv",
    ],
)
def test_a_command_that_stores_nothing_copies_nothing(line: str, graph_of: GraphOf) -> None:
    assert not _copies(graph_of(f"import os\nos.system({line!r})\n"))


def test_a_command_is_followed_from_code_from_tasks_and_from_notebooks(graph_of: GraphOf) -> None:
    code = f"""
    import subprocess
    from airflow.operators.bash import BashOperator
    def fetch(url="{URL}", path="raw/d.csv"):
        subprocess.run(["wget", url, "-O", path], check=True)
    fetch()
    BashOperator(task_id="keep", bash_command="cp raw/d.csv kept.csv")
    """
    lines = f'import pandas as pd\nURL = "{URL}"\n!wget {{URL}} -O n.csv\npd.read_csv("n.csv").to_csv("out.csv")'
    cell = {"cell_type": "code", "source": lines, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    seen = graph_of({"fetch.py": code, "look.ipynb": notebook})
    assert _copies(seen) == {(URL, "raw/d.csv"), ("raw/d.csv", "kept.csv"), (URL, "n.csv")}
    assert seen.flows(URL, "kept.csv") and seen.flows(URL, "out.csv")


def test_what_a_report_on_drift_found_is_written(graph_of: GraphOf) -> None:
    program = """
    import pandas as pd
    from evidently import Report
    found = Report([]).run(reference_data=pd.read_csv("then.csv"), current_data=pd.read_csv("now.csv"))
    found.save_html("drift.html")
    open("drift.json", "w").write(found.json())
    """
    seen = graph_of(program)
    assert seen.writes() == {"drift.html", "drift.json"} and seen.flows("now.csv", "drift.html")
