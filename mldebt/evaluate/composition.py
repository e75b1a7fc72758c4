"""Configuration that is composed of several files: defaults, groups and what a command line puts over them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from posixpath import normpath

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.settings import to_value
from mldebt.evaluate.values import MAX_ALTERNATIVES, Value
from mldebt.evaluate.workspace import Workspace

DEFAULTS, SELF = "defaults", "_self_"
MAX_NESTED = 6
_NAMED = re.compile(r"^(?:--config-name|-cn)(?:=(.*))?$")
_SWEEP = re.compile(r"^(?:choice\()?([^()\[\]{}]*,[^()\[\]{}]*?)\)?$")
_OVERRIDE = re.compile(r"^\+{0,2}([\w./@-]+)=(.*)$", re.DOTALL)
_PACKAGE = re.compile(r"^\s*#\s*@package\s+(\S+)", re.MULTILINE)

Run = tuple[str, tuple[str, ...]]
"""The name of a configuration and what a command puts over it."""


def composed(machine: Machine, folder: str, name: str, overrides: Sequence[str] = ()) -> Value | None:
    """The configuration that a name in a folder stands for, by each command that runs the file."""
    folder = _placed(machine.workspace, folder, name)
    commands = machine.commands.get(machine.root.file or machine.scope.file, ())
    runs = list(dict.fromkeys(run for command in commands for run in _runs(name, command.arguments)))
    found = [
        (called, _one(machine.workspace, folder, called, (*overrides, *words)))
        for called, words in _diverse(runs or [(name, ())])
    ]
    values = [to_value(one, f"{folder}/{called}") for called, one in found if one is not None]
    return join(values) if values else None


def _placed(workspace: Workspace, folder: str, name: str) -> str:
    """A folder as it lies here: an image may hold it elsewhere, `/app/conf` for `src/conf`."""
    if _file(workspace, f"{folder}/{name}") is not None or not (last := folder.rpartition("/")[2].strip(".")):
        return folder
    plain = name.removesuffix(".yaml").removesuffix(".yml")
    found = [file for ending in ("yaml", "yml") for file in workspace.listing(".", f"**/{last}/{plain}.{ending}")]
    meant = [file.removesuffix(f"/{plain}.{file.rpartition('.')[2]}") for file in found]
    return meant[0] if len(meant) == 1 else folder


def _runs(name: str, arguments: Sequence[str]) -> list[Run]:
    """The configurations that one command asks for: a sweep gives several, each value of a key in one of them."""
    called = name
    for number, word in enumerate(arguments):
        if match := _NAMED.match(word):
            called = match[1] or next(iter(arguments[number + 1 :]), name)
    swept = "--multirun" in arguments or "-m" in arguments
    words = [match for word in arguments if (match := _OVERRIDE.match(word))]
    values = [_swept(match[2]) if swept else [match[2]] for match in words]
    most = min(max(map(len, values), default=1), MAX_ALTERNATIVES)
    return [
        (called, tuple(f"{match[1]}={one[turn % len(one)]}" for match, one in zip(words, values, strict=True)))
        for turn in range(most)
    ]


def _swept(value: str) -> list[str]:
    match = _SWEEP.match(value)
    return [one.strip() for one in match[1].split(",") if one.strip()] or [value] if match else [value]


def _diverse(runs: Sequence[Run]) -> list[Run]:
    """As many as can be told apart: those that put nothing over a file, then those that bring most that is new."""
    left, chosen = list(runs), list[Run]()
    seen: set[tuple[str, str]] = set()
    while left and len(chosen) < MAX_ALTERNATIVES:
        best = max(left, key=lambda run: (not run[1], len(_brought(run) - seen)))
        left.remove(best)
        chosen.append(best)
        seen |= _brought(best)
    return chosen


def _brought(run: Run) -> set[tuple[str, str]]:
    return {(run[0], word) for word in ("", *run[1])}


def _one(workspace: Workspace, folder: str, name: str, words: Sequence[str]) -> dict[str, object] | None:
    matches = [match for word in words if (match := _OVERRIDE.match(word))]
    overrides = {match[1]: match[2] for match in matches}
    name = name.removesuffix(".yaml").removesuffix(".yml")
    overrides = {**_instead(workspace, folder, name, overrides, MAX_NESTED), **overrides}
    return _loaded(workspace, folder, name, overrides, MAX_NESTED, True)


def _instead(workspace: Workspace, folder: str, name: str, overrides: Mapping[str, str], depth: int) -> dict[str, str]:
    """What files further down put in the place of a group that was chosen above: `override /model: big`."""
    found = _file(workspace, f"{folder}/{name}")
    listed = found[1].get(DEFAULTS) if found is not None and isinstance(found[1], dict) else None
    chosen: dict[str, str] = {}
    for entry in listed if isinstance(listed, list) and depth else ():
        for key, value in entry.items() if isinstance(entry, dict) else ():
            words = str(key).split()
            inside = _inside(name.rpartition("/")[0], words[-1].partition("@")[0])
            if "override" in words[:-1] and isinstance(value, str):
                chosen[inside] = value
            elif isinstance(option := overrides.get(inside, value), str):
                chosen |= _instead(workspace, folder, f"{inside}/{option}", overrides, depth - 1)
    return chosen


def _inside(group: str, place: str) -> str:
    """Where a group lies that a file of another one names."""
    return "/".join(filter(None, ["" if place.startswith("/") else group, place.strip("/")]))


def _file(workspace: Workspace, path: str) -> tuple[str, object] | None:
    for ending in (".yaml", ".yml"):
        settings = workspace.settings(normpath(path + ending))
        if settings is not None:
            return normpath(path + ending), settings
    return None


def _loaded(
    workspace: Workspace, folder: str, name: str, overrides: Mapping[str, str], depth: int, first: bool = False
) -> dict[str, object] | None:
    """A file with what its defaults list brings in, its own keys where `_self_` stands or last."""
    found = _file(workspace, f"{folder}/{name}")
    if found is None or not isinstance(found[1], dict) or depth == 0:
        return None
    own = {str(key): value for key, value in found[1].items() if key != DEFAULTS}
    listed = found[1].get(DEFAULTS)
    entries = listed if isinstance(listed, list) else []
    group = name.rpartition("/")[0]
    result: dict[str, object] = {}
    for entry in entries if SELF in entries else [*entries, SELF]:
        if entry == SELF:
            result = _over(result, own)
        else:
            for part in _entry(workspace, folder, group, entry, overrides, depth):
                result = _over(result, part)
    return _with_overrides(result, overrides, workspace, folder) if first else result


def _entry(
    workspace: Workspace, folder: str, group: str, entry: object, overrides: Mapping[str, str], depth: int
) -> list[dict[str, object]]:
    """What one line of a defaults list brings: `base`, `data: small`, `override model: big`, `db@target: mysql`."""
    pairs = entry.items() if isinstance(entry, dict) else [("", entry)]
    parts: list[dict[str, object]] = []
    for key, value in pairs:
        place = re.sub(r"^(?:(?:override|optional)\s+)+", "", str(key))
        place, _, package = place.partition("@")
        absolute = place.startswith("/") or str(value).startswith("/")
        inside = _inside("" if absolute else group, place)
        chosen = overrides.get(inside, value) if place else value  # a file that is named without a group stays
        for option in chosen if isinstance(chosen, list) else [chosen]:
            name = "/".join(filter(None, [inside, str(option).removesuffix(".yaml").strip("/")]))
            part = _loaded(workspace, folder, name, overrides, depth - 1) if option is not None else None
            if part is not None:
                within = inside if absolute else inside[len(group) :].lstrip("/")
                parts.append(_in_package(workspace, folder, name, package or within.replace("/", "."), part))
    return parts


def _in_package(
    workspace: Workspace, folder: str, name: str, package: str, part: dict[str, object]
) -> dict[str, object]:
    """The keys of a group's file below the name of the group, or where its first line says."""
    found = _file(workspace, f"{folder}/{name}")
    header = _PACKAGE.search((workspace.text(found[0]) or "")[:400]) if found else None
    if header:
        package = header[1].replace("_group_", package)
    for step in reversed([] if package in ("_global_", "") else package.split(".")):
        part = {step: part} if step else part
    return part


def _with_overrides(
    result: dict[str, object], overrides: Mapping[str, str], workspace: Workspace, folder: str
) -> dict[str, object]:
    for key, value in overrides.items():
        if _file(workspace, f"{folder}/{key}/{value}") is None:
            part: object = value.strip("\"'")
            for step in reversed(key.replace("/", ".").partition("@")[0].split(".")):
                part = {step: part}
            result = _over(result, part) if isinstance(part, dict) else result
    return result


def _over(below: dict[str, object], above: dict[str, object]) -> dict[str, object]:
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        result[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result
