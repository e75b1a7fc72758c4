"""What a shell offers after a part of a command line."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from mldebt.cli.main import COMMANDS
from mldebt.rules.registry import load_rules
from tests.cli.conftest import Mldebt

BASH = shutil.which("bash")


def offered(script: str, *words: str) -> list[str]:
    """The offers for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    ask = f'{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _mldebt; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run([str(BASH), "-c", ask], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(BASH is None, reason="there is no bash")
def test_bash_completes_commands_options_and_their_words(mldebt: Mldebt) -> None:
    script = mldebt("completion", "bash").out
    assert offered(script, "mldebt", "") == [*COMMANDS, "--help", "--version"]
    assert offered(script, "mldebt", "ba") == ["baseline"]
    assert "--output-format" in offered(script, "mldebt", "check", "--out")
    assert offered(script, "mldebt", "check", "--fail-on", "c") == ["critical"]
    assert offered(script, "mldebt", "check", "--output-format", "sa") == ["sarif"]
    assert offered(script, "mldebt", "check", "--select", "MLD30") == [
        rule.code for rule in load_rules() if rule.code.startswith("MLD30")
    ]
    assert offered(script, "mldebt", "rule", "MLD70")[0] == "MLD701"
    assert offered(script, "mldebt", "baseline", "cr") == ["create"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_their_own_words(mldebt: Mldebt, shell: str) -> None:
    script = mldebt("completion", shell).out
    assert all(command in script for command in COMMANDS)
    assert ("compinit" in script) == (shell == "zsh")
    assert ("complete -c mldebt" in script) == (shell == "fish")


def test_an_unknown_shell_is_a_mistake(mldebt: Mldebt) -> None:
    ended = mldebt("completion", "zhs")
    assert (ended.code, 'there is no "zhs"; did you mean "zsh"?' in ended.err) == (2, True)
