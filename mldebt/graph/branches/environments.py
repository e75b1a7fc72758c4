"""Keys of settings that hold one value in the files of all environments: whoever runs the code, none has another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.outside import Outside
from mldebt.graph.branches.stuck import Stuck, is_statement, parts
from mldebt.graph.model import ConfigKey
from mldebt.read.facts import Expr, FileFacts
from mldebt.sites import Site

_ENVIRONMENT = re.compile(
    r"(^|[._-])(dev|develop|development|stag|stage|staging|prod|production|preprod|qa|uat|live|local|ci|test|testing)($|[._-])",
    re.IGNORECASE,
)
ENDINGS = (".yaml", ".yml", ".toml", ".json")


def one_valued_keys(workspace: Workspace, trace: Trace, outside: Outside) -> dict[str, dict[Expr, Stuck]]:
    """What files of code ask such keys with, by file."""
    found: dict[str, dict[Expr, Stuck]] = {}
    for key in _switches(trace):
        files = _of_all_environments(workspace, key)
        if len(files) < 2 or outside.speaks_of(key.path.rpartition(".")[2], key.reads, files):
            continue
        stuck = Stuck(key.sites[0].file, "", key.path, key.value, key.sites[0].line)
        for file in sorted({site.file for site in key.reads}):
            asked = dict.fromkeys(_asked(workspace.facts[file], key), stuck)
            found.setdefault(file, {}).update(asked)
    return found


def _switches(trace: Trace) -> Iterator[ConfigKey]:
    for node in trace.nodes.values():
        keys = node.attributes.get("keys") if node.kind == "config" else None
        for key in keys if isinstance(keys, tuple) else ():
            if isinstance(key, ConfigKey) and isinstance(key.value, bool) and key.reads and len(key.sites) == 1:
                yield key


def _of_all_environments(workspace: Workspace, key: ConfigKey) -> tuple[str, ...]:
    """The files, where each of them says the same; none where one of them leaves it open."""
    path = PurePosixPath(key.sites[0].file)
    if not _ENVIRONMENT.search(path.stem) or path.suffix not in ENDINGS:
        return ()
    names = [PurePosixPath(name) for name in workspace.listing(str(path.parent), f"*{path.suffix}")]
    files = tuple(str(path.parent / name) for name in names if _ENVIRONMENT.search(name.stem))
    same = all(_value(workspace.settings(file), key.path.split(".")) is key.value for file in files)
    return files if same else ()


def _value(settings: object, path: Iterable[str]) -> object:
    for part in path:
        settings = settings.get(part) if isinstance(settings, Mapping) else None
    return settings


def _asked(facts: FileFacts, key: ConfigKey) -> Iterator[Expr]:
    """`settings["key"]`, `settings.key`, `settings.get("key")` in the statements that ask for it."""
    name, lines = key.path.rpartition(".")[2], _lines(site for site in key.reads if site.file == facts.file)
    for statement in parts(facts.body):
        if is_statement(statement) and statement[1] in lines:
            yield from (part for part in parts(statement) if _is_lookup(part, name))


def _lines(sites: Iterable[Site]) -> set[int]:
    return {line for site in sites for line in range(site.line, site.end_line + 1)}


def _is_lookup(part: Expr, name: str) -> bool:
    match part:
        case ("index", _, ("const", key)) | ("attr", _, key):
            return bool(key == name)
        case ("call", ("attr", _, "get"), (("const", key), *_), *_):
            return bool(key == name)
    return False
