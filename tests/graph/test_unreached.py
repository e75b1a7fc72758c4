"""Code that nothing reaches: what counts as speaking of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt.graph.scan import scan

HELPERS = """\
import pandas as pd


def used(path):
    return pd.read_csv(path)


def load_scores(path):
    table = pd.read_csv(path)
    table["score"] = table["score"].round(2)
    table = table.dropna()
    table["rank"] = table["score"].rank()
    table["half"] = table["score"] / 2
    return table
"""
MAIN = "from helpers import used\n\nused('data/users.csv').to_csv('out.csv')\n"
CALL = "from helpers import load_scores\n\nscores = load_scores('data/scores.csv')\n"


@pytest.mark.parametrize("picture", ["", "A" * 1_500_000], ids=["small", "with pictures of more than a megabyte"])
def test_a_notebook_that_calls_reaches(tmp_path: Path, picture: str) -> None:
    (tmp_path / "helpers.py").write_text(HELPERS)
    (tmp_path / "main.py").write_text(MAIN)
    assert dead(tmp_path) == ["load_scores"]
    (tmp_path / "look.ipynb").write_text(notebook(CALL, picture))
    assert dead(tmp_path) == []


def dead(root: Path) -> list[str]:
    return [code.name for code in scan(root, use_cache=False).graph.dead]


def notebook(code: str, picture: str) -> str:
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": picture}}]
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": outputs, "execution_count": 1}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
