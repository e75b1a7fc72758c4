"""Dockerfiles: what an image runs, and what runs while it is built."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from posixpath import basename, dirname, normpath

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.read.facts import COPY, Command
from mldebt.read.manifests.command import Context, command_of, commands_of
from mldebt.read.manifests.shell import join_folder, with_variables

INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
SETTING = re.compile(r"""([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S+)|\s+(.+))""")
OPTION = re.compile(r"--[\w-]+(?:=\S+)?\s+")
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
FILE = re.compile(r"(?:.*/)?(?:[^/]*[^/.][^/]*\.[^/]*|\.[^/.]+|\w*file|LICENSE|MLproject|[^/]*\*[^/]*)")
INTERPRETERS = ("python", "python3", "bash", "sh", "uvicorn", "gunicorn", "streamlit", "flask", "jupyter", "papermill")


class Stage(Struct, dict=True):
    """A build stage as far as it has been read. `copies`: (folder in the build context, folder in the image).
    `sources`: all that is copied.
    """

    name: str = ""
    workdir: str = "/"
    variables: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    entrypoint: tuple[str, int] = ("", 0)
    cmd: tuple[str, int] = ("", 0)


def read(file: str, content: str) -> Iterator[Command]:
    stage = Stage()
    for name, rest, line in _instructions(content):
        if name in ("COPY", "ADD") and "--from" not in rest:
            yield from _copied(rest, line, stage, dirname(file))
        if name == "FROM":
            yield from _started(stage, dirname(file))
            alias = re.search(r"(?i)\sas\s+(\S+)", rest)
            stage = Stage(alias[1] if alias else "")
        elif name == "RUN":
            yield from _run(_plain(rest), line, stage, dirname(file))
        else:
            _note(stage, name, rest, line)
    yield from _started(stage, dirname(file))


def variables_of(content: str) -> dict[str, str]:
    """What an image sets environment variables to."""
    stage = Stage()
    for name, rest, line in _instructions(content):
        if name == "ENV":
            _note(stage, name, rest, line)
    return stage.variables


def _instructions(content: str) -> Iterator[tuple[str, str, int]]:
    """(name, what follows with its lines kept, line)."""
    pending, start, mark = list[str](), 1, ""
    for number, text in enumerate(content.splitlines(), 1):
        if mark:
            mark = "" if text.strip() == mark else mark
            continue
        comment = text.lstrip().startswith("#")
        if not pending:
            start = number
        pending.append("" if comment else text.rstrip().removesuffix("\\"))
        if (comment and len(pending) > 1) or text.rstrip().endswith("\\"):
            continue
        joined = "\n".join(pending)
        pending = []
        heredoc = HEREDOC.search(joined)
        mark = heredoc[2] if heredoc else ""
        if match := INSTRUCTION.fullmatch(joined):
            yield match[1].upper(), match[2], start


def _note(stage: Stage, name: str, rest: str, line: int) -> None:
    if name in ("ENV", "ARG"):
        for key, joined, spaced in SETTING.findall(rest):
            stage.variables[key] = _filled((joined or spaced).strip("\"' "), stage)
    elif name == "WORKDIR":
        stage.workdir = normpath(f"{stage.workdir}/{_filled(rest.strip(), stage)}").replace("//", "/")
        if _filled(rest.strip(), stage).startswith("/"):
            stage.workdir = normpath(_filled(rest.strip(), stage))
    elif name == "ENTRYPOINT":
        stage.entrypoint, stage.cmd = (rest, line), ("", 0)
    elif name == "CMD":
        stage.cmd = (rest, line)


def _note_copy(stage: Stage, rest: str) -> None:
    """`COPY src/ /app/src`: what lies under the second lies under the first in the repository."""
    words = _listed(rest) or rest.split()
    if len(words) < 2:
        return
    target = words[-1] if words[-1].startswith("/") else f"{stage.workdir}/{words[-1]}"
    for source in words[:-1]:
        stage.sources.append(source.removeprefix("./"))
        if not FILE.fullmatch(source) and "://" not in source and "{" not in source:
            stage.copies.append((source.lstrip("/") or ".", normpath(target)))


def _copied(rest: str, line: int, stage: Stage, folder: str) -> Iterator[Command]:
    """What becomes part of the image: `reads` are paths of the repository."""
    known = len(stage.sources)
    _note_copy(stage, _filled(_plain(rest), stage))
    context = _context(stage, folder)
    sources = tuple(join_folder(context, source.lstrip("/") or ".") for source in stage.sources[known:])
    if sources:
        yield Command(line, COPY, "", (), stage.name, "deploy", reads=sources, directory=context)


def _run(rest: str, line: int, stage: Stage, folder: str) -> Iterator[Command]:
    context = Context(job=stage.name, trigger="deploy", directory=_folder(stage, folder), variables=stage.variables)
    words = _listed(rest)
    found = command_of(tuple(words), line, context) if words else commands_of(_joined(rest), line, context)
    yield from (_relocated(command, stage, folder) for command in found)


def _started(stage: Stage, folder: str) -> Iterator[Command]:
    """What the image starts with: ENTRYPOINT and CMD belong together."""
    context = Context(job=stage.name, trigger="deploy", directory=_folder(stage, folder), variables=stage.variables)
    entry, entry_line = stage.entrypoint
    cmd, cmd_line = stage.cmd
    started = _listed(entry) if entry else _listed(cmd)
    if not started:
        text, line = (entry, entry_line) if entry else (cmd, cmd_line)
        found = commands_of(_joined(text), line, context)
    else:
        arguments = (_listed(cmd) or cmd.split()) if entry else []
        words = tuple(_filled(word, stage) for word in (*started, *arguments))
        found = command_of(words, entry_line or cmd_line, context)
        if arguments and arguments[0].rpartition("/")[2] in INTERPRETERS:
            found += command_of(tuple(_filled(word, stage) for word in arguments), cmd_line, context)
    yield from (_relocated(command, stage, folder) for command in found)


def _folder(stage: Stage, folder: str) -> str:
    """The repository's folder behind the working directory; the build context where no COPY tells."""
    return join_folder(_context(stage, folder), _origin(stage, stage.workdir) or ".")


def _context(stage: Stage, folder: str) -> str:
    """The folder that the image is built in: the Dockerfile's, or one above where the copied paths begin there."""
    parts = folder.split("/") if folder else []
    for depth in range(len(parts)):
        below = "/".join(parts[depth:])
        if any(source == below or source.startswith(below + "/") for source in stage.sources):
            return "/".join(parts[:depth])
    return folder


def _origin(stage: Stage, path: str) -> str:
    for source, target in sorted(stage.copies, key=lambda copy: -len(copy[1])):
        if path == target or path.startswith(target.rstrip("/") + "/"):
            return normpath(f"{source}/{path[len(target.rstrip('/')) :].lstrip('/')}")
    return ""


def _relocated(command: Command, stage: Stage, folder: str) -> Command:
    """A command whose target or folder is named by its place in the image, by the place in the repository."""
    if not command.target.startswith("/"):
        head = re.split(r"[/.]", command.target)[0]
        origin = _origin(stage, f"{stage.workdir.rstrip('/')}/{head}") if head else ""
        if basename(origin) != head or _origin(stage, stage.workdir):
            return command
        return replace(command, directory=join_folder(_context(stage, folder), dirname(origin) or "."))
    origin = _origin(stage, normpath(command.target))
    inside = command.target.removeprefix(stage.workdir.rstrip("/") + "/")
    target, directory = (origin, _context(stage, folder)) if origin else (inside, command.directory)
    return replace(command, target=target, directory=directory)


def _plain(rest: str) -> str:
    while match := OPTION.match(rest):
        rest = rest[match.end() :]
    return rest


def _joined(rest: str) -> str:
    return rest if HEREDOC.search(rest) else rest.replace("\n", " \\\n")


def _listed(rest: str) -> list[str]:
    """The words of the JSON form, [] for the shell form."""
    if not rest.lstrip().startswith("["):
        return []
    try:
        words = json.loads(rest)
    except ValueError:
        return []
    return [str(word) for word in words] if isinstance(words, list) else []


def _filled(text: str, stage: Stage) -> str:
    return with_variables(text, stage.variables)
