"""The configuration, through the public functions of `mldebt.config`.

`MLDEBT_PROGRAMS=10000` tries so many documents, new ones each time.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.config import Config, find_config, load_config, load_settings, read_config
from mldebt.config.keys import KEYS
from mldebt.config.version import fits
from mldebt.errors import UsageError
from tests.many import checked

CHECKED = checked()

EVERYTHING = """\
root = true
select = ["MLD2", "lineage-gap"]
ignore = ["MLD203"]
exclude = ["archive/", "*.bak.py"]
knowledge = ["house.toml"]

[[consumers]]
dataset = "data/scores.parquet"
consumer = "pricing"
owner = "team-pricing"
reason = "agreed in the data contract"

[[consumers]]
dataset = "data/eta.csv"
consumer = "dashboard"

[owners]
"pricing/**" = "team-pricing"

[rules.unused-dataset]
final = ["exports/*.csv"]
"""


def write(folder: Path, text: str, name: str = "mldebt.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str, name: str = "mldebt.toml") -> str:
    """What is said about a wrong configuration, without the folder."""
    with pytest.raises(UsageError) as caught:
        read_config(write(folder, text, name))
    return str(caught.value).replace(f"{folder}/", "")


def test_every_key_is_read(tmp_path: Path) -> None:
    write(tmp_path, "", "house.toml")
    config = read_config(write(tmp_path, EVERYTHING))
    assert config.root
    assert config.select == ("MLD2", "lineage-gap")
    assert config.ignore == ("MLD203",)
    assert config.exclude == ("archive/", "*.bak.py")
    assert config.knowledge == (tmp_path / "house.toml",)
    assert [consumer.consumer for consumer in config.consumers] == ["pricing", "dashboard"]
    assert config.owners == {"pricing/**": "team-pricing"}
    assert config.rules == {"unused-dataset": {"final": ["exports/*.csv"]}}


def test_rules_get_consumers_and_options(tmp_path: Path) -> None:
    write(tmp_path, "", "house.toml")
    write(tmp_path, EVERYTHING)
    settings = load_settings(tmp_path)
    assert settings.consumers[1] == {
        "dataset": "data/eta.csv", "consumer": "dashboard", "owner": "", "reason": "", "columns": (), "line": 13,
    }  # fmt: skip
    assert settings.file == "mldebt.toml"
    assert settings.options["unused-dataset"]["final"] == ["exports/*.csv"]


def test_pyproject_holds_the_same_keys_in_its_table(tmp_path: Path) -> None:
    path = write(tmp_path, '[tool.other]\nselect = 1\n[tool.mldebt]\nignore = ["MLD001"]\n', "pyproject.toml")
    assert find_config(tmp_path, tmp_path) == path
    assert read_config(path).ignore == ("MLD001",)


def test_without_a_file_the_configuration_is_empty(tmp_path: Path) -> None:
    assert load_config(tmp_path, tmp_path) == Config()


def test_the_nearest_file_wins_and_the_search_ends_at_the_root(tmp_path: Path) -> None:
    outside = write(tmp_path, "")
    root = tmp_path / "repository"
    deep = root / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(deep, root) is None
    assert find_config(deep, tmp_path) == outside
    near = write(root / "a", "", ".mldebt.toml")
    write(root, "")
    assert find_config(deep, root) == near


def test_own_files_go_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path, "[tool.mldebt]\n", "pyproject.toml")
    assert find_config(tmp_path, tmp_path) == tmp_path / "pyproject.toml"
    write(tmp_path, "", ".mldebt.toml")
    assert find_config(tmp_path, tmp_path) == tmp_path / ".mldebt.toml"
    write(tmp_path, "")
    assert find_config(tmp_path, tmp_path) == tmp_path / "mldebt.toml"


def test_a_strangers_broken_pyproject_is_none_of_our_business(tmp_path: Path) -> None:
    write(tmp_path, "[tool.black\nbroken", "pyproject.toml")
    assert load_config(tmp_path, tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ignore = []\nselct = ["ALL"]\n', 'mldebt.toml:2: unknown key "selct"; did you mean "select"?'),
        ("zzz = 1\n", 'mldebt.toml:1: unknown key "zzz" (known: required-version, root, select, extend-select'),
        ('\nselect = "ALL"\n', 'mldebt.toml:2: "select" must be a list of texts'),
        ("ignore = [1]\n", 'mldebt.toml:1: "ignore" must be a list of texts'),
        ('root = "yes"\n', 'mldebt.toml:1: "root" must be true or false'),
        ("[owners]\na = 1\n", 'mldebt.toml:2: "owners.a" must be a text'),
        ("owners = []\n", 'mldebt.toml:1: "owners" must be a table'),
        ("[rules]\nlineage-gap = 3\n", 'mldebt.toml:2: "rules.lineage-gap" must be a table of options'),
        ("[tool.mldebt]\n", "mldebt.toml:1: the keys stand at the top of this file, without [tool.mldebt]"),
        ("consumers = 1\n", 'mldebt.toml:1: "consumers" must be a list of tables with "dataset" and "consumer"'),
        ("consumers = [1]\n", 'mldebt.toml:1: "consumers[1]" must be a table with "dataset" and "consumer"'),
        ('[[consumers]]\ndataset = "a"\n', 'mldebt.toml:1: "consumers[1]" has no "consumer"'),
        ('fail-on = "worst"\n', 'mldebt.toml:1: "fail-on" must be one of critical, high, medium, low, never'),
        (
            'fail-on = "hihg"\n',
            'mldebt.toml:1: "fail-on" must be one of critical, high, medium, low, never; did you mean "',
        ),
        ("budget = -1\n", 'mldebt.toml:1: "budget" must be a number of minutes, 0 or more'),
        ("budget = true\n", 'mldebt.toml:1: "budget" must be a number of minutes, 0 or more'),
        ("baseline = 1\n", 'mldebt.toml:1: "baseline" must be the name of a file'),
        ('required-version = "soon"\n', 'mldebt.toml:1: "required-version": "soon" is no bound of a version'),
        ('\nrequired-version = ">=99"\nnew = 1\n', "mldebt.toml:2: this is mldebt "),
        ('[per-file-ignores]\n"a" = "b"\n', 'mldebt.toml:2: "per-file-ignores.a" must be a list of texts'),
        ('[roles]\n"a" = ["trian"]\n', 'mldebt.toml:2: "roles.a" must be a list of roles: train, eval'),
        ('exclude = ["a", ""]\n', 'mldebt.toml:1: "exclude" must be a list of texts, none of them empty'),
        ('[[overrides]]\nignore = ["A"]\n', 'mldebt.toml:1: "overrides[1]" has no "paths"'),
        (
            '[[overrides]]\npaths = ["a"]\n[[overrides]]\npaths = ["b"]\nignroe = []\n',
            'mldebt.toml:5: unknown key "ignroe"; did you mean "ignore"?',
        ),
        (
            '[[overrides]]\npaths = ["a"]\nseverity = { MLD203 = "bad" }\n',
            'mldebt.toml:3: "overrides[1].severity.MLD203" must be one of critical',
        ),
        (
            '[[waivers]]\nrule = "A"\nthing = "b"\nreason = "c"\nuntil = "soon"\n',
            'mldebt.toml:5: "waivers[1].until" must be a day such as 2027-03-31',
        ),
        ("select = [\n", "mldebt.toml:1: this is not valid TOML: "),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    assert complaint(tmp_path, text).startswith(told)


def test_the_nearest_role_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, '[roles]\n"a" = ["trian"]\n').endswith('; did you mean "train"?')


def test_a_mistake_in_one_of_several_tables_is_named_with_the_right_line(tmp_path: Path) -> None:
    tables = '[[consumers]]\ndataset = "a"\nconsumer = "b"\n\n[[consumers]]\ndatset = "c"\n'
    assert complaint(tmp_path, tables) == 'mldebt.toml:6: unknown key "datset"; did you mean "dataset"?'
    inline = 'consumers = [\n  {dataset = "a", consumer = "b"},\n  {datset = "c"},\n]\n'
    assert complaint(tmp_path, inline) == 'mldebt.toml:3: unknown key "datset"; did you mean "dataset"?'


def test_a_mistake_in_pyproject_is_named_with_its_line(tmp_path: Path) -> None:
    text = '[project]\nselct = 1\n\n[tool.mldebt]\nselct = ["ALL"]\n'
    assert complaint(tmp_path, text, "pyproject.toml") == (
        'pyproject.toml:5: unknown key "selct"; did you mean "select"?'
    )


def test_a_named_pyproject_must_have_the_table(tmp_path: Path) -> None:
    assert complaint(tmp_path, "[project]\n", "pyproject.toml") == "pyproject.toml has no table [tool.mldebt]"


def test_a_missing_file_of_knowledge_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    write(tmp_path, "", "house.toml")
    told = complaint(tmp_path, 'knowledge = [\n  "house.toml",\n  "huose.toml",\n]\n')
    assert told.startswith('mldebt.toml:3: "knowledge" names huose.toml, which is no file in ')
    assert told.endswith('; did you mean "house.toml"?')


def test_a_missing_configuration_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, "")
    with pytest.raises(
        UsageError, match=r'there is no configuration file .*mldbt\.toml; did you mean "mldebt\.toml"\?'
    ):
        load_config(tmp_path, tmp_path, tmp_path / "mldbt.toml")


def test_text_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_bytes(b"\nselect = ['\xff']\n")
    with pytest.raises(UsageError, match=r"mldebt\.toml:2: this is not UTF-8; save the file as UTF-8"):
        load_config(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("version", "required", "fit"),
    [
        ("0.2.0", "0.2", True),
        ("0.2.1", "==0.2", False),
        ("0.2.1", ">=0.2,<1", True),
        ("1.0", ">=0.2, <1", False),
        ("0.2.9", "~=0.2.3", True),
        ("0.3.0", "~=0.2.3", False),
        ("0.2.0.dev1", ">=0.2", True),
        ("0.2", "!=0.2", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, required: str, fit: bool) -> None:
    assert fits(version, required) == fit


def nested(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = ["paths", "rule", "thing", "reason", "until", "dataset", "severity", "a.b", "", "é", "\n", "\x1b[31m"]
    for _ in range(3):
        values = values | st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(keys), values, max_size=4)
    return values


VALUES = nested(
    st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.sampled_from(["MLD203", "low", "train", "a/*.py", ">=0", "", " ", "\x00", "\u2028", "é"])
)
DOCUMENTS = st.dictionaries(st.sampled_from([*KEYS, "tool", "selct"]), VALUES, max_size=5)


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, default=str)


@CHECKED
@given(DOCUMENTS, st.integers(0, 80), st.text(max_size=2), st.sampled_from(["mldebt.toml", "pyproject.toml"]))
def test_no_configuration_makes_reading_fail(document: dict[str, object], at: int, noise: str, name: str) -> None:
    head = "[tool.mldebt]\n" if name == "pyproject.toml" else ""
    text = head + "".join(f"{json.dumps(key)} = {as_toml(value)}\n" for key, value in document.items())
    with TemporaryDirectory() as folder:
        for content in (text, text[:at] + noise + text[at:], text[:at]):
            path = Path(folder) / name
            path.write_bytes(content.encode("utf-8", "surrogatepass"))
            try:
                read_config(path)
            except UsageError as error:
                assert str(error).count("\n") == 0
