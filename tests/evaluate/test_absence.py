"""What may be None decides no test for None, whatever else it is known to be."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

START = """\
import os
import sys
import pandas as pd

def cached(path):
    if os.path.exists(path):
        return pd.read_csv(path)
    return None

def given():
    name = None
    if len(sys.argv) > 3:
        name = "given.csv"
    return name

"""
SAVE = "pd.read_csv('in.csv').to_csv('out.csv')"


@pytest.mark.parametrize(
    "program",
    [
        "df = cached('cache.csv')\nif df is None:\n    SAVE",
        "name = given()\nif name is None:\n    SAVE",
        "name = given()\nother = name\nif not other:\n    SAVE",
        "path = None\nif len(sys.argv) > 1:\n    path = 'given.csv'\nif path is None:\n    SAVE",
        "path = 'given.csv' if len(sys.argv) > 1 else None\nif path:\n    pass\nelse:\n    SAVE",
        "try:\n    df = pd.read_csv('a.csv')\nexcept OSError:\n    df = None\nif df is None:\n    SAVE",
        "df = None\ntry:\n    df = pd.read_csv('a.csv')\nexcept OSError:\n    pass\nif df is None:\n    SAVE",
        "for name in (1, 2):\n    last = None\n    if sys.argv:\n        last = name\nif last is None:\n    SAVE",
        "if (name := given()) is None:\n    SAVE",
        "def store():\n    global path\n    if path is None:\n        SAVE\npath = given()\nstore()",
    ],
)
def test_both_branches_of_a_test_for_none_are_seen(program: str, graph_of: GraphOf) -> None:
    assert graph_of(START + program.replace("SAVE", SAVE) + "\n").writes() == {"out.csv"}


def test_a_default_behind_or_is_one_of_the_names(graph_of: GraphOf) -> None:
    program = "path = given() if len(sys.argv) else None\npd.read_csv(path or 'default.csv')\n"
    assert graph_of(START + program).reads() >= {"given.csv", "default.csv"}


def test_an_attribute_that_a_branch_may_leave_none_decides_nothing(graph_of: GraphOf) -> None:
    program = """
        import os, pandas as pd

        class Store:
            def __init__(self):
                self.data = None
                if os.path.exists("cache.csv"):
                    self.data = pd.read_csv("cache.csv")

            def run(self):
                if self.data is None:
                    self.data = pd.read_csv("slow.csv")

        Store().run()
        """
    assert graph_of(program).reads() == {"cache.csv", "slow.csv"}


@pytest.mark.parametrize(
    "program",
    [
        "def load(path=None):\n    if path is None:\n        path = 'x.csv'\n    pd.read_csv(path)\nload('given.csv')",
        "path = None\npath = 'given.csv'\npd.read_csv(path or 'default.csv')",
        "name = given()\nname = 'given.csv'\nif name is None:\n    name = 'default.csv'\npd.read_csv(name)",
    ],
)
def test_what_can_not_be_none_does_decide(program: str, graph_of: GraphOf) -> None:
    assert graph_of(f"{START}{program}\n").reads() == {"given.csv"}
