"""Makefiles: the recipes of targets, with the variables that the file sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from msgspec import Struct

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of
from mldebt.read.manifests.shell import join_folder

VARIABLE = re.compile(r"\s*(?:export\s+|override\s+)*([\w.-]+)\s*(\?|\+|::?|!)?=\s*(.*)")
NAME = r"(?:\$\([^)]*\)|\$(?!\()|[^:=#$])"
RULE = re.compile(rf"(?=\S)({NAME}+?)\s*::?(?!=)\s*([^=;#]*)(?:;(.*)|#.*)?$")
USE = re.compile(r"\$(?:\(([^()$]+)\)|\{([^{}$]+)\}|([@<^*?]))")
HOLE = re.compile(r"[^0-9A-Za-z_.-]+")


class Target(Struct, frozen=True):
    """The rule whose recipe is being read."""

    name: str = ""
    needs: tuple[str, ...] = ()


def read(file: str, content: str) -> Iterator[Command]:
    lines = list(_logical_lines(content))
    phony = {name for text, _ in lines if text.startswith(".PHONY") for name in text.partition(":")[2].split()}
    variables: dict[str, str] = {"MAKE": "make", "CURDIR": ".", "PWD": "."}
    target = Target()
    for text, line in lines:
        if text.startswith("\t"):
            yield from _recipe(text, line, target, variables, file, phony)
        elif match := VARIABLE.fullmatch(text):
            _set(variables, match)
        elif match := RULE.match(text):
            needs = tuple(_expanded(match[2], variables).split())
            target = Target(_expanded(match[1], variables).strip(), tuple(need for need in needs if need != "|"))
            if match[3]:
                yield from _recipe(match[3], line, target, variables, file, phony)


def _logical_lines(content: str) -> Iterator[tuple[str, int]]:
    pending, start = "", 1
    for number, text in enumerate(content.splitlines(), 1):
        start = start if pending else number
        pending += text.lstrip() if pending else text
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        yield pending.rstrip(), start
        pending = ""
    if pending:
        yield pending, start


def _set(variables: dict[str, str], match: re.Match[str]) -> None:
    name, operator, value = match.groups()
    value = re.sub(r"\s+#.*", "", value)
    if operator == "+":
        variables[name] = f"{variables.get(name, '')} {value}".strip()
    elif operator == "!":
        variables[name] = f"{{{name}}}"
    elif operator != "?" or name not in variables:
        variables[name] = value


def _recipe(
    text: str, line: int, target: Target, variables: dict[str, str], file: str, phony: set[str]
) -> Iterator[Command]:
    folder = dirname(file)
    automatic = {"@": target.name, "<": " ".join(target.needs[:1]), "^": " ".join(target.needs)}
    names = target.name.split()
    context = Context(
        job=target.name,
        reads=tuple(join_folder(folder, need) for need in target.needs if _is_file(need, phony)),
        writes=tuple(join_folder(folder, name) for name in names if _is_file(name, phony)),
        directory=folder,
    )
    command = _expanded(text.strip().lstrip("@-+ "), {**variables, **automatic}).replace("$$", "$")
    yield from commands_of(command, line, context)


def _is_file(name: str, phony: set[str]) -> bool:
    return name not in phony and ("/" in name or "." in name.lstrip(".")) and "%" not in name


def _expanded(text: str, variables: dict[str, str]) -> str:
    """The text with the file's variables filled in; functions and unknown variables become named holes."""
    text = text.replace("$$", "\0")
    for _ in range(8):
        filled = USE.sub(lambda match: _value(match, variables), text)
        if filled == text or len(filled) > 20_000:
            break
        text = filled
    return text.replace("\0", "$$")


def _value(match: re.Match[str], variables: dict[str, str]) -> str:
    name = (match[1] or match[2] or match[3]).strip()
    hole = HOLE.sub("_", name.split()[0]).strip("_") if name else ""
    return variables.get(name, f"{{{hole or 'value'}}}")
