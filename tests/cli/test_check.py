"""`mldebt check`: exit codes, selection, paths and formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt.cli.console import follows_links
from mldebt.report.formats import FORMATS
from tests.cli.conftest import Mldebt

pytestmark = pytest.mark.usefixtures("test_rules", "repository")


def test_findings_end_with_one(mldebt: Mldebt) -> None:
    ended = mldebt("check", "--output-format", "concise")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "eta/train.py:1:1: TST101 eta/train.py trains.",
        "fraud/train.py:1:1: TST101 fraud/train.py trains.",
        "Found 2 findings.",
    ]


def test_no_findings_end_with_zero(mldebt: Mldebt) -> None:
    assert mldebt("check", "--select", "TST102").code == 0


def test_exit_zero_reports_and_ends_with_zero(mldebt: Mldebt) -> None:
    ended = mldebt("check", "--exit-zero", "--output-format=concise")
    assert ended.code == 0
    assert "Found 2 findings." in ended.out


def test_full_is_the_default_and_json_and_sarif_are_data(mldebt: Mldebt) -> None:
    assert "training-script" in mldebt("check").out
    assert json.loads(mldebt("check", "--output-format", "json").out)["schema"] == "mldebt-findings/1"
    assert json.loads(mldebt("check", "--output-format", "sarif").out)["version"] == "2.1.0"


def test_findings_of_the_given_paths_only_are_reported(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text("root = true\n")
    files = [place["file"] for place in locations(mldebt("check", "fraud", "--output-format", "json").out)]
    assert files == ["fraud/train.py"]
    both = mldebt("check", "fraud", "eta/train.py", "--output-format", "json")
    assert [place["file"] for place in locations(both.out)] == ["eta/train.py", "fraud/train.py"]


def test_paths_in_results_are_relative_to_the_root_wherever_it_is_run_from(
    mldebt: Mldebt, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "mldebt.toml").write_text("root = true\n")
    from_root = mldebt("check", "eta", "--output-format", "json").out
    monkeypatch.chdir(repository / "eta")
    assert mldebt("check", "--output-format", "json").out == from_root
    assert mldebt("check", ".", "--output-format", "json").out == from_root


def test_a_folder_with_root_true_is_a_repository_of_its_own(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text("root = true\n")
    (repository / "eta" / "mldebt.toml").write_text("root = true\n")
    out = mldebt("check", "eta", "--output-format", "json").out
    assert json.loads(out)["root"] == "eta"
    assert [place["file"] for place in locations(out)] == ["train.py"]


def test_results_go_to_a_file(mldebt: Mldebt, tmp_path: Path) -> None:
    file = tmp_path / "new" / "findings.json"
    ended = mldebt("check", "--output-format", "json", "--output-file", file)
    assert (ended.code, ended.out) == (1, "")
    assert len(json.loads(file.read_text())["findings"]) == 2


def test_several_formats_are_written_in_one_run(mldebt: Mldebt, tmp_path: Path) -> None:
    log, lines = tmp_path / "out" / "mldebt.sarif", tmp_path / "findings=all.jsonl"
    ended = mldebt(
        "check", "--output-format", f"sarif={log}", "--output-format=concise", f"--output-format=json-lines={lines}"
    )
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "Found 2 findings.")
    assert json.loads(log.read_text())["version"] == "2.1.0"
    assert len(lines.read_text().splitlines()) == 2


def test_a_file_for_the_format_without_one(mldebt: Mldebt, tmp_path: Path) -> None:
    ended = mldebt("check", "--output-format=junit=a.xml", "--output-format=github", "--output-file", "b.txt")
    assert ended.out == ""
    assert Path("a.xml").read_text().startswith("<?xml")
    assert Path("b.txt").read_text().startswith("::error ")


def test_places_are_links_where_they_can_be_followed(
    mldebt: Mldebt, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b]8;" not in mldebt("check", "--color", "always").out
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    link = f"\x1b]8;;{(repository / 'eta/train.py').as_uri()}\x1b\\"
    for name in ("full", "concise"):
        assert link in mldebt("check", "--output-format", name).out
    assert "\x1b" not in mldebt("check", "--output-format", "github").out
    mldebt("check", "--output-file", "plain.txt")
    assert "\x1b" not in Path("plain.txt").read_text()


@pytest.mark.parametrize(("columns", "most"), [(0, 80), (50, 50), (90, 90), (250, 100)])
def test_text_is_as_wide_as_the_terminal_within_what_can_be_read(
    mldebt: Mldebt, repository: Path, monkeypatch: pytest.MonkeyPatch, columns: int, most: int
) -> None:
    (repository / "eta" / "train.py").write_text("x = [" + ", ".join(map(str, range(200))) + "]\n")
    monkeypatch.setattr("mldebt.cli.console.columns", lambda: columns)
    assert max(map(len, mldebt("check").out.splitlines())) == most


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "4205"}, False),
        ({"VTE_VERSION": "6800"}, True),
        ({"WT_SESSION": "1"}, True),
    ],
)
def test_terminals_are_known_by_their_variables(environment: dict[str, str], expected: bool) -> None:
    assert follows_links(environment) is expected


def test_a_failing_rule_is_named_and_the_others_still_report(mldebt: Mldebt) -> None:
    ended = mldebt("check", "--select", "ALL", "--output-format", "concise")
    assert ended.code == 2
    assert "Found 2 findings." in ended.out
    assert "rule failing-thing of testing 1.0 failed: LookupError: no such node; set MLDEBT_DEBUG=1" in ended.err
    assert "Traceback" not in ended.err


def test_the_traceback_of_a_failing_rule_can_be_seen(mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLDEBT_DEBUG", "1")
    assert "Traceback" in mldebt("check", "--select", "TST201").err


def test_selectors_may_be_repeated_and_separated_by_commas(mldebt: Mldebt) -> None:
    assert mldebt("check", "--select", "TST102,quiet-thing", "--select", "TST1", "--ignore", "TST101").code == 0
    assert mldebt("check", "--select", "TST101", "--ignore", "TST1").code == 1
    assert mldebt("check", "--ignore", "ALL").code == 0


def test_select_takes_the_place_of_the_configuration(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text('ignore = ["TST101"]\n')
    assert mldebt("check").code == 0
    assert mldebt("check", "--select", "TST101").code == 1
    (repository / "mldebt.toml").write_text('select = ["TST1"]\n')
    assert mldebt("check", "--ignore", "training-script").code == 0


def test_exclude_hides_files(mldebt: Mldebt, repository: Path) -> None:
    (repository / "mldebt.toml").write_text('exclude = ["fraud/"]\n')
    out = mldebt("check", "--output-format", "json").out
    assert [place["file"] for place in locations(out)] == ["eta/train.py"]


def test_colour_is_for_terminals_and_for_those_who_ask(mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in mldebt("check").out
    assert "\x1b[" in mldebt("check", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in mldebt("check").out
    assert "\x1b[" not in mldebt("check", "--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in mldebt("check").out


def test_a_few_skipped_files_are_named_in_one_line(mldebt: Mldebt, repository: Path) -> None:
    (repository / "old.py").write_text("print `hello`\n")
    (repository / "service_pb2.py").write_text("x = 1\n")
    [line] = mldebt("check").err.splitlines()
    assert line.startswith("mldebt: not read or only in part: old.py (Python 2), service_pb2.py (generated code); ")


def test_many_skipped_files_are_counted_by_reason(mldebt: Mldebt, repository: Path) -> None:
    for number in range(4):
        (repository / f"old{number}.py").write_text("print `hello`\n")
    assert "mldebt: 4 files or folders were not read or only in part (Python 2: 4)" in mldebt("check").err


def test_an_empty_path_is_an_error(mldebt: Mldebt) -> None:
    ended = mldebt("check", "")
    assert (ended.code, "a path is empty" in ended.err) == (2, True)


def test_cells_that_cannot_be_parsed_count_as_one_reason(mldebt: Mldebt, repository: Path) -> None:
    for number in range(2):
        cells = [{"cell_type": "code", "source": "x = 1\n"}] * number + [{"cell_type": "code", "source": "def (\n"}]
        (repository / f"draft{number}.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    assert "draft1.ipynb (a cell that can't be parsed)" in mldebt("check").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["frud"], 'there is no file or folder "frud"; did you mean "fraud"?'),
        (["fraud/trian.py"], 'there is no file or folder "fraud/trian.py"; did you mean "train.py"?'),
        (["--selct", "TST101"], 'unknown option "--selct" of mldebt check; did you mean "--select"?'),
        (["--select", "TST999"], '--select: no rule matches the selector "TST999"; did you mean "'),
        (
            ["--ignore", "training-scrpt"],
            '--ignore: no rule matches the selector "training-scrpt"; did you mean "train',
        ),
        (["--output-format", "jsn"], 'argument --output-format: there is no "jsn"; did you mean "json"?'),
        (["--output-format", "sarif="], 'argument --output-format: "sarif=" names no file'),
        (
            ["--output-format", "json", "--output-format", "github"],
            "--output-format: json and github both go to standard output; give one of them a file",
        ),
        (["--output-format", "json=a", "--output-format", "sarif=./a"], "--output-format: json and sarif both go to"),
        (["--output-format", "json=a", "--output-file", "b"], "--output-file b: every --output-format has a file"),
        (["-j", "0"], 'argument -j/--jobs: "0" is not a number of processes (1 or more)'),
        (["--config", "nowhere.toml"], "there is no configuration file nowhere.toml"),
        (["--output-file", "eta"], "can't write eta: Is a directory"),
        (["--select", ","], "argument --select: it names no rule"),
        (["-x"], 'unexpected argument "-x" (see mldebt check --help)'),
    ],
)
def test_a_mistake_is_one_sentence_with_the_nearest_right_name(mldebt: Mldebt, arguments: list[str], told: str) -> None:
    ended = mldebt("check", *arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith(f"mldebt: error: {told}")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('\nselect = [\n  "TST101",\n  "TST9",\n]\n', 'mldebt.toml:4: no rule matches the selector "TST9"; did you'),
        ('ignore = ["quiet-thin"]\n', 'mldebt.toml:1: no rule matches the selector "quiet-thin"; did you mean "quiet-'),
        ("[rules.TST101]\n", 'mldebt.toml:1: there is no rule "TST101" to set options for; did you mean "'),
        ("[rules.quiet-thing]\nx = 1\n", 'mldebt.toml:2: the rule "quiet-thing" has no option "x" (it has severity)'),
        (
            "[rules.training-script]\ndepth = -1\n",
            'mldebt.toml:2: "rules.training-script.depth" must be a number, 0 or',
        ),
        ('[rules.quiet-thing]\nseverity = "hihg"\n', 'mldebt.toml:2: "rules.quiet-thing.severity" must be one of'),
        ('[per-file-ignores]\n"a" = ["TST9"]\n', 'mldebt.toml:2: no rule matches the selector "TST9"; did you mean'),
        ('[[overrides]]\npaths = ["a"]\nignore = ["TST9"]\n', 'mldebt.toml:3: no rule matches the selector "TST9"'),
        ('extend-select = ["TST9"]\n', 'mldebt.toml:1: no rule matches the selector "TST9"; did you mean'),
        ("[rules.quiet-thin]\n", 'mldebt.toml:1: there is no rule "quiet-thin" to set options for; did you mean "qu'),
        ("ignor = []\n", 'mldebt.toml:1: unknown key "ignor"; did you mean "ignore"?'),
    ],
)
def test_a_mistake_in_the_configuration_is_named_with_its_line(
    mldebt: Mldebt, repository: Path, text: str, told: str
) -> None:
    (repository / "mldebt.toml").write_text(text)
    ended = mldebt("check")
    assert ended.code == 2
    assert ended.err.startswith(f"mldebt: error: {told}")
    assert len(ended.err.splitlines()) == 1


def test_an_unexpected_error_is_one_sentence_that_says_where(mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        error = ZeroDivisionError("division by zero")
        error.add_note("in eta/train.py")
        raise error

    monkeypatch.setattr("mldebt.cli.scanning.scanning_source", broken)
    ended = mldebt("check")
    assert ended.code == 2
    assert ended.err.startswith(
        "mldebt: internal error while listing files, in eta/train.py: ZeroDivisionError: division by zero (mldebt/cli/"
    )
    assert ended.err.endswith("; set MLDEBT_DEBUG=1 to see the traceback\n")
    assert len(ended.err.splitlines()) == 1


def test_an_interrupt_is_one_line(mldebt: Mldebt, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mldebt.cli.scanning.scanning_source", interrupted)
    ended = mldebt("check")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err == "mldebt: interrupted while listing files\n"


def test_an_empty_folder_has_no_findings(mldebt: Mldebt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert mldebt("check").code == 0


def test_a_repository_without_files_has_nothing_that_is_not_read(
    mldebt: Mldebt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty" / ".git" / "objects").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty")
    ended = mldebt("check")
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    assert ended.err.startswith("mldebt: there is nothing to check here")


def locations(out: str) -> list[dict[str, object]]:
    return [finding["locations"][0] for finding in json.loads(out)["findings"]]


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_rule_that_fails_costs_no_format_the_other_findings(output_format: str, mldebt: Mldebt) -> None:
    ended = mldebt("check", "--select", "ALL", "--output-format", output_format)
    assert ended.code == 2
    assert "rule failing-thing of testing 1.0 failed" in ended.err
    assert "eta/train.py" in ended.out
