"""What stands in several versions of a script is reported once, with the other places."""

from __future__ import annotations

import json
from pathlib import Path

from mldebt.graph.model import Graph, Unit
from mldebt.rules.copies import without_copies
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

SCRIPT = [f"table['feature_{number}'] = table['price'] * {number}" for number in range(20)]
FIT = "scaled = StandardScaler().fit_transform(table)"


def reported(
    folder: Path, files: dict[str, list[str]], *, production: str = "", severity: str = "high"
) -> list[Finding]:
    """A finding at the line with the fit of each file, and what becomes of them."""
    units, findings = {}, []
    for name, lines in files.items():
        (folder / name).write_text(notebook(lines) if name.endswith(".ipynb") else "\n".join(lines))
        units[name] = Unit(name, "script", production=name == production)
        [line] = [number for number, text in enumerate(lines, 1) if "fit(" in text or "fit_" in text]
        site = Site(name, line, line, 0 if name.endswith(".ipynb") else -1)
        level = "low" if name == "light.py" else "high"
        findings.append(Finding("MLD701", "leak", f"In {name}.", level, "certain", (name,), (site,)))
    result = Result(tuple(findings), Graph(units=units), folder, "repository")
    return list(without_copies(result).findings)


def notebook(lines: list[str]) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": "\n".join(lines)}]})


def test_versions_of_a_script_are_one_finding(tmp_path: Path) -> None:
    later = [*SCRIPT[3:], "print(table)", FIT.replace("(table)", "(table[names])")]
    [finding] = reported(tmp_path, {"train.py": [*SCRIPT, FIT], "train_v2.py": later})
    assert finding.message == "In train.py. The same is in train_v2.py, a version of this code."
    assert [str(site) for site in finding.locations] == ["train.py:21", "train_v2.py:19"]


def test_a_notebook_and_its_script_are_versions(tmp_path: Path) -> None:
    files = {"a.ipynb": [*SCRIPT, FIT], "a.py": ["# In[1]:", *SCRIPT, FIT]}
    [finding] = reported(tmp_path, files)
    assert "a version of this code" in finding.message


def test_scripts_that_have_little_in_common_are_told_each(tmp_path: Path) -> None:
    short = [*SCRIPT[:9], *(f"chart.add(line={number})" for number in range(9)), FIT]
    assert len(reported(tmp_path, {"a.py": [*SCRIPT, FIT], "b.py": short})) == 2
    others = [line.replace("price", "amount") for line in SCRIPT]
    assert len(reported(tmp_path, {"a.py": [*SCRIPT, FIT], "b.py": [*others, FIT]})) == 2


def test_a_passage_that_was_copied_is_one_finding(tmp_path: Path) -> None:
    another = [line.replace("price", "amount") for line in SCRIPT]
    [finding] = reported(tmp_path, {"a.py": [*SCRIPT, FIT], "b.py": [*another, *SCRIPT[-8:], FIT]})
    assert finding.message == "In a.py. The same is in b.py, a version of this code."


def test_another_passage_of_a_version_is_told_as_well(tmp_path: Path) -> None:
    other = "counts = CountVectorizer(min_df=3).fit(texts).transform(titles)"
    assert len(reported(tmp_path, {"a.py": [*SCRIPT, FIT], "b.py": [*SCRIPT, other]})) == 2


def test_two_findings_of_a_file_are_two_in_its_versions(tmp_path: Path) -> None:
    names, findings = ["a.py", "b.py"], []
    for name in names:
        (tmp_path / name).write_text("\n".join([*SCRIPT, FIT]))
        for column in ("price", "area"):
            site = Site(name, 21, 21)
            findings.append(
                Finding("MLD601", "skew", f"`{column}` differs.", "high", "certain", (name, column), (site,))
            )
    graph = Graph(units={name: Unit(name, "script") for name in names})
    told = without_copies(Result(tuple(findings), graph, tmp_path, "repository")).findings
    assert sorted(one.message for one in told) == [
        f"`{column}` differs. The same is in b.py, a version of this code." for column in ("area", "price")
    ]


def test_the_version_at_work_tells_it(tmp_path: Path) -> None:
    files = {"a.py": [*SCRIPT, FIT], "b_old.py": [*SCRIPT[1:], FIT], "c.py": [*SCRIPT[2:], FIT]}
    [finding] = reported(tmp_path, files, production="c.py")
    assert finding.message == "In c.py. The same is in a.py, b_old.py, versions of this code."
    [finding] = reported(tmp_path, {"a_old.py": files["a.py"], "b.py": files["c.py"]})
    assert finding.locations[0].file == "b.py"


def test_the_worst_one_tells_it(tmp_path: Path) -> None:
    [finding] = reported(tmp_path, {"heavy.py": [*SCRIPT, FIT], "light.py": [*SCRIPT[1:], FIT]}, production="light.py")
    assert (finding.severity, finding.locations[0].file) == ("high", "heavy.py")
