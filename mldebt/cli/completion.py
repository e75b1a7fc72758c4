"""`mldebt completion`: a script with which a shell completes commands, options and their words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from msgspec import Struct

from mldebt.cli.arguments import Parser, one_of
from mldebt.cli.console import Console

SHELLS = ("bash", "zsh", "fish")
RULES = "RULES"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", type=one_of(*SHELLS), help=f"one of {', '.join(SHELLS)}")


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.main import COMMANDS
    from mldebt.rules.registry import load_rules

    codes = tuple(rule.code for rule in load_rules())
    commands = [_command(name, about, codes) for name, about in COMMANDS.items()]
    console.result("\n".join(_fish(commands) if options.shell == "fish" else _bash(commands, options.shell)) + "\n")
    return 0


class Command(Struct, frozen=True):
    """`words` stand behind the command itself, `options` map each option to its help and the words behind it."""

    name: str
    about: str
    words: tuple[str, ...]
    options: dict[str, tuple[str, tuple[str, ...]]]


def _command(name: str, about: str, codes: tuple[str, ...]) -> Command:
    parser = Parser(prog=name, description=about)
    import_module(f"mldebt.cli.{name.replace('-', '_')}").add_arguments(parser)
    words: tuple[str, ...] = codes if name == "rule" else ()
    options: dict[str, tuple[str, tuple[str, ...]]] = {}
    for action in parser.actions:
        choices = tuple(getattr(action.type, "choices", codes if action.metavar == RULES else ()))
        for option in action.option_strings:
            options[option] = (action.help or "", choices)
        if not action.option_strings:
            words += choices
    return Command(name, about, words, options)


def _bash(commands: list[Command], shell: str) -> Iterator[str]:
    if shell == "zsh":
        yield "autoload -U +X bashcompinit && bashcompinit"
    yield "_mldebt() {"
    yield '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""'
    yield '    if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f'        words="{" ".join(command.name for command in commands)} --help --version"'
    yield "    else"
    yield '        case "${COMP_WORDS[1]} $previous" in'
    for command in commands:
        for option, (_, choices) in command.options.items():
            if choices:
                yield f'            "{command.name} {option}") words="{" ".join(choices)}" ;;'
        yield f'            "{command.name} "*) words="{" ".join((*command.words, *command.options))}" ;;'
    yield "        esac"
    yield "    fi"
    yield '    COMPREPLY=($(compgen -W "$words" -- "$current"))'
    yield "}"
    yield "complete -o default -F _mldebt mldebt"


def _fish(commands: list[Command]) -> Iterator[str]:
    for command in commands:
        yield f"complete -c mldebt -n __fish_use_subcommand -a {command.name} -d {_quoted(command.about)}"
    for command in commands:
        seen = f'complete -c mldebt -n "__fish_seen_subcommand_from {command.name}"'
        if command.words:
            yield f"{seen} -a {_quoted(' '.join(command.words))}"
        for option, (about, choices) in command.options.items():
            flag = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            words = f" -xa {_quoted(' '.join(choices))}" if choices else ""
            yield f"{seen} {flag}{words} -d {_quoted(about)}"


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"
