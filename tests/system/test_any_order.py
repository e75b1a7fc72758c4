"""The same repository gives the same bytes: whatever the number of processes, the order of files, the hash seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mldebt.project import files as files_module
from mldebt.project.walk import walk_files
from mldebt.read import processes, reader
from tests.system.command import SAMPLE, copy_of, printed, printed_by_a_new_process

STEP = """\
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

import step_{before}
from common import load, NAMES

frame = load("{number}")
frame["x{number}"] = frame["a"] + frame["b"]
model = RandomForestRegressor().fit(frame[["a", "x{number}"]], frame["y"])
joblib.dump(model, f"models/{{number}}.joblib".format(number={number}))
frame["p"] = model.predict(frame[["a", "x{number}"]])
frame[["id", "p", "x{number}"]].to_csv(f"data/step_{{NAMES[{number}]}}.csv")
pd.read_csv("data/step_{before}.csv")["p"].to_csv("data/last.csv")
"""
COMMON = """\
import pandas as pd

NAMES = [str(number) for number in range(90)]


def load(name):
    return pd.read_csv(f"data/orders_{name}.csv", usecols=["id", "a", "b", "y", "z"])
"""
MANY = 90


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More files than are read in one process, in a circle of imports and of data."""
    root = tmp_path_factory.mktemp("many")
    (root / "common.py").write_text(COMMON)
    for number in range(MANY):
        (root / f"step_{number}.py").write_text(STEP.format(number=number, before=(number - 1) % MANY))
    return root


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(SAMPLE, tmp_path_factory.mktemp("sample"))


def test_two_processes_print_what_one_prints(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WORTH_PROCESSES", MANY - 1)
    pools: list[int] = []
    read_in_processes = processes.read_in_processes

    def counted(files: object, jobs: int, identity: object) -> object:
        pools.append(jobs)
        return read_in_processes(files, jobs, identity)  # type: ignore[arg-type]

    monkeypatch.setattr(processes, "read_in_processes", counted)
    one = printed(many, "-j", "1")
    assert '"MLD801"' in one
    assert pools == []
    assert printed(many, "-j", "2") == one
    assert pools == [2, 2]


@pytest.mark.parametrize("hash_seed", [0, 1, 2])
def test_the_hash_seed_changes_no_byte(hash_seed: int, sample: Path) -> None:
    assert printed_by_a_new_process(sample, 1 + hash_seed % 2, hash_seed) == printed(sample)


DROPPING = """\
import pandas as pd
from sklearn.svm import SVR

frame = pd.read_csv("data/x.csv")
without = ["id", "relevance", "day", "city", "street"]
model = SVR().fit(frame.drop(without, axis=1), frame["relevance"])
test = pd.read_csv("data/test.csv").drop(without, axis=1)
test["p"] = 1
print(model.predict(test))
"""


def test_nor_does_it_where_columns_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(DROPPING)
    assert len({printed_by_a_new_process(tmp_path, 1, seed) for seed in range(3)}) == 1


@pytest.mark.parametrize("seed", [None, 1])
def test_the_order_in_which_files_are_listed_changes_no_byte(
    seed: int | None, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = printed(many)
    shuffled = _shuffled(walk_files, seed)
    monkeypatch.setattr(files_module, "walk_files", shuffled)
    monkeypatch.setattr(files_module, "sorted", list, raising=False)
    assert printed(many) == expected


def _shuffled(walk: Callable[..., Iterable[str]], seed: int | None) -> Callable[..., list[str]]:
    """The names of a walk backwards, or in an order of chance."""

    def walk_otherwise(*arguments: object) -> list[str]:
        names = sorted(walk(*arguments), reverse=True)
        if seed is not None:
            random.Random(seed).shuffle(names)
        return names

    return walk_otherwise
