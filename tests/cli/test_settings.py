"""What the configuration says about rules, files and the gate, and the commands that tell it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from mldebt.config import read_config
from mldebt.config.document import read_document
from mldebt.config.keys import KEYS, schema
from tests.cli.conftest import Mldebt

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("test_rules")


def found(mldebt: Mldebt, *options: str) -> list[str]:
    """code:file:severity of what is reported, the suppressed in brackets."""
    document = json.loads(mldebt("check", "--output-format", "json", *options).out)
    reported = [
        f"{finding['code']}:{finding['locations'][0]['file']}:{finding['severity']}" for finding in document["findings"]
    ]
    return reported + [f"({each['code']}:{each['file']}:{each['by']})" for each in document["suppressed"]]


ETA, FRAUD = "TST101:eta/train.py:high", "TST101:fraud/train.py:high"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [ETA, FRAUD]),
        ('[per-file-ignores]\n"eta/" = ["TST1"]\n', [FRAUD, "(TST101:eta/train.py:per-file-ignores)"]),
        ('[per-file-ignores]\n"!eta/*.py" = ["ALL"]\n', [ETA, "(TST101:fraud/train.py:per-file-ignores)"]),
        (
            '[[overrides]]\npaths = ["fraud"]\nignore = ["training-script"]\n',
            [ETA, "(TST101:fraud/train.py:overrides)"],
        ),
        ('[rules.training-script]\nseverity = "low"\n', [ETA.replace("high", "low"), FRAUD.replace("high", "low")]),
        (
            '[[overrides]]\npaths = ["eta/"]\nseverity = { TST101 = "medium" }\n'
            '[[overrides]]\npaths = ["*.py"]\nseverity = { training-script = "critical" }\n',
            [ETA.replace("high", "critical"), FRAUD.replace("high", "critical")],
        ),
        ('ignore = ["TST1"]\n[[overrides]]\npaths = ["eta/"]\nextend-select = ["TST101"]\n', [ETA]),
        ('select = ["TST102"]\n', []),
        ('select = ["TST102"]\nextend-select = ["TST101"]\n', [ETA, FRAUD]),
    ],
)
def test_rules_differ_by_file(mldebt: Mldebt, repository: Path, text: str, expected: list[str]) -> None:
    (repository / "mldebt.toml").write_text(text)
    assert found(mldebt) == expected


def test_the_command_line_selects_in_place_of_the_configuration(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text('select = ["TST102"]\n')
    assert found(mldebt, "--extend-select", "TST101") == [ETA, FRAUD]
    assert found(mldebt, "--select", "TST1") == [ETA, FRAUD]


@pytest.mark.parametrize(
    ("options", "settings", "code"),
    [
        ([], "", 1),
        (["--fail-on", "critical"], "", 0),
        (["--fail-on", "high"], 'fail-on = "critical"', 1),
        ([], 'fail-on = "critical"', 0),
        ([], 'fail-on = "never"', 0),
        (["--budget", "9"], "", 1),
        (["--budget", "10"], "", 0),
        ([], "budget = 10", 0),
        (["--budget", "0"], "budget = 10", 1),
        (["--exit-zero"], 'fail-on = "low"', 0),
    ],
)
def test_the_gate(mldebt: Mldebt, repository: Path, options: list[str], settings: str, code: int) -> None:
    (repository / "mldebt.toml").write_text(settings + "\n")
    ended = mldebt("check", *options)
    assert ended.code == code
    assert "Found 2 findings" in ended.out


def test_a_budget_is_told(mldebt: Mldebt, repository: Path) -> None:
    assert mldebt("check", "--budget", "60").err == "mldebt: within the budget: about 10 of 60 minutes of work\n"
    assert mldebt("check", "--budget", "5").err == "mldebt: over the budget: about 10 of 5 minutes of work\n"
    assert mldebt("check", "--budget", "5", "--fail-on", "critical").err == ""


def test_settings_and_files_are_shown(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text(
        'fail-on = "high"\n[[overrides]]\npaths = ["eta/"]\nextend-select = ["TST201"]\n'
    )
    shown = mldebt("check", "--show-settings", "--budget", "5")
    assert shown.code == 0
    assert "# Configuration: mldebt.toml\n" in shown.out
    assert "#   TST101 training-script\n" in shown.out
    assert "#   TST201 failing-thing (only where [[overrides]] ask for it)\n" in shown.out
    assert 'fail-on = "high"\nbudget = 5\n' in shown.out
    assert 'overrides = [{paths = ["eta/"], extend-select = ["TST201"]}]\n' in shown.out
    assert mldebt("check", "--show-files").out == "eta/train.py\nfraud/train.py\n"


def test_every_key_is_told(mldebt: Mldebt) -> None:
    told = mldebt("config").out
    for name, key in KEYS.items():
        assert f"\n{name} " in f"\n{told}"
        page = mldebt("config", name).out
        assert page.startswith(f"{name}\n")
        assert all(line in page for line in key.example.splitlines())
    assert [each["key"] for each in json.loads(mldebt("config", "--output-format", "json").out)] == list(KEYS)
    unknown = mldebt("config", "selct")
    assert (unknown.code, unknown.err) == (2, 'mldebt: error: there is no key "selct"; did you mean "select"?\n')
    inner = mldebt("config", "rules.MLD701")
    assert (inner.code, inner.err.count("mldebt config rules; mldebt rule MLD701")) == (2, 1)


def test_a_configuration_that_is_a_link_to_nothing_is_told(mldebt: Mldebt, repository: Path) -> None:
    (repository / ".mldebt.toml").symlink_to("gone.toml")
    ended = mldebt("check", str(repository))
    assert ended.code == 2
    assert "is a link that leads to nothing" in ended.err


@pytest.mark.parametrize("name", KEYS)
def test_examples_are_what_the_reader_and_the_schema_take(tmp_path: Path, name: str) -> None:
    (tmp_path / "our_library.toml").write_text("")
    for folder in ("scoring", "pricing"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mldebt.toml").write_text(KEYS[name].example)
    read_config(tmp_path / "mldebt.toml")
    table = read_document(tmp_path / "mldebt.toml").table
    jsonschema.validate(json.loads(json.dumps(table, default=str)), schema())


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    for wrong in ({"selct": []}, {"fail-on": "worst"}, {"waivers": [{"rule": "MLD204"}]}, {"budget": -1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema())


def test_the_committed_schema_and_page_are_those_of_the_keys(mldebt: Mldebt) -> None:
    committed = (ROOT / "docs" / "mldebt.schema.json").read_text("utf-8")
    assert mldebt("config", "--output-format", "json-schema").out == committed
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert mldebt("config", "--output-format", "markdown").out in page


PATTERNS = """\
exclude = ["eta/old/", "notes/", "eta/"]

[per-file-ignores]
"!eta/" = ["TST1"]
"jobs/*.py" = ["TST1"]

[[overrides]]
paths = ["fraud/", "frauds/"]
ignore = ["TST1"]
"""


def test_patterns_that_fit_no_file_are_told_once_and_are_no_error(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text(PATTERNS)
    (repository / "notes").mkdir()
    ended = mldebt("check")
    assert ended.code == 0, "what is found in fraud/ is ignored"
    assert ended.err.splitlines() == [
        'mldebt: mldebt.toml:1: the pattern "eta/old/" in exclude fits no file',
        'mldebt: mldebt.toml:5: the pattern "jobs/*.py" in per-file-ignores fits no file',
        'mldebt: mldebt.toml:8: the pattern "frauds/" in overrides fits no file',
    ]
    assert mldebt("audit", "--output-dir", "report").err == ended.err
    (repository / "mldebt.toml").write_text(f"exclude = {[f'{name}/' for name in 'abcdef']}\n")
    assert mldebt("check").err.splitlines()[-1] == "mldebt: 3 more patterns fit no file"


CALLS = """\
[[knowledge]]
call = "acme.load_table"
op = "read"
name = [0]
store = "table"
"""


def test_knowledge_stands_in_the_configuration(mldebt: Mldebt, repository: Path) -> None:
    (repository / "eta/train.py").write_text('import acme\nprint(acme.load_table("rides"))\n')
    assert "rides" not in mldebt("graph").out
    (repository / "mldebt.toml").write_text(CALLS)
    assert '"id": "dataset:rides"' in mldebt("graph").out
    assert '{"call" = "acme.load_table", "op" = "read", "name" = [0]' in mldebt("check", "--show-settings").out
    (repository / "more.toml").write_text(
        '"acme.save_table" = { op = "write", data = [0], name = [1], store = "table" }'
    )
    (repository / "mldebt.toml").write_text('knowledge = ["more.toml", { call = "acme.load_table", op = "raed" }]\n')
    assert (
        'mldebt.toml:1: knowledge of "acme.load_table": unknown operation "raed"; did you mean "read"?'
        in mldebt("check").err
    )
    (repository / "mldebt.toml").write_text('[[knowledge]]\nop = "read"\n')
    assert mldebt("check").err == (
        'mldebt: error: mldebt.toml:1: "knowledge[1]" has no "call", the dotted name of a function\n'
    )


def test_roles_are_declared_for_files(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text('[roles]\n"*.py" = ["score"]\n"eta/" = ["train", "ops"]\n')
    units = json.loads(mldebt("graph", "--output-format", "json").out)["units"]
    assert {unit["file"]: unit["roles"] for unit in units} == {
        "eta/train.py": ["ops", "train"],
        "fraud/train.py": ["score"],
    }


def test_owners_and_roles_of_no_file_are_told(mldebt: Mldebt, repository: Path) -> None:
    roles, owners = '[roles]\n"etc/" = ["score"]\n', '[owners]\n"eat/**" = "team"\n"eta/**" = "team"\n'
    (repository / "mldebt.toml").write_text(roles + owners)
    told = mldebt("check").err
    assert 'mldebt.toml:2: the pattern "etc/" in roles fits no file' in told
    assert 'mldebt.toml:4: the pattern "eat/**" in owners fits no file' in told
    assert "eta/**" not in told
