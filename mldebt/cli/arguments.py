"""The command line: argparse that names the nearest right word and never ends the process by itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from mldebt.errors import UsageError, near_name_hint


class Parser(argparse.ArgumentParser):
    """A parser whose every complaint is a `UsageError`."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    @property
    def actions(self) -> Sequence[argparse.Action]:
        return self._actions

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Options may stand before, between and after the other arguments."""
        self._require_known_options(arguments)
        end = arguments.index("--") if "--" in arguments else len(arguments)
        namespace, rest = self.parse_known_intermixed_args([*arguments[:end], *map(_as_path, arguments[end + 1 :])])
        if rest:
            raise UsageError(f'unexpected argument "{rest[0]}" (see {self.prog} --help)')
        return namespace

    def _require_known_options(self, arguments: Sequence[str]) -> None:
        known = [name for action in self._actions for name in action.option_strings]
        for argument in arguments:
            if argument == "--":
                return
            name = argument.partition("=")[0]
            if name.startswith("--") and name not in known:
                hint = near_name_hint(name, [option for option in known if option.startswith("--")])
                raise UsageError(f'unknown option "{name}" of {self.prog}{hint or f" (see {self.prog} --help)"}')


def _as_path(argument: str) -> str:
    """What follows `--` is no option, whatever it begins with."""
    return f"./{argument}" if argument.startswith("-") else argument


class Word:
    """A type for arguments that must be one of some words."""

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def __call__(self, value: str) -> str:
        if value not in self.choices:
            hint = near_name_hint(value, self.choices) or f" (one of {', '.join(self.choices)})"
            raise argparse.ArgumentTypeError(f'there is no "{value}"{hint}')
        return value


def one_of(*choices: str) -> Word:
    return Word(choices)


def choice(parser: argparse.ArgumentParser, name: str, choices: Sequence[str], *, default: str, help: str) -> None:
    """Add an option that takes one of these words."""
    told = f"{help} [{'|'.join(choices)}, default {default}]"
    parser.add_argument(name, type=one_of(*choices), default=default, metavar="WORD", help=told)


def add_output(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    choice(parser, "--output-format", formats, default=formats[0], help="how results are written")
    parser.add_argument("--output-file", metavar="FILE", help="write results to FILE instead of standard output")


def add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--select",
        metavar="RULES",
        action="append",
        type=words,
        help="run only these rules: codes, beginnings of codes, names, or ALL, with commas between them; "
        "takes the place of select and ignore in the configuration",
    )
    parser.add_argument(
        "--extend-select",
        metavar="RULES",
        action="append",
        type=words,
        help="run these rules, too, named as for --select",
    )
    parser.add_argument(
        "--ignore",
        metavar="RULES",
        action="append",
        type=words,
        help="don't run these rules, named as for --select; the more exact of the two wins",
    )


def add_scanning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="this configuration instead of the nearest mldebt.toml")
    parser.add_argument("--no-cache", action="store_true", help="read every file anew and keep nothing")
    told = "how many processes share the work; as many as there are processors, if nothing is said"
    parser.add_argument("-j", "--jobs", metavar="N", type=_count, default=_cores(), help=told)


def add_color(parser: argparse.ArgumentParser) -> None:
    choice(parser, "--color", ("auto", "always", "never"), default="auto", help="colour on the terminal")


def words(value: str) -> list[str]:
    """What stands between the commas."""
    found = [word.strip() for word in value.split(",") if word.strip()]
    if not found:
        raise argparse.ArgumentTypeError("it names no rule")
    return found


def _count(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f'"{value}" is not a number of processes (1 or more)')
    return int(value)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
