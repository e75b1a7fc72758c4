"""dvc.yaml: the stages of a DVC pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from posixpath import dirname
from typing import Any

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of
from mldebt.read.manifests.shell import join_folder
from mldebt.read.yaml_nodes import entries, first_document, get, items, plain, text, text_line

PLACE = re.compile(r"\$\{\s*([^}]+?)\s*\}")
PARAMETERS = "params.yaml"
MOST_COMBINATIONS = 200
Values = Mapping[str, object]


def read(file: str, content: str) -> Iterator[Command]:
    """The commands of all stages, `foreach` and `matrix` stages once for each item that the file itself names."""
    root = first_document(content)
    values = _inline_values(root)
    for name, node in entries(get(root, "stages")):
        for suffix, body, inner in _variants(node, values):
            yield from _stage(name + suffix, body, inner, dirname(file), _settings(root, dirname(file)))


def _inline_values(root: Any) -> dict[str, object]:
    """`vars:` that stand in the file; those in params.yaml stay named holes."""
    values: dict[str, object] = {}
    for item in items(get(root, "vars")):
        if item.id == "mapping":
            values.update({str(key): value for key, value in plain(item).items()})
    return values


def _settings(root: Any, folder: str) -> tuple[str, ...]:
    """The files that fill what the stages leave open: those that `vars` names, and params.yaml always."""
    named = [text(item).partition(":")[0] for item in items(get(root, "vars")) if text(item)]
    return tuple(dict.fromkeys(join_folder(folder, name) for name in (*named, PARAMETERS)))


def _variants(node: Any, values: Values) -> Iterator[tuple[str, Any, Values]]:
    """(suffix of the stage's name, its body, what its `${…}` stand for)."""
    if (each := get(node, "foreach")) is not None:
        given = _lookup(values, match[1]) if (match := PLACE.fullmatch(text(each))) else plain(each)
        pairs = given.items() if isinstance(given, dict) else ((item, item) for item in given or ("{item}",))
        for key, item in pairs:
            suffix = key if isinstance(given, dict) or not isinstance(item, dict | list) else ""
            yield f"@{suffix}", get(node, "do"), {**values, "item": item, "key": key}
    elif (matrix := get(node, "matrix")) is not None:
        axes = {name: _axis(value, values) for name, value in entries(matrix)}
        for combination in islice(product(*axes.values()), MOST_COMBINATIONS):
            item = dict(zip(axes, combination, strict=True))
            yield "@" + "-".join(str(value) for value in combination), node, {**values, "item": item}
    else:
        yield "", node, values


def _axis(node: Any, values: Values) -> list[object]:
    match = PLACE.fullmatch(text(node))
    found = _lookup(values, match[1]) if match else plain(node)
    return found if isinstance(found, list) and found else [f"{{{match[1] if match else 'item'}}}"]


def _stage(name: str, node: Any, values: Values, folder: str, settings: tuple[str, ...]) -> Iterator[Command]:
    directory = join_folder(folder, _filled(text(get(node, "wdir")) or ".", values))
    writes = [path for key in ("outs", "metrics", "plots") for path in _paths(get(node, key))]
    context = Context(
        job=name,
        trigger="stage",
        reads=tuple(join_folder(directory, _filled(path, values)) for path in _paths(get(node, "deps"))),
        writes=tuple(join_folder(directory, _filled(path, values)) for path in writes),
        directory=directory,
        settings=settings,
        parameters=tuple(_parameters(get(node, "params"), values, directory)),
        reruns="never" if _is_on(node, "frozen") else "always" if _is_on(node, "always_changed") else "changed",
    )
    lines = get(node, "cmd")
    found = False
    for line in items(lines) or ([lines] if lines is not None else []):
        for command in commands_of(_filled(text(line), values), text_line(line), context):
            found = True
            yield command
    if lines is not None and not found:
        first = items(lines)[0] if items(lines) else lines
        program, *arguments = _filled(text(first), values).split() or [""]
        facts = (name, "stage", "", context.reads, context.writes, directory, settings)
        yield Command(text_line(first), program, "", tuple(arguments), *facts, context.parameters, context.reruns)


def _is_on(node: Any, option: str) -> bool:
    return text(get(node, option)).lower() in ("true", "yes", "on")


def _parameters(node: Any, values: Values, directory: str) -> Iterator[str]:
    """`file:key` for each parameter that a stage names; `file:` for a file as a whole."""
    for item in items(node):
        if item.id == "scalar":
            yield f"{join_folder(directory, PARAMETERS)}:{_filled(text(item), values)}"
        for file, keys in entries(item):
            names = [_filled(text(key), values) for key in items(keys)] or [""]
            yield from (f"{join_folder(directory, _filled(file, values))}:{name}" for name in names)


def _paths(node: Any) -> list[str]:
    """Paths of a list whose items are a path or `path: {options}`; Windows also has them with backslashes."""
    paths = [text(item) if item.id == "scalar" else next((key for key, _ in entries(item)), "") for item in items(node)]
    return [path.replace("\\", "/") for path in (*paths, *(key for key, _ in entries(node))) if path]


def _filled(text: str, values: Values) -> str:
    """The text with `${…}` filled in; what params.yaml holds becomes a named hole."""
    return PLACE.sub(lambda match: _shown(_lookup(values, match[1]), match[1]), text)


def _shown(value: object, name: str) -> str:
    return f"{{{name}}}" if value is None or isinstance(value, dict | list) else str(value)


def _lookup(values: Values, dotted: str) -> Any:
    value: Any = values
    for step in re.findall(r"[^.\[\]]+", dotted):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
