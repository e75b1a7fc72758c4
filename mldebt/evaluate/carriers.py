"""Programs that fetch or copy a file, as code, tasks and notebooks start them: `wget -O raw.csv https://…`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from posixpath import basename
from typing import NamedTuple

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.storage import node_of
from mldebt.evaluate.values import Hole, Text

SEPARATORS = frozenset({"&&", ";", "||", "|", "&"})
_WRAPPERS = frozenset({"sudo", "time", "nohup", "command"})
_URL = re.compile(r"(?:https?|ftp)://")
_PLACE = re.compile(r"[a-z0-9]+://")
_HOLE = re.compile(r"\{(\w+)[^{}]*\}|\$\{?(\w+)\}?")


class Carried(NamedTuple):
    """What is copied, where to, and whether it is gone from where it was."""

    source: str
    target: str
    store: str = "file"
    moves: bool = False


def carry(machine: Machine, line: str) -> None:
    """Each copy that a command line makes is one between stored things, `{name}` a part that is not known."""
    for words in _commands(_filled(machine, line)):
        for one in _CARRIERS[words[0]](words[1:]):
            _note(machine, one)


def _note(machine: Machine, one: Carried) -> None:
    source, target = _identity(machine, one.source, one.store), _identity(machine, one.target, "file")
    kind = "dataset" if one.store == "kaggle" else "stored"
    start, evidence = node_of(machine, source, machine.site(), kind)
    end, other = node_of(machine, target, machine.site(), kind)
    if start and end and start != end:
        facts = {"operation": "copy", "moves": one.moves or None}
        machine.trace.edge(start, end, "DERIVES", machine.site(), max(evidence, other), **facts)


def _identity(machine: Machine, name: str, store: str) -> Identity:
    parts: list[str | Hole] = []
    end = 0
    for hole in _HOLE.finditer(name):
        parts += [name[end : hole.start()], Hole(hole[1] or hole[2])]
        end = hole.end()
    return identify(machine, Text(tuple(part for part in (*parts, name[end:]) if part != "")), store)


def _filled(machine: Machine, line: str) -> str:
    """A line with the names that a notebook puts into it, where they are known."""

    def value(hole: re.Match[str]) -> str:
        found = machine.scope.env.get(hole[1] or hole[2])
        return found.template if isinstance(found, Text) else hole[0]

    return _HOLE.sub(value, line)


def _commands(line: str) -> Iterator[list[str]]:
    """The commands of a line that carry something, without what they are wrapped in."""
    command: list[str] = []
    for word in [*_words(line), ";"]:
        if word not in SEPARATORS:
            command.append(word)
            continue
        while command and (command[0] in _WRAPPERS or re.match(r"\w+=", command[0])):
            command = command[1:]
        if command and command[0] in _CARRIERS:
            yield command
        command = []


def _words(line: str) -> list[str]:
    try:
        lexer = shlex.shlex(line.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        lexer.commenters = ""
        return list(lexer)
    except ValueError:
        return []


# -- what the programs are told


def _options(words: list[str], valued: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """The words that are no options, and the values of those options that have one."""
    plain: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, joined, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            plain.append(word)
        elif joined and name.startswith("--"):
            options[name] = value
        else:
            options[word] = next(rest, "") if word in valued else ""
    return plain, options


def _wget(words: list[str]) -> Iterator[Carried]:
    valued = frozenset({"-O", "--output-document", "-P", "--directory-prefix", "-o", "--user", "--header", "-U", "-t"})
    urls, options = _options(words, valued)
    target = options.get("-O") or options.get("--output-document")
    folder = options.get("-P") or options.get("--directory-prefix")
    for url in urls:
        if _URL.match(url) and target != "-":
            yield Carried(url, target or _in(folder, url))


def _curl(words: list[str]) -> Iterator[Carried]:
    valued = frozenset({"-o", "--output", "-H", "--header", "-u", "-X", "--request", "-A", "-d", "--data", "-F"})
    urls, options = _options(words, valued)
    target = options.get("-o") or options.get("--output")
    own = any(re.fullmatch(r"-[a-zA-Z]*O[a-zA-Z]*|--remote-name", option) for option in options)
    sends = options.keys() & {"-d", "--data", "-F", "-X", "--request", "--data-binary", "-T"}
    for url in urls:
        if _URL.match(url) and not sends and (target or own):
            yield Carried(url, target or _in(None, url))


def _gdown(words: list[str]) -> Iterator[Carried]:
    names, options = _options(words, frozenset({"-O", "--output", "--id"}))
    target = options.get("-O") or options.get("--output")
    for name in [*names, *([options["--id"]] if "--id" in options else [])][:1]:
        if target:
            url = name if _URL.match(name) else f"https://drive.google.com/uc?id={name}"
            yield Carried(url, target)


def _kaggle(words: list[str]) -> Iterator[Carried]:
    valued = frozenset({"-d", "--dataset", "-c", "--competition", "-p", "--path", "-f", "--file"})
    names, options = _options(words, valued)
    if names[:2] not in (["datasets", "download"], ["competitions", "download"]):
        return
    named = [options.get(option) for option in ("-d", "--dataset", "-c", "--competition")]
    name = next((one for one in [*named, *names[2:]] if one), None)
    file = options.get("-f") or options.get("--file")
    folder = options.get("-p") or options.get("--path")
    if name:
        packed = file or ("" if "--unzip" in options else f"{basename(name)}.zip")
        target = "/".join(part for part in ((folder or "").rstrip("/"), packed) if part)
        if target:
            yield Carried(f"{name}/{file}" if file else name, target, "kaggle")


def _cloud(words: list[str]) -> Iterator[Carried]:
    """`aws s3 cp`, `gsutil -m cp`, `gcloud storage cp`: between a bucket and the disk."""
    plain, _ = _options(words, frozenset({"--profile", "--region", "--exclude", "--include", "-o", "--endpoint-url"}))
    verb = next((at for at, word in enumerate(plain) if word in ("cp", "sync", "rsync", "mv")), None)
    if verb is None or len(plain) < verb + 3:
        return
    *sources, target = plain[verb + 1 :]
    for source in sources:
        if "-" not in (source, target) and (_PLACE.match(source) or _PLACE.match(target)):
            yield Carried(source, _onto(source, target), moves=plain[verb] == "mv")


def _copy(words: list[str]) -> Iterator[Carried]:
    plain, _ = _options(words, frozenset())
    for source in plain[:-1]:
        yield Carried(source, _onto(source, plain[-1]))


def _move(words: list[str]) -> Iterator[Carried]:
    for one in _copy(words):
        yield one._replace(moves=True)


def _in(folder: str | None, url: str) -> str:
    name = basename(url.partition("?")[0].rstrip("/"))
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _onto(source: str, target: str) -> str:
    """Into a folder, a copy keeps its name."""
    name = basename(source)
    if target in (".", "./"):
        return name or source
    inside = target.endswith("/") or "." not in basename(target)
    return f"{target.rstrip('/')}/{name}" if inside and "." in name else target


_CARRIERS: dict[str, Callable[[list[str]], Iterator[Carried]]] = {
    "wget": _wget, "curl": _curl, "gdown": _gdown, "kaggle": _kaggle, "aws": _cloud, "gsutil": _cloud,
    "gcloud": _cloud, "cp": _copy, "mv": _move,
}  # fmt: skip
PROGRAMS = frozenset(_CARRIERS)
