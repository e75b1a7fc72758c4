"""Which files a command line runs, and with which arguments: what `sys.argv` holds where a manifest says so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.search_path import upwards
from mldebt.evaluate.values import Text, Value, hole, text
from mldebt.evaluate.workspace import Workspace
from mldebt.read.facts import Command, FileFacts

RUN = (".py", ".ipynb", ".sql", ".sh", ".service")
HOLE = re.compile(r"\{([\w.]+)\}")
_VARIABLE = re.compile(r"\$?\{\{?([^{}]*)\}\}?|\$\(?([A-Za-z_]\w*)\)?")


def targets(workspace: Workspace, command: Command, facts: FileFacts) -> list[str]:
    """The files of the repository that a command runs; a notebook that it writes (papermill's second) is none."""
    names = [command.target, *(argument for argument in command.arguments if argument.endswith((".py", ".ipynb")))]
    found: list[str] = []
    for name in filter(None, names):
        found += _target(workspace, name.partition(":")[0], command.directory, facts.file)
    return [file for file in dict.fromkeys(found) if file not in command.writes]


def _target(workspace: Workspace, name: str, directory: str, file: str) -> list[str]:
    path = name if name.endswith(RUN) else f"{name.replace('.', '/')}.py"
    folder = str(PurePosixPath(file).parent)
    bases = [directory, folder, f"{folder}/{directory}", ""]
    for base in bases:
        for stem in (path, f"src/{path}", path.replace(".py", "/__main__.py"), path.replace(".py", "/__init__.py")):
            candidate = str(PurePosixPath(base) / stem) if base not in ("", ".") else stem.removeprefix("./")
            if workspace.has_code(candidate):
                return [candidate]
    if path.startswith("/") and (inside := _inside(workspace, path, folder)):
        return [inside]
    wanted = "/" + path.removeprefix("./")
    tail = [known for known in workspace.by_name(wanted.rpartition("/")[2]) if known.endswith(wanted)]
    return tail if len(tail) == 1 else []


def find_script(workspace: Workspace, name: str, file: str) -> list[str]:
    """The file of the repository that code in another one names as a script."""
    return _target(workspace, name, "", file)


def _inside(workspace: Workspace, path: str, folder: str) -> str:
    """An absolute path as seen in a container or on a server: the longest tail that the repository has, below the
    folder where it is said or one above."""
    parts = path.strip("/").split("/")
    tails = ["/".join(parts[at:]) for at in range(len(parts))]
    bases = ["" if base == "." else f"{base}/" for base in upwards(folder)]
    places = (f"{base}{tail}" for tail in tails for base in bases)
    return next((place for place in places if workspace.has_code(place)), "")


def commands_by_file(workspace: Workspace) -> dict[str, list[Command]]:
    """The commands of the repository by the files that they run."""
    found: dict[str, list[Command]] = {}
    for facts in workspace.facts.values():
        for command in filled_commands(workspace, facts):
            for file in targets(workspace, command, facts) if command.target else ():
                found.setdefault(file, []).append(command)
    return found


def filled_commands(workspace: Workspace, facts: FileFacts) -> list[Command]:
    """The commands of a file, their holes filled with the settings that they name."""
    return [_filled(workspace, command) if command.settings else command for command in facts.commands]


def _filled(workspace: Workspace, command: Command) -> Command:
    known = [settings for file in command.settings if isinstance(settings := workspace.settings(file), Mapping)]

    def fill(word: str) -> str:
        return HOLE.sub(lambda match: _value_of(known, match), word)

    def words(given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(fill, given))

    return replace(
        command,
        target=fill(command.target),
        arguments=words(command.arguments),
        reads=words(command.reads),
        writes=words(command.writes),
    )


def _value_of(known: Sequence[Mapping[str, object]], match: re.Match[str]) -> str:
    for settings in known:
        value: object = settings
        for step in match[1].split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, (str, int, float)):
            return str(value)
    return match[0]


def positional(commands: Sequence[Command], count: int = 12) -> list[Value]:
    """`sys.argv`: what the commands that run a file pass, else holes."""
    lines = [(command.target, *command.arguments) for command in commands]
    values: list[Value] = []
    for number in range(count):
        given = [as_text(line[number]) for line in lines if number < len(line)]
        values.append(join(given) if given else hole(f"argument {number}" if number else "program", "cli"))
    return values


def positional_values(commands: Sequence[Command], number: int) -> list[Text]:
    """The words in front of the first flag, by their number."""
    found: list[Text] = []
    for command in commands:
        words = list(takewhile(lambda word: not word.startswith("-"), command.arguments))
        if number < len(words):
            found.append(as_text(words[number]))
    return found


MANY = -1
"""An option takes all words up to the next flag."""


def positional_words(command: Command, taken: Mapping[str, int]) -> list[str]:
    """The words that belong to no flag; of flags that nobody declared all behind them are unsure."""
    found: list[str] = []
    left = 0
    for word in command.arguments:
        flag, equals, _ = word.partition("=")
        if word.startswith("-") and flag not in taken:
            break
        if flag in taken and word.startswith("-"):
            left = 0 if equals else taken[flag]
        elif left:
            left -= left > 0
        else:
            found.append(word)
    return found


def flag_lists(commands: Sequence[Command], flags: list[str]) -> list[list[Text]]:
    """All words that commands pass for a flag which takes several."""
    found: list[list[Text]] = []
    for command in commands:
        words = command.arguments
        for number, word in enumerate(words):
            if word in flags:
                passed = takewhile(lambda one: not one.startswith("-"), words[number + 1 :])
                found.append([as_text(one) for one in passed])
    return [*filter(None, found)]


def flag_values(commands: Sequence[Command], flags: list[str]) -> list[Text]:
    """What commands pass for a flag: `--data x` and `--data=x`."""
    found: list[Text] = []
    for command in commands:
        words = command.arguments
        for number, word in enumerate(words):
            name, equals, value = word.partition("=")
            if name in flags and equals:
                found.append(as_text(value))
            elif word in flags and number + 1 < len(words) and not words[number + 1].startswith("-"):
                found.append(as_text(words[number + 1]))
    return found


def leaves_out(commands: Sequence[Command], flags: list[str]) -> bool:
    """Whether one of several commands passes nothing for a flag: its default holds there."""
    return any(not any(word.partition("=")[0] in flags for word in command.arguments) for command in commands)


def as_text(word: str) -> Text:
    """A word of a command line; shell and template variables in it are holes."""
    from mldebt.evaluate.values import Hole

    parts: list[str | Hole] = []
    at = 0
    for match in _VARIABLE.finditer(word):
        if match.start() > at:
            parts.append(word[at : match.start()])
        parts.append(Hole((match[1] or match[2] or "value").strip(), "cli"))
        at = match.end()
    if at < len(word):
        parts.append(word[at:])
    return Text(tuple(parts)) if parts else text(word)
