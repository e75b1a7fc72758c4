"""Names that a module is given by what runs it: parameters of a notebook, the object of a workflow's rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from mldebt.evaluate.command_lines import as_text
from mldebt.evaluate.joins import join
from mldebt.evaluate.project_catalog import given_to_notebooks
from mldebt.evaluate.values import Const, Map, Text, Value
from mldebt.read.facts import Command, Stmt

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

PARAMETER, FILE, OBJECT = ("-p", "-r", "--parameters", "--parameters_raw"), ("-f", "--parameters_file"), "@"


def body_of(machine: Machine, file: str) -> tuple[Stmt, ...]:
    """The statements of a module; what a notebook sets first of a parameter that it is given stands back for that."""
    facts, commands = machine.workspace.facts[file], machine.commands.get(file, ())
    if commands:
        machine.modules[file].names.update(objects(commands))
    if facts.kind != "notebook":
        return facts.body
    env = machine.modules[file]
    env.names.update(given_to_notebooks(machine, file))
    if not (given := _parameters(machine, file)):
        return facts.body
    for name, values in given.items():
        env.names[name] = join(values)
    return _without_defaults(facts.body, set(given))


def _without_defaults(body: Iterable[Stmt], given: set[str]) -> tuple[Stmt, ...]:
    """The statements without the first that sets each parameter to a value that is written out."""
    kept: list[Stmt] = []
    for statement in body:
        if _is_default(statement, given):
            given.discard(statement[3][0][1])
        else:
            kept.append(statement)
    return tuple(kept)


def _is_default(statement: Stmt, given: set[str]) -> bool:
    if statement[0] != "assign" or statement[4] is None or statement[4][0] not in ("const", "fstr", "un", "list"):
        return False
    return len(statement[3]) == 1 and statement[3][0][0] == "name" and statement[3][0][1] in given


def _parameters(machine: Machine, file: str) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for command in machine.commands.get(file, ()):
        if command.program == "papermill":
            for name, value in (*_given(command), *_from_files(machine, command)):
                found.setdefault(name, []).append(value)
    return found


def _given(command: Command) -> Iterator[tuple[str, Value]]:
    words = command.arguments
    for number, (word, name) in enumerate(pairwise(words)):
        if word in PARAMETER and number + 2 < len(words):
            yield name, _value(words[number + 2])


def _from_files(machine: Machine, command: Command) -> Iterator[tuple[str, Value]]:
    from mldebt.evaluate.settings import to_value

    for word, name in pairwise(command.arguments):
        if word in FILE:
            settings = machine.workspace.settings(f"{command.directory}/{name}".lstrip("/"))
            for key, value in settings.items() if isinstance(settings, dict) else ():
                yield str(key), to_value(value, name)


def _value(word: str) -> Value:
    try:
        return Const(float(word) if "." in word else int(word))
    except ValueError:
        return as_text(word)


def objects(commands: Iterable[Command]) -> dict[str, Value]:
    """Objects that a workflow hands to a script: `@snakemake.input.table=data.csv`."""
    made: dict[str, Value] = {}
    for command in commands:
        for word in command.arguments:
            if word.startswith(OBJECT) and "=" in word:
                path, _, value = word[1:].partition("=")
                name, section, key = path.split(".", 2)
                holder = made.setdefault(name, Map({}, True))
                _put(holder, section, key, as_text(value))
    return made


def _put(holder: Value, section: str, key: str, value: Text) -> None:
    if isinstance(holder, Map):
        values = holder.entries.setdefault(section, Map({}, True))
        if isinstance(values, Map):
            place: object = int(key) if key.isdigit() else key
            known = values.entries.get(place)
            values.entries[place] = value if known is None else join((known, value))
