"""A baseline: what was there before doesn't count, what is new does, and what is repaid is taken out.

`MLDEBT_PROGRAMS=10000` tries so many damaged baselines, new ones each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.errors import UsageError
from mldebt.rules.judge.baseline import Entry
from mldebt.rules.judge.baseline_file import baseline_text, read_baseline
from tests.cli.conftest import Mldebt
from tests.many import checked

CHECKED = checked()
EXPORT = 'import pandas as pd\n\norders = pd.read_csv("{name}.csv")\norders.to_parquet("data/{name}_tidy.parquet")\n'
LEAK = """\
import joblib
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def train() -> None:
    table = pd.read_csv("late.csv")
    scaler = StandardScaler()
    scaled = scaler.fit_transform(table[["a", "b"]])
    X, X_test, y, y_test = train_test_split(scaled, table["late"], random_state=1)
    print(SVC().fit(X, y).score(X_test, y_test))


train()
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.py").write_text(EXPORT.format(name="orders"))
    (tmp_path / "late.py").write_text(LEAK)
    (tmp_path / "mldebt.toml").write_text('baseline = "known.json"\n')
    return tmp_path


@pytest.fixture
def found(repository: Path, mldebt: Mldebt) -> Callable[..., list[str]]:
    """What is reported, as code and file."""

    def run(*options: str) -> list[str]:
        document = json.loads(mldebt("check", "--output-format", "json", "--no-cache", *options).out)
        return [f"{finding['code']} {finding['locations'][0]['file']}" for finding in document["findings"]]

    return run


Found = Callable[..., list[str]]


def test_only_new_debt_counts(repository: Path, mldebt: Mldebt, found: Found) -> None:
    created = mldebt("baseline", "create")
    assert (created.code, created.out, created.err) == (0, "", "known.json: 2 entries (2 new).\n")
    ended = mldebt("check", "--output-format", "concise")
    assert (ended.code, ended.out) == (0, "No findings (2 known from the baseline).\n")
    (repository / "more.py").write_text(EXPORT.format(name="couriers"))
    assert mldebt("check").code == 1
    assert found() == ["MLD204 more.py"]
    assert found("--no-baseline") == ["MLD204 export.py", "MLD701 late.py", "MLD204 more.py"]
    assert mldebt("baseline", "update").err == "known.json: 3 entries (1 new).\n"
    assert mldebt("check").code == 0


def test_what_is_repaid_must_be_pruned(repository: Path, mldebt: Mldebt) -> None:
    mldebt("baseline", "create")
    (repository / "export.py").write_text("")
    for _ in ("anew", "from its record"):
        ended = mldebt("check", "--output-format", "concise")
        assert ended.code == 1
        assert ended.out == "No findings (1 known from the baseline).\n"
        assert "1 entry of the baseline is not found any more (MLD204 in export.py)" in ended.err
    assert mldebt("check", "--exit-zero").code == 0
    assert "Repaid, to be pruned: 1\n  MLD204  1\n    export.py: " in mldebt("baseline", "show").out
    (repository / "more.py").write_text(EXPORT.format(name="couriers"))
    assert mldebt("baseline", "prune").err == "known.json: 1 entry (1 repaid).\n"
    assert "1 finding is not in it." in mldebt("baseline", "show").out


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "late.py").write_text("# moved\n\n\n" + LEAK.replace("import joblib\n", "")),
        lambda root: (root / "late.py").write_text(
            LEAK.replace('table[["a", "b"]]', 'table[\n        ["a", "b"]\n    ]')
        ),
        lambda root: (root / "late.py").rename(root / "delays.py"),
        lambda root: ((root / "ml").mkdir(), (root / "late.py").rename(root / "ml" / "late.py")),
        lambda root: (
            (root / "late.py").unlink(),
            (root / "new.py").write_text(LEAK.replace('["a", "b"]', '["a", "c"]')),
        ),
        lambda root: ((root / "late.py").write_text("x = 1\n"), (root / "new.py").write_text(LEAK)),
    ],
    ids=["lines moved", "reformatted", "renamed", "another folder", "renamed and changed", "moved to another file"],
)
def test_the_same_debt_is_known_again(
    repository: Path, mldebt: Mldebt, found: Found, change: Callable[[Path], object]
) -> None:
    mldebt("baseline", "create")
    change(repository)
    assert found() == []
    assert mldebt("check").err == ""


def test_the_same_debt_once_more_is_new(repository: Path, mldebt: Mldebt, found: Found) -> None:
    mldebt("baseline", "create")
    (repository / "copy.py").write_text(LEAK)
    assert found() == ["MLD701 copy.py"]
    (repository / "late.py").write_text(LEAK.replace("scaler.fit_transform", ""))
    (repository / "copy.py").write_text(LEAK.replace('["a", "b"]', '["c", "d"]'))
    assert found() == ["MLD701 copy.py"], "a file that is still there was not renamed"


def test_a_rule_that_did_not_run_makes_nothing_stale(repository: Path, mldebt: Mldebt) -> None:
    mldebt("baseline", "create")
    assert mldebt("check", "--select", "MLD701").err == ""
    mldebt("baseline", "update", "--select", "MLD701")
    assert mldebt("check").code == 0


def test_paths_do_not_narrow_the_baseline(repository: Path, mldebt: Mldebt) -> None:
    mldebt("baseline", "create")
    ended = mldebt("check", "late.py", "--output-format", "concise")
    assert (ended.out, ended.err) == ("No findings (1 known from the baseline).\n", "")


def test_branches_that_both_added_an_entry_merge_without_a_word() -> None:
    first, second = (Entry("MLD204", key, "dataset:x", "a.py", "00", "x") for key in ("1", "9"))
    lines = baseline_text([first]).splitlines()
    assert lines[1] in baseline_text([first, second]).splitlines()
    assert all(line.endswith(",") for line in baseline_text([first, second]).splitlines()[1:3])


@pytest.mark.parametrize(
    ("arguments", "text", "told"),
    [
        (["check"], None, "there is no baseline known.json; `mldebt baseline create` writes it"),
        (["baseline", "update"], None, "there is no baseline known.json"),
        (["baseline", "create"], "{}", "there is a baseline known.json already"),
        (["check"], "[]", 'the baseline known.json is not one of this version: "schema" must be "mldebt-baseline/1"'),
        (["check"], "{", "the baseline known.json is not JSON: "),
        (["check"], '{\n<<<<<<< HEAD\n"a": 1,', "the baseline known.json has conflict markers"),
        (["check"], '{"MLD204 x": 3, "schema": "mldebt-baseline/1"}', 'has an entry that is none: "MLD204 x"'),
        (["check", "--baseline", "x", "--no-baseline"], None, "--baseline and --no-baseline contradict each other"),
        (["baseline", "crate"], None, 'there is no "crate"; did you mean "create"?'),
    ],
)
def test_a_mistake_is_one_sentence(
    repository: Path, mldebt: Mldebt, arguments: list[str], text: str | None, told: str
) -> None:
    if text is not None:
        (repository / "known.json").write_text(text)
    ended = mldebt(*arguments)
    assert ended.code == 2
    assert told in ended.err


def nested(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    for _ in range(2):
        values = values | st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3)
    return values


JSON = nested(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5))
ENTRIES = st.builds(Entry, *[st.text(st.characters(exclude_categories=["Cs"]), max_size=8)] * 6)


@CHECKED
@given(
    st.dictionaries(st.sampled_from(["schema", "MLD204 1", "MLD204", " ", ""]) | st.text(max_size=4), JSON, max_size=4)
    | JSON,
    st.integers(0, 60),
    st.binary(max_size=3),
)
def test_a_damaged_baseline_is_one_sentence(document: object, at: int, noise: bytes) -> None:
    if isinstance(document, dict):
        document.setdefault("schema", "mldebt-baseline/1")
    data = json.dumps(document).encode()
    with TemporaryDirectory() as folder:
        for content in (data, data[:at] + noise + data[at:], data[:at]):
            (Path(folder) / "known.json").write_bytes(content)
            try:
                read_baseline(Path(folder) / "known.json")
            except UsageError as error:
                assert "\n" not in str(error)


@CHECKED
@given(st.lists(ENTRIES, max_size=5, unique_by=lambda entry: entry.label))
def test_what_is_written_is_read_again(entries: list[Entry]) -> None:
    entries = [entry for entry in entries if entry.rule.strip() and " " not in entry.rule and entry.fingerprint]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "known.json"
        path.write_text(baseline_text(entries), "utf-8", newline="")
        assert sorted(read_baseline(path), key=lambda entry: entry.label) == sorted(
            entries, key=lambda each: each.label
        )


def test_copies_of_a_file_are_reported_once_and_known_each(repository: Path, mldebt: Mldebt, found: Found) -> None:
    (repository / "copy.py").write_text(LEAK)
    assert found("--no-baseline") == ["MLD204 export.py", "MLD701 late.py"]
    mldebt("baseline", "create")
    assert found() == []
    (repository / "third.py").write_text(LEAK)
    assert found() == ["MLD701 third.py"]


def test_versions_of_a_file_are_reported_once_and_known_each(repository: Path, mldebt: Mldebt, found: Found) -> None:
    script = LEAK + "".join(f"print({number} * {number})\n" for number in range(20))
    (repository / "late.py").write_text(script)
    (repository / "late_v2.py").write_text(script + "print('done')\n")
    assert found("--no-baseline") == ["MLD204 export.py", "MLD701 late.py"]
    mldebt("baseline", "create")
    assert found() == []
    (repository / "late_v3.py").write_text(script + "print('ready')\n")
    assert found() == ["MLD701 late_v3.py"]
