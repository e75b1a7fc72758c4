"""What would be done if an option were asked for: flags and words that only one place sets."""

from __future__ import annotations

import pytest

from mldebt.evaluate import aside
from tests.evaluate.small import GraphOf

IMPORTS = """
import joblib
import pandas as pd
from keras.models import load_model
"""


@pytest.mark.parametrize(
    ("setting", "test"),
    [
        ("LOADING = False", "LOADING"),
        ("LOADING = False", "LOADING == True"),
        ("SAVED = True", "not SAVED"),
        ("MODE = 'train'", "MODE != 'train'"),
        ("MODE = 'train'", "MODE in ('serve', 'score')"),
        ("SETTINGS = {'loading': False}", "SETTINGS['loading']"),
        ("SETTINGS = {'saving': True}", "SETTINGS.get('loading')"),
    ],
)
def test_what_a_setting_switches_off_is_a_guess(graph_of: GraphOf, setting: str, test: str) -> None:
    seen = graph_of(
        f"""{IMPORTS}
{setting}
if {test}:
    model = load_model("old.h5")
else:
    model = joblib.load("new.pkl")
model.predict(pd.read_csv("in.csv"))
"""
    )
    assert seen.evidence("old.h5") == {"guessed"}
    assert seen.evidence("new.pkl") == {"resolved"}


def test_an_attribute_is_a_setting_as_well(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
class Data:
    def __init__(self):
        self.testing = True
    def load(self):
        if not self.testing:
            table = pd.read_sql("select * from prices", "postgresql://host/db")
            table.to_csv("prices.csv")
        else:
            table = pd.read_csv("prices.csv")
        return table
Data().load().to_csv("out.csv")
"""
    )
    assert any("prices" in name for name in seen.reads() - {"prices.csv"})
    assert seen.evidence("prices.csv") == {"guessed", "resolved"}
    assert seen.evidence("out.csv") == {"resolved"}


def test_words_that_are_compared_one_after_the_other_are_all_looked_at(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
kind = "a"
if kind == "a":
    table = pd.read_csv("a.csv")
elif kind == "b":
    table = pd.read_csv("b.csv")
else:
    table = pd.read_csv(kind + ".csv")
"""
    )
    assert {"a.csv", "b.csv"} <= seen.reads()
    assert seen.evidence("b.csv") == {"guessed"}


def test_the_other_side_of_a_conditional_expression_is_looked_at(graph_of: GraphOf) -> None:
    seen = graph_of(IMPORTS + "FAST = True\ntable = pd.read_csv('part.csv') if FAST else pd.read_csv('all.csv')\n")
    assert seen.evidence("part.csv") == {"resolved"}
    assert seen.evidence("all.csv") == {"guessed"}


def test_a_branch_that_another_call_runs_is_named_by_that_call_alone(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def load(part):
    if part == "train":
        return pd.read_csv(f"{part}_rows.csv")
    else:
        return pd.read_csv(f"{part}_lines.csv")
load("train")
load("test")
"""
    )
    assert seen.reads() == {"train_rows.csv", "test_lines.csv"}


def test_a_branch_takes_no_steps_from_what_runs(graph_of: GraphOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "STEPS", 5)
    seen = graph_of(
        IMPORTS
        + """
SLOW = False
if SLOW:
    name = "a" + "b" + "c" + "d" + "e"
    pd.read_csv(name)
pd.read_csv("first.csv").to_csv("last.csv")
"""
    )
    assert seen.reads() == {"first.csv"}
    assert seen.writes() == {"last.csv"}


def test_what_stands_behind_a_return_that_an_option_takes_is_a_guess(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
CACHED = True
def load():
    if CACHED:
        return pd.read_csv("cache.csv")
    table = pd.read_csv("raw.csv")
    table.to_csv("cache.csv")
    return table
load().to_csv("out.csv")
"""
    )
    assert seen.evidence("raw.csv") == {"guessed"}
    assert seen.evidence("out.csv") == {"resolved"}


RUNNERS = """
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression

class Training:
    def __init__(self, settings):
        self.settings = settings
        self.model = LogisticRegression()

    def run(self):
        table = pd.read_csv(self.settings["train"]["path"])
        self.model.fit(table[["x"]], table["y"])

class Testing:
    def __init__(self, settings):
        self.path = settings["test"]["path"]

    def run(self):
        print(pd.read_csv(self.path).describe())

with open("config.yaml") as file:
    config = yaml.safe_load(file)
if config["mode"] == "train":
    Training(config).run()
elif config.get("mode") == "test":
    Testing(config).run()
"""
CONFIG = "mode: serve\ntrain:\n  path: train.csv\ntest:\n  path: test.csv\n"


def test_what_only_another_mode_would_run_is_known_by_what_that_gives_it(graph_of: GraphOf) -> None:
    seen = graph_of({"run.py": RUNNERS, "config.yaml": CONFIG})
    assert seen.reads() >= {"train.csv", "test.csv"}
    assert seen.evidence("train.csv") == {"resolved"}
    assert not seen.gaps()
    assert len(seen.trained()) == 1


def test_what_another_mode_would_give_a_function_stands_beside_what_it_is_given_for_sure(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def load(name):
    return pd.read_csv(name)

MODE = "all"
if MODE == "part":
    load("part.csv").to_csv("out.csv")
load("all.csv")
"""
    )
    assert seen.evidence("part.csv") == {"guessed"}
    assert seen.evidence("all.csv") == {"resolved"}


def test_a_parameter_that_is_nothing_by_default_is_an_option(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def keep(table, extra=None, place=None):
    if extra is not None:
        table.to_csv("with_extra.csv")
    if place:
        table.to_csv(place + "/there.csv")
    if place is None:
        place = "usual"
    table.to_csv(place + "/here.csv")
keep(pd.read_csv("in.csv"))
"""
    )
    assert seen.writes() >= {"with_extra.csv", "{place}/there.csv", "usual/here.csv"}
    assert seen.evidence("with_extra.csv") == {"guessed"}
    assert seen.evidence("usual/here.csv") == {"resolved"}


@pytest.mark.parametrize(
    "given", ["args.features", "Path(args.features)", "os.path.join(args.features)", "open(args.features)"]
)
def test_a_file_that_only_whoever_starts_the_program_names_is_one_of_that_program(
    graph_of: GraphOf, given: str
) -> None:
    code = f"""
        import argparse, os
        from pathlib import Path
        import pandas as pd
        from sklearn.linear_model import LinearRegression

        parser = argparse.ArgumentParser()
        parser.add_argument("--features", required=True)
        args = parser.parse_args()
        data = pd.read_csv({given})
        model = LinearRegression().fit(data[["price"]], data["late"])
    """
    seen = graph_of({"train.py": code, "other.py": code})

    assert seen.reads() == {"train.py::{features}", "other.py::{features}"}
    assert seen.flows("train.py::{features}", "LinearRegression")
    assert seen.graph.coverage.resolved == 0


def test_what_an_option_begins_it_goes_on_with(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
final = False
table = pd.read_csv("in.csv")
if final:
    answers = pd.DataFrame()
    answers["id"] = table["id"]
table["a"] = 1
if final:
    answers["a"] = table["a"]
    answers.to_csv("answers.csv")
"""
    )
    assert seen.evidence("answers.csv") == {"guessed"}
    assert seen.flows("in.csv", "answers.csv")
