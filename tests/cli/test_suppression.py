"""Findings that the user accepted, by comments and waivers: they stay out of reports, and are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Mldebt

WRITE = 'orders.to_parquet("clean.parquet")'
HEAD = 'import pandas as pd\n\norders = pd.read_csv("orders.csv")\n'


class Accepted:
    """A small repository in which `clean.parquet` is written and never read."""

    def __init__(self, root: Path, mldebt: Mldebt) -> None:
        self.root = root
        self._mldebt = mldebt

    def found(self, program: str = "", **files: str) -> list[str]:
        """code:line (with the cell before it) of what is reported, the suppressed in brackets."""
        if program:
            (self.root / "export.py").write_text(program, "utf-8")
        for name, text in files.items():
            (self.root / name.replace("__", ".")).write_text(text, "utf-8")
        ended = self._mldebt("check", self.root, "--output-format", "json", "--no-cache")
        assert ended.code in (0, 1), ended.err
        document = json.loads(ended.out)
        reported = [(finding["code"], finding["locations"][0]) for finding in document["findings"]]
        told = [f"{code}:{_cell(place)}{place['line']}" for code, place in reported]
        return told + [f"({each['code']}:{_cell(each)}{each['line']})" for each in document["suppressed"]]


def _cell(place: dict[str, object]) -> str:
    return "" if place["cell"] is None else f"{place['cell']}:"


@pytest.fixture
def accepted(tmp_path: Path, mldebt: Mldebt) -> Accepted:
    return Accepted(tmp_path, mldebt)


@pytest.mark.parametrize(
    "ending",
    [
        f"{WRITE}  # mldebt: ignore[MLD204] the dashboard reads it\n",
        f"{WRITE}  #mldebt:ignore[MLD204]\n",
        f"{WRITE}  # mldebt: ignore[ unused-dataset , MLD204 ] why\n",
        f"{WRITE}  # type: ignore  # mldebt: ignore[MLD204] why\n",
        f"{WRITE}  # noqa: MLD204\n",
        f"{WRITE}  # NOQA:E501,mld204 why\n",
        f"# mldebt: ignore[MLD204] why\n{WRITE}\n",
        f"# mldebt: ignore[MLD204] why\n# it is large\n{WRITE}\n",
        f"if orders.size:\n    # mldebt: ignore[MLD204] why\n    {WRITE}\n",
        'orders.to_parquet(\n    "clean.parquet"\n)  # mldebt: ignore[MLD204] why\n',
        'orders.to_parquet(  # mldebt: ignore[MLD204] why\n    "clean.parquet"\n)\n',
        'orders.to_parquet(\n    # mldebt: ignore[MLD204] why\n    "clean.parquet"\n)\n',
        'orders \\\n    .to_parquet("clean.parquet")  # mldebt: ignore[MLD204] why\n',
        f"{WRITE}\n# mldebt: ignore-file[MLD204] why\n",
    ],
)
def test_a_comment_suppresses_what_it_stands_at(accepted: Accepted, ending: str) -> None:
    assert [place for place in accepted.found(HEAD + ending) if place[0] != "("] == []
    assert len(accepted.found()) == 1


@pytest.mark.parametrize(
    "ending",
    [
        f'{WRITE}; TEXT = "# mldebt: ignore[MLD204] why"\n',
        f'TEXT = """\n# mldebt: ignore[MLD204] why\n"""; {WRITE}\n',
        f"# mldebt: ignore[MLD204] why\n\n{WRITE}\n",
        f"{WRITE}\n# mldebt: ignore[MLD204] why\n",
        f"{WRITE}  # mldebt: ignore[MLD2] why\n",
        f"{WRITE}  # mldebt: ignore[ALL] why\n",
        f"{WRITE}  # mldebt: ignore[] why\n",
        f"{WRITE}  # mldebt: ignore[MLD204 why\n",
        f"{WRITE}  # noqa\n",
    ],
)
def test_what_is_no_comment_or_stands_elsewhere_or_names_no_rule_suppresses_nothing(
    accepted: Accepted, ending: str
) -> None:
    found = accepted.found(HEAD + ending)
    assert "MLD204" in {place.partition(":")[0] for place in found}
    assert not any(place.startswith("(") for place in found)


SPLIT = """\
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

table = pd.read_csv("orders.csv")
"""
SCALE = 'scaled = StandardScaler().fit_transform(table[["a", "b"]])'
FIT = """\
X, X_test, y, y_test = train_test_split(scaled, table["late"], random_state=1)
print(SVC().fit(X, y).score(X_test, y_test))
"""


def test_cells_of_notebooks_have_their_own_comments(accepted: Accepted) -> None:
    def notebook(*cells: str) -> str:
        made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
        return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    assert accepted.found(late__ipynb=notebook(SPLIT, SCALE, FIT)) == ["MLD701:1:1"]
    comment = "# mldebt: ignore[MLD701] why"
    assert accepted.found(late__ipynb=notebook(SPLIT, f"{SCALE}  {comment}", FIT)) == ["(MLD701:1:1)"]
    assert accepted.found(late__ipynb=notebook(SPLIT + comment, SCALE, FIT)) == ["MLD002:0:7", "MLD701:1:1"]
    file = "# mldebt: ignore-file[MLD701] why"
    assert accepted.found(late__ipynb=notebook(f"{file}\n{SPLIT}", SCALE, FIT)) == ["(MLD701:1:1)"]
    assert accepted.found(late__ipynb=notebook(SPLIT, f"%%time\n{SCALE}  {comment}", FIT)) == ["(MLD701:1:2)"]


def test_comments_in_sql_are_those_of_sql(accepted: Accepted) -> None:
    run = 'import sqlite3\n\nsqlite3.connect("work.db").executescript(open("shifts.sql").read())\n'
    flow = "CREATE TABLE shifts AS\nSELECT courier, hours\nFROM raw_shifts"
    assert accepted.found(run, shifts__sql=f"{flow};\n") == ["MLD204:1"]
    assert accepted.found(shifts__sql=f"-- mldebt: ignore[MLD204] why\n{flow};\n") == ["(MLD204:2)"]
    assert accepted.found(shifts__sql=f"{flow} -- mldebt: ignore[MLD204] why\n;\n") == ["(MLD204:1)"]
    assert accepted.found(shifts__sql=f"{flow} WHERE x = '-- mldebt: ignore[MLD204] why';\n") == ["MLD204:1"]


WAIVER = '[[waivers]]\nrule = "{rule}"\nthing = "{thing}"\nreason = "agreed"\n'


@pytest.mark.parametrize("thing", ["clean.parquet", "dataset:clean.parquet", "clean.*", "*"])
def test_a_waiver_names_the_thing_wherever_its_code_is(accepted: Accepted, thing: str) -> None:
    assert accepted.found(HEAD + WRITE, mldebt__toml=WAIVER.format(rule="MLD204", thing=thing)) == ["(MLD204:4)"]
    (accepted.root / "export.py").rename(accepted.root / "other.py")
    assert accepted.found() == ["(MLD204:4)"]


def test_a_waiver_that_nothing_needs_is_a_finding(accepted: Accepted) -> None:
    assert accepted.found(HEAD + WRITE, mldebt__toml=WAIVER.format(rule="MLD204", thing="cleaned.parquet")) == [
        "MLD204:4",
        "MLD002:1",
    ]


def test_a_waiver_ends_with_its_day(accepted: Accepted, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = WAIVER.format(rule="unused-dataset", thing="clean.parquet") + "until = 2026-12-31\n"
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798718400")  # noon of the last day
    assert accepted.found(HEAD + WRITE, mldebt__toml=settings) == ["(MLD204:4)"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798891200")
    assert accepted.found() == ["MLD204:4", "MLD002:1"]


def test_a_waiver_must_name_one_rule(accepted: Accepted, mldebt: Mldebt) -> None:
    (accepted.root / "mldebt.toml").write_text(WAIVER.format(rule="MLD2", thing="x"))
    ended = mldebt("check", accepted.root)
    assert ended.code == 2
    assert 'mldebt.toml:2: there is no rule "MLD2"; did you mean "MLD20' in ended.err


def test_suppressions_of_rules_that_did_not_run_are_left_alone(accepted: Accepted, mldebt: Mldebt) -> None:
    (accepted.root / "export.py").write_text(HEAD + "print(orders)  # mldebt: ignore[MLD411] why\n")
    assert mldebt("check", accepted.root, "--no-cache").code == 1
    assert mldebt("check", accepted.root, "--no-cache", "--ignore", "MLD411").code == 0


def test_the_suppressed_are_counted(accepted: Accepted, mldebt: Mldebt) -> None:
    accepted.found(f"{HEAD}{WRITE}  # mldebt: ignore[MLD204] why\n")
    for output_format in ("full", "concise"):
        assert "No findings (1 suppressed)." in mldebt("check", accepted.root, "--output-format", output_format).out


def test_the_configuration_may_have_comments(accepted: Accepted) -> None:
    consumer = '[[consumers]]{comment}\ndataset = "gone.parquet"\nconsumer = "pricing"\n'
    program = HEAD + "print(orders)\n"
    assert accepted.found(program, mldebt__toml=consumer.format(comment="")) == ["MLD003:1"]
    comment = "  # mldebt: ignore[MLD003] it comes back in June"
    assert accepted.found(mldebt__toml=consumer.format(comment=comment)) == ["(MLD003:1)"]
    assert accepted.found(mldebt__toml="# mldebt: ignore[MLD003] over\n") == ["MLD002:1"]


def test_a_question_ends_a_sentence(mldebt: Mldebt, accepted: Accepted) -> None:
    (accepted.root / "export.py").write_text(f"{HEAD}{WRITE}  # mldebt: ignore[unused-datset] why\n")
    told = mldebt("check", accepted.root, "--output-format", "concise").out
    assert 'which is no rule; did you mean "unused-dataset"?\n' in told
