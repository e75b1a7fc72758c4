"""The command itself: help, version, what they load, and how it ends when something is cut off."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from mldebt import __version__
from mldebt.cli.console import Console
from mldebt.cli.main import COMMANDS
from tests.cli.conftest import Mldebt

HEAVY = ("libcst", "networkx", "pandas", "pyarrow", "numpy", "jinja2", "sqlglot", "yaml", "argparse", "tomllib")


def test_version(mldebt: Mldebt) -> None:
    assert mldebt("--version").out == f"mldebt {__version__}\n"
    assert mldebt("-V").code == 0


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(mldebt: Mldebt, arguments: list[str]) -> None:
    ended = mldebt(*arguments)
    assert ended.code == 0
    assert all(f"\n  {command} " in ended.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(mldebt: Mldebt, command: str) -> None:
    ended = mldebt(command, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"usage: mldebt {command} ")
    assert mldebt("help", command) == ended


def test_without_a_command_help_goes_to_standard_error(mldebt: Mldebt) -> None:
    ended = mldebt()
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: mldebt COMMAND" in ended.err


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("chek", 'unknown command "chek"; did you mean "check"?'),
        ("zzzzz", 'unknown command "zzzzz" (see mldebt --help)'),
        ("--versoin", 'unknown option "--versoin"; did you mean "--version"?'),
    ],
)
def test_an_unknown_word_is_one_sentence(mldebt: Mldebt, word: str, told: str) -> None:
    ended = mldebt(word)
    assert (ended.code, ended.out, ended.err) == (2, "", f"mldebt: error: {told}\n")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"], ["audit", "--help"]])
def test_version_and_help_load_nothing_heavy(arguments: list[str]) -> None:
    heavy = HEAVY if arguments[0].startswith("-") else tuple(name for name in HEAVY if name != "argparse")
    program = f"import sys; from mldebt.cli.main import main; main({arguments}); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert [name for name in heavy if f"'{name}'" in loaded] == []


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "mldebt", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"mldebt {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["rule", "--all"]])
def test_a_closed_pipe_ends_quietly(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "mldebt", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_results_are_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "", "LC_ALL": "C"}
    command = [sys.executable, "-m", "mldebt", "rule", "MLD301", "--output-format", "markdown"]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path, check=True)
    assert done.stdout.decode("utf-8").startswith("# MLD301 direct-feedback-loop")


def test_progress_is_shown_on_a_terminal_and_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    console.progress("reading", 1, 1200)
    console.progress("reading", 2, 1200)
    console.note("done")
    assert terminal.getvalue() == "\r\x1b[Kreading 1 of 1,200\r\x1b[Kdone\n"


def test_progress_is_silent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", StringIO())
    console = Console()
    console.progress("reading", 1, 1200)
    assert isinstance(sys.stderr, StringIO)
    assert (sys.stderr.getvalue(), console.stage) == ("", "reading")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_folder_that_is_gone_is_one_sentence(mldebt: Mldebt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    ended = mldebt("check")
    monkeypatch.chdir(tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "mldebt: error: the current folder is not there any more; change to one that is\n"


def test_a_link_to_nothing_is_called_that(mldebt: Mldebt, tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("nowhere.py")
    assert mldebt("check", tmp_path / "a.py").err.endswith('a.py" is a link that leads to nothing\n')


def test_what_follows_two_dashes_is_a_path(mldebt: Mldebt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-x.py").write_text("x = 1\n")
    assert mldebt("check", "--output-format", "concise", "--", "-x.py").out == "No findings.\n"


def test_that_nothing_was_there_to_check_is_told(mldebt: Mldebt, tmp_path: Path) -> None:
    assert mldebt("check", tmp_path).err == (
        "mldebt: there is nothing to check here: no code, notebook, SQL or pipeline file was found\n"
    )


def test_a_folder_that_may_not_be_read_is_one_sentence(
    mldebt: Mldebt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    ended = mldebt("check", tmp_path)
    assert (ended.code, ended.err) == (2, f'mldebt: error: "{tmp_path}" can\'t be read: permission denied\n')
