"""Several repositories in one graph: which they are, what they share, what each keeps for itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Mldebt

SCORE = """\
import joblib
import pandas as pd

model = joblib.load("models/churn.joblib")
users = pd.read_parquet("data/users.parquet")
scores = users[["user_id"]].assign(score=model.predict_proba(users[["age", "visits"]])[:, 1])
scores.to_parquet("s3://acme-lake/scores/churn/latest.parquet")
"""
DISCOUNT = """\
import numpy as np
import pandas as pd

churn = pd.read_parquet("s3://acme-lake/scores/churn/latest.parquet")
churn["discount"] = np.where(churn["score"] > 0.7, 0.15, 0.0)
churn[["user_id", "discount"]].to_parquet("data/discounts.parquet")
"""
WORKSPACE = '[workspace]\nrepositories = ["scoring", "pricing"]\n'


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two repositories, in which mldebt is called."""
    write(tmp_path, {"scoring/score.py": SCORE, "pricing/app/discount.py": DISCOUNT})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a state")


def graph_of(mldebt: Mldebt, *paths: str) -> dict[str, Any]:
    graph: dict[str, Any] = json.loads(mldebt("graph", *paths).out)
    return graph


def stored(graph: dict[str, Any]) -> set[str]:
    return {node["id"].partition(":")[2] for node in graph["nodes"] if node["kind"] in ("dataset", "artifact")}


def findings(mldebt: Mldebt, *arguments: str) -> list[tuple[str, str]]:
    ended = mldebt("check", *arguments, "--output-format", "json")
    assert ended.code in (0, 1), ended.err
    found = json.loads(ended.out)["findings"]
    return [(each["code"], f"{each['locations'][0]['file']}:{each['locations'][0]['line']}") for each in found]


# -- what is shared


def test_what_one_repository_writes_another_reads(mldebt: Mldebt, work: Path) -> None:
    graph = graph_of(mldebt, "scoring", "pricing")
    assert graph["repositories"] == ["pricing", "scoring"]
    assert stored(graph) == {
        "scoring/data/users.parquet",
        "scoring/models/churn.joblib",
        "s3://acme-lake/scores/churn/latest.parquet",
        "pricing/data/discounts.parquet",
    }
    lake = next(node for node in graph["nodes"] if node["name"].startswith("s3:"))
    assert {site["file"] for site in lake["sites"]} == {"scoring/score.py", "pricing/app/discount.py"}
    assert {column["name"]: column["used"] for column in lake["columns"]} == {"score": True, "user_id": True}


def test_the_order_of_paths_makes_no_difference(mldebt: Mldebt, work: Path) -> None:
    assert mldebt("graph", "scoring", "pricing").out == mldebt("graph", "pricing", "scoring").out


def test_several_processes_and_a_cache_make_no_difference(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE})
    cold = mldebt("check", "--no-cache", "--output-format", "json").out
    assert mldebt("check", "--no-cache", "-j", "2", "--output-format", "json").out == cold
    for _ in range(2):
        assert mldebt("check", "--output-format", "json").out == cold


def test_a_change_in_any_repository_is_seen(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE})
    assert ("MLD105", "pricing/app/discount.py:4") in findings(mldebt)
    assert ("MLD105", "pricing/app/discount.py:4") in findings(mldebt)
    write(work, {"pricing/app/discount.py": "import pandas as pd\n"})
    assert not [found for found in findings(mldebt) if found[0] == "MLD105"]


def test_relative_files_are_each_repositorys_own(mldebt: Mldebt, work: Path) -> None:
    copy = 'import pandas as pd\npd.read_csv("data/a.csv").to_csv("data/{}.csv")\n'
    write(
        work,
        {"a/x.py": copy.format("scores"), "b/x.py": copy.format("other"), "b/y.py": READ.format("data/scores.csv")},
    )
    graph = graph_of(mldebt, "a", "b")
    assert stored(graph) == {
        "a/data/a.csv",
        "a/data/scores.csv",
        "b/data/a.csv",
        "b/data/other.csv",
        "b/data/scores.csv",
    }
    assert ("MLD204", "a/x.py:2") in findings(mldebt, "a", "b")


READ = 'import pandas as pd\nprint(pd.read_csv("{}").sum())\n'
WRITE = 'import pandas as pd\npd.DataFrame({{"a": [1]}}).to_{}\n'


@pytest.mark.parametrize(
    ("write_call", "read_call"),
    [
        ('csv("/tmp/scores.csv")', 'pd.read_csv("/tmp/scores.csv")'),
        ('csv("/data/train.csv")', 'pd.read_csv("/data/train.csv")'),
        ('csv("~/scores.csv")', 'pd.read_csv("~/scores.csv")'),
        ('csv("s3://my-bucket/scores.csv")', 'pd.read_csv("s3://my-bucket/scores.csv")'),
        ('csv("s3://<your-bucket>/scores.csv")', 'pd.read_csv("s3://<your-bucket>/scores.csv")'),
        ('sql("users", "postgresql://localhost:5432/app")', 'pd.read_sql("users", "postgresql://localhost:5432/app")'),
        ('sql("churn_scores", "sqlite:///app.db")', 'pd.read_sql("churn_scores", "sqlite:///app.db")'),
        ('sql("predictions", CONNECTION)', 'pd.read_sql("SELECT * FROM predictions", CONNECTION)'),
    ],
)
def test_what_anybody_may_call_so_is_not_shared(mldebt: Mldebt, work: Path, write_call: str, read_call: str) -> None:
    write(work, {"a/w.py": WRITE.format(write_call), "b/r.py": f"import pandas as pd\nprint({read_call})\n"})
    graph = graph_of(mldebt, "a", "b")
    ends = {edge["kind"]: edge["source"] if edge["kind"] == "READS" else edge["target"] for edge in graph["edges"]}
    assert "WRITES" not in ends or ends["WRITES"] != ends["READS"]
    assert not any(edge["attributes"].get("operation") == "same name" for edge in graph["edges"])


@pytest.mark.parametrize(
    ("write_call", "read_call"),
    [
        ('parquet("s3://acme-lake/scores.parquet")', 'pd.read_parquet("s3a://acme-lake/scores.parquet")'),
        ('csv("/mnt/acme-lake/scores/churn/new.csv")', 'pd.read_csv("/mnt/acme-lake/scores/churn/new.csv")'),
        (
            'sql("kitchen_preparation_minutes", ENGINE)',
            'pd.read_sql("SELECT * FROM kitchen_preparation_minutes", ENGINE)',
        ),
    ],
)
def test_what_has_one_meaning_is_shared(mldebt: Mldebt, work: Path, write_call: str, read_call: str) -> None:
    write(work, {"a/w.py": WRITE.format(write_call), "b/r.py": f"import pandas as pd\nprint({read_call})\n"})
    graph = graph_of(mldebt, "a", "b")
    ends = {edge["kind"]: edge["source"] if edge["kind"] == "READS" else edge["target"] for edge in graph["edges"]}
    assert ends["WRITES"] == ends["READS"]


def test_a_template_of_one_repository_finds_what_another_names(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "a/w.py": "day = input()\n" + WRITE.format('csv(f"s3://acme-lake/scores/churn_{day}.csv")'),
        "b/r.py": READ.format("s3://acme-lake/scores/churn_2026.csv"),
    })  # fmt: skip
    pairs = [edge for edge in graph_of(mldebt, "a", "b")["edges"] if edge["attributes"].get("operation") == "same name"]
    assert [(edge["source"], edge["target"], edge["evidence"]) for edge in pairs] == [
        ("dataset:s3://acme-lake/scores/churn_{day}.csv", "dataset:s3://acme-lake/scores/churn_2026.csv", "inferred")
    ]


SERVE = """\
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")


@app.post("/predict")
def predict(age: float):
    return {"score": model.predict([[age]])[0]}
"""
CALL = 'import requests\nprint(requests.post("http://{}/predict", json={{"age": 3}}).json()["score"])\n'


@pytest.mark.parametrize(("host", "joined"), [("churn-api:8000", True), ("localhost:8000", False), ("other", False)])
def test_a_url_leads_to_the_repository_that_its_host_names(mldebt: Mldebt, work: Path, host: str, joined: bool) -> None:
    write(work, {"churn/serve.py": SERVE, "shop/call.py": CALL.format(host)})
    edges = graph_of(mldebt, "churn", "shop")["edges"]
    pairs = [edge["target"] for edge in edges if edge["attributes"].get("operation") == "same name"]
    assert bool(pairs) == joined


def test_the_configuration_says_what_is_shared(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "mldebt.toml": '[workspace]\nrepositories = ["a", "b"]\nshared = ["*users", "!s3://acme-lake/*"]\n',
        "a/w.py": WRITE.format('sql("users", ENGINE)') + WRITE.format('csv("s3://acme-lake/x.csv")'),
        "b/r.py": 'import pandas as pd\nprint(pd.read_sql("SELECT * FROM users", ENGINE))\n' + READ.format("s3://acme-lake/x.csv"),
    })  # fmt: skip
    assert stored(graph_of(mldebt)) == {"users", "a:s3://acme-lake/x.csv", "b:s3://acme-lake/x.csv"}


def test_the_configuration_says_what_is_mounted(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "mldebt.toml": '[workspace]\nrepositories = ["a", "b"]\n[workspace.mounts]\n"b/inputs" = "a/out"\n'
        '"/data" = "a/out"\n"s3://{BUCKET}" = "s3://acme-lake"\n',
        "a/w.py": WRITE.format('csv("out/x.csv")'),
        "b/r.py": READ.format("inputs/x.csv") + READ.format("/data/x.csv")
        + 'import os\nprint(pd.read_csv(f"s3://{os.environ[\'BUCKET\']}/y.csv").sum())\n',
    })  # fmt: skip
    assert stored(graph_of(mldebt)) == {"a/out/x.csv", "s3://acme-lake/y.csv"}


def test_who_owns_what_in_one_repository_is_known_as_before(mldebt: Mldebt, work: Path) -> None:
    alone = {
        "one/api/serve.py": SERVE,
        "one/score/score.py": SCORE.replace("s3://acme-lake/scores/churn/latest", "data/scores"),
        "one/api/discount.py": DISCOUNT.replace("s3://acme-lake/scores/churn/latest", "data/scores"),
    }
    write(work, alone)
    told = {code for code, _ in findings(mldebt, "one")}
    assert {code for code, place in findings(mldebt, "one", "pricing") if place.startswith("one/")} == told
    assert "MLD105" not in told


# -- which repositories


def test_paths_choose_what_is_reported_not_what_is_read(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE})
    everything = findings(mldebt)
    assert [found for found in everything if found[1].startswith("scoring/")] == findings(
        mldebt, "scoring", "--config", "mldebt.toml"
    )
    assert findings(mldebt, "pricing/app", "scoring") == everything


def test_a_repository_lists_others_that_it_is_checked_with(
    mldebt: Mldebt, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(work, {"pricing/mldebt.toml": '[workspace]\nrepositories = [".", "../scoring"]\n'})
    commit(work / "pricing")
    monkeypatch.chdir(work / "pricing")
    assert findings(mldebt) == [
        ("MLD105", "pricing/app/discount.py:4"),
        ("MLD204", "pricing/app/discount.py:6"),
    ]
    sarif = json.loads(mldebt("check", "--output-format", "sarif").out)
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in sarif["runs"][0]["results"]]
    assert {place["uri"] for place in places} == {"app/discount.py"}
    assert "file=app/discount.py" in mldebt("check", "--output-format", "github").out


def test_a_pattern_lists_many(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": '[workspace]\nrepositories = ["*"]\n'})
    assert graph_of(mldebt)["repositories"] == ["pricing", "scoring"]


def test_a_single_repository_is_what_it_was(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE})
    graph = graph_of(mldebt, "scoring")
    assert "repositories" not in graph
    assert {unit["file"] for unit in graph["units"]} == {"score.py"}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('["scoring", "pricng"]', 2, 'there is no folder "pricng" beside it; did you mean "pricing"?'),
        ('["scoring/score.py"]', 2, '"scoring/score.py" is a file; a repository is a folder'),
        ('["scoring", "./scoring"]', 2, "scoring and ./scoring are the same repository; list it once"),
        ('["pricing", "pricing/app"]', 2, "pricing/app lies in pricing, which is looked at, too; leave one out"),
        ('["no*"]', 2, '"no*" fits no folder below '),
        ("[]", 2, '"workspace.repositories" must be a list of folders, each a text or a table with "path" and "name"'),
        ('[{ path = "scoring", nam = "x" }]', 2, 'unknown key "nam"; did you mean "name"?'),
        ('[{ path = "scoring", name = "a/b" }]', 2, '"a/b" can\'t be the name of a repository'),
        ('["scoring", "old/scoring"]', 2, 'two repositories are called "scoring", scoring and old/scoring; give one '),
        ('["scoring"]\nmounts = { "scorin/x" = "/y" }', 3, '"scorin/x" in mounts begins with no repository; did you'),
    ],
)
def test_a_mistake_is_one_sentence(mldebt: Mldebt, work: Path, text: str, line: int, told: str) -> None:
    write(work, {"mldebt.toml": f"[workspace]\nrepositories = {text}\n", "old/scoring/a.py": "x = 1\n"})
    ended = mldebt("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"mldebt: error: mldebt.toml:{line}: {told}")
    assert len(ended.err.splitlines()) == 1


def test_paths_that_are_no_repositories_of_their_own(mldebt: Mldebt, work: Path) -> None:
    nested = mldebt("check", "pricing/app", "pricing")
    assert nested.err.startswith("mldebt: error: pricing/app lies in pricing, which is looked at, too; leave one out")
    write(work, {"old/scoring/a.py": "x = 1\n"})
    same = mldebt("check", "scoring", "old/scoring")
    assert same.err.startswith('mldebt: error: two repositories are called "scoring", ')
    write(work, {"mldebt.toml": WORKSPACE})
    outside = mldebt("check", "old", "--config", "mldebt.toml")
    assert outside.err.endswith("old is in none of the repositories of the workspace (pricing, scoring)\n")


def test_one_that_is_checked_out_inside_another(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "mldebt.toml": '[workspace]\nrepositories = ["pricing", { path = "pricing/ext/score", name = "scores" }]\n'
        '[workspace.mounts]\n"pricing/ext/score" = "scores"\n',
        "pricing/ext/score/w.py": WRITE.format('csv("out/x.csv")'),
        "pricing/r.py": READ.format("ext/score/out/x.csv"),
    })  # fmt: skip
    graph = graph_of(mldebt)
    assert {unit["file"] for unit in graph["units"]} == {"pricing/app/discount.py", "pricing/r.py", "scores/w.py"}
    assert "scores/out/x.csv" in stored(graph)
    assert not any("ext" in name for name in stored(graph))


# -- what each keeps


def test_each_keeps_its_own_configuration(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "mldebt.toml": WORKSPACE + '[owners]\n"pricing/app/" = "shop"\n',
        "pricing/mldebt.toml": 'exclude = ["old/"]\n[roles]\n"app/" = ["ops"]\n'
        '[per-file-ignores]\n"app/" = ["MLD204"]\n',
        "pricing/old/x.py": "x = 1\n",
        "scoring/mldebt.toml": '[owners]\n"*.py" = "models"\n'
        '[[waivers]]\nrule = "MLD106"\nthing = "s3://acme-lake/*"\nreason = "agreed"\n'
        '[[consumers]]\ndataset = "s3://acme-lake/*"\nconsumer = "pricing"\nreason = "agreed"\n',
    })  # fmt: skip
    units = {unit["file"]: unit for unit in graph_of(mldebt)["units"]}
    assert {file: (unit["owner"], unit["owner_evidence"]) for file, unit in units.items()} == {
        "pricing/app/discount.py": ("shop", "declared"),
        "scoring/score.py": ("models", "declared"),
    }
    assert units["pricing/app/discount.py"]["roles"] == ["ops"]
    ended = mldebt("check", "--output-format", "json")
    found = json.loads(ended.out)
    assert [each["code"] for each in found["findings"]] == []
    assert {each["code"] for each in found["suppressed"]} == {"MLD106", "MLD204"}


def test_what_a_repository_accepts_without_need_is_found_in_its_configuration(mldebt: Mldebt, work: Path) -> None:
    waiver = '[[waivers]]\nrule = "MLD106"\nthing = "s3://acme-lake/*"\nreason = "agreed"\n'
    consumer = '[[consumers]]\ndataset = "data/gone.csv"\nconsumer = "somebody"\n'
    write(work, {"mldebt.toml": WORKSPACE, "pricing/mldebt.toml": waiver, "scoring/mldebt.toml": consumer})
    found = findings(mldebt)
    assert ("MLD106", "scoring/score.py:7") in found
    assert ("MLD002", "pricing/mldebt.toml:1") in found
    assert ("MLD003", "scoring/mldebt.toml:1") in found


def test_comments_suppress_and_fixes_reach_the_file(mldebt: Mldebt, work: Path) -> None:
    comment = "  # mldebt: ignore[MLD204] the shop reads it"
    write(
        work, {"pricing/app/discount.py": DISCOUNT.rstrip("\n") + comment + "\n", "scoring/b.py": f"x = 1{comment}\n"}
    )
    assert not [found for found in findings(mldebt, "scoring", "pricing") if found[0] == "MLD204"]
    assert ("MLD002", "scoring/b.py:1") in findings(mldebt, "scoring", "pricing")
    mldebt("check", "scoring", "pricing", "--fix")
    assert (work / "scoring/b.py").read_text() == "x = 1\n"
    assert mldebt("check", "scoring", "pricing", "--add-ignore", "later").code == 0
    assert "# mldebt: ignore[MLD105] later" in (work / "pricing/app/discount.py").read_text()


def test_a_baseline_knows_them_again(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": 'baseline = "mldebt-baseline.json"\n' + WORKSPACE})
    assert mldebt("baseline", "create").code == 0
    assert (work / "mldebt-baseline.json").is_file()
    assert mldebt("check").code == 0
    write(work, {"scoring/more.py": WRITE.format('csv("unread_table.csv")')})
    assert findings(mldebt) == [("MLD204", "scoring/more.py:2")]


def test_new_debt_since_a_commit(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE, "pricing/app/discount.py": "import pandas as pd\n"})
    commit(work / "pricing")
    commit(work / "scoring")
    assert findings(mldebt, "--diff-base", "main") == []
    write(work, {"pricing/app/discount.py": DISCOUNT})
    assert findings(mldebt, "--diff-base", "main") == [
        ("MLD105", "pricing/app/discount.py:4"),
        ("MLD204", "pricing/app/discount.py:6"),
    ]
    git(work / "pricing", "branch", "before")
    ended = mldebt("check", "--diff-base", "before", "--output-format", "concise")
    assert 'scoring is taken as it is: --diff-base before: git knows no commit "before" here' in ended.err
    assert "pricing/app/discount.py:4:1: MLD105" in ended.out
    assert mldebt("check", "--diff-base", "nowhere").code == 2


def test_an_audit_of_several(mldebt: Mldebt, work: Path) -> None:
    assert mldebt("audit", "scoring", "pricing", "--output-dir", "report").code == 0
    assert "s3://acme-lake/scores/churn/latest.parquet" in (work / "report/report.html").read_text()
    data = json.loads((work / "report/report.json").read_text())
    assert data["root"] == "pricing, scoring"
    code = [step["code"] for finding in data["findings"] for step in finding["path"]]
    assert 'churn = pd.read_parquet("s3://acme-lake/scores/churn/latest.parquet")' in code


def test_what_an_editor_holds_counts_in_its_repository(
    mldebt: Mldebt, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys
    from types import SimpleNamespace

    write(work, {"mldebt.toml": WORKSPACE})
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"import pandas as pd\n")))
    assert findings(mldebt, "-", "--stdin-filename", "pricing/app/discount.py", "--config", "mldebt.toml") == []


def test_files_and_settings_are_shown(mldebt: Mldebt, work: Path) -> None:
    write(work, {"mldebt.toml": WORKSPACE})
    assert mldebt("check", "--show-files").out.split() == ["pricing/app/discount.py", "scoring/score.py"]
    assert "# Repositories: pricing, scoring\n" in mldebt("check", "--show-settings").out


def test_a_contract_is_written_with_the_columns_that_are_relied_on(mldebt: Mldebt, work: Path) -> None:
    share = 'orders.groupby("user_id", as_index=False).agg(basket=("amount", "mean"), n=("amount", "size"))'
    write(work, {
        "mldebt.toml": WORKSPACE,
        "scoring/score.py": 'import pandas as pd\n\norders = pd.read_parquet("data/orders.parquet")\n'
        f'baskets = {share}\nbaskets.to_parquet("s3://acme-lake/baskets.parquet")\n',
        "pricing/app/discount.py": 'import pandas as pd\n\nbaskets = pd.read_parquet("s3://acme-lake/baskets.parquet")\n'
        'print(baskets.groupby("user_id")["basket"].sum())\n',
    })  # fmt: skip
    assert "MLD107" in {code for code, _ in findings(mldebt)}
    mldebt("check", "--select", "MLD107", "--fix", "--unsafe-fixes")
    assert (work / "mldebt.toml").read_text() == (
        f'{WORKSPACE}\n[[consumers]]\ndataset = "s3://acme-lake/baskets.parquet"\n'
        'consumer = "pricing/app/discount.py"\nreason = "(say why it needs them)"\ncolumns = ["basket", "user_id"]\n'
    )
    assert {code for code, _ in findings(mldebt)}.isdisjoint({"MLD003", "MLD107"})


def test_what_a_repository_declares_is_compared_with_its_own_code(mldebt: Mldebt, work: Path) -> None:
    write(work, {
        "scoring/MLproject": "entry_points:\n  main:\n    parameters:\n      depth: int\n    command: echo\n",
        "scoring/tasks.py": "import luigi\nimport pandas as pd\n\n\nclass Clean(luigi.Task):\n"
        '    def output(self):\n        return luigi.LocalTarget("data/a.csv")\n\n'
        '    def run(self):\n        pd.read_csv("data/raw.csv").to_csv("data/b.csv")\n',
    })  # fmt: skip
    found = findings(mldebt, "scoring", "pricing")
    assert ("MLD211", "scoring/MLproject:4") in found
    assert ("MLD210", "scoring/tasks.py:5") in found


def test_a_function_that_another_repository_calls_is_reached(mldebt: Mldebt, work: Path) -> None:
    read = (
        'import pandas as pd\n\n\ndef {}():\n    df = pd.read_csv("data/a.csv")\n    df = df[df["x"] > 0]\n'
        '    df["y"] = df["x"] * 2\n    df["z"] = df["y"] + 1\n    df["w"] = df["z"] / df["y"]\n'
        '    df = df.dropna()\n    df = df.drop_duplicates()\n    return df.sort_values("w")\n'
    )
    write(work, {
        "scoring/shared.py": read.format("borrowed_table"),
        "scoring/left.py": read.format("forgotten_table"),
        "pricing/app/use.py": "from shared import borrowed_table\n\nborrowed_table().to_csv('b.csv')\n",
    })  # fmt: skip
    (found,) = [
        each for each in findings(mldebt, "scoring", "pricing", "--extend-select", "MLD404") if each[0] == "MLD404"
    ]
    assert found == ("MLD404", "scoring/left.py:4")
