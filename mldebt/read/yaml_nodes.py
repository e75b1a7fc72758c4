"""YAML as values that know their lines; unknown tags, cycles and bombs do no harm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
MAX_NODES = 50_000
MAX_DEPTH = 60


def first_document(text: str) -> Any:
    """The root node of the first document, None for an empty text; raises `yaml.YAMLError`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return next(yaml.compose_all(text, Loader=loader), None)


def documents(text: str) -> list[Any]:
    """The root nodes of all documents; raises `yaml.YAMLError`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [node for node in yaml.compose_all(text, Loader=loader) if node is not None]


def yaml_settings(text: str) -> tuple[object, Mapping[tuple[str, ...], int]] | None:
    """Value of the first document, and the line of each key path.

    A template of YAML is read as if its places were those of variables.
    """
    node = _first_document_of_template(text) if "{{" in text else first_document(text)
    if node is None:
        return None
    reader = NodeReader()
    return reader.value(node), reader.lines


def _first_document_of_template(text: str) -> Any:
    import yaml

    try:
        return first_document(text)
    except yaml.YAMLError:
        if "{%" in text:  # which of its lines are there, and how often, is not known
            raise
        return first_document(_PLACE.sub(_variable, text))


def _variable(place: re.Match[str]) -> str:
    """`{{ project.name }}` as `${project.name}`, which a plain value may begin with."""
    return "${" + re.sub(r"[^\w.]+", "_", place[1].strip()) + "}"


def plain(node: Any) -> Any:
    """The value of a node: dictionaries with text keys, lists, texts, numbers, truth values and None."""
    return NodeReader().value(node)


class NodeReader:
    """Turns nodes into plain values and notes the line of each key path on the way."""

    def __init__(self) -> None:
        from yaml.constructor import SafeConstructor

        self.lines: dict[tuple[str, ...], int] = {}
        self._construct = SafeConstructor()
        self._left = MAX_NODES

    def value(self, node: Any, path: tuple[str, ...] = ()) -> Any:
        self._left -= 1
        if self._left < 0 or len(path) > MAX_DEPTH:
            raise ValueError("the YAML is too deeply nested or too large")
        if node.id == "scalar":
            return self._scalar(node)
        if node.id == "sequence":
            return [self._item(item, item, (*path, str(place))) for place, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Any, path: tuple[str, ...]) -> dict[Any, Any]:
        self._construct.flatten_mapping(node)
        pairs = [(self._key(key), key, value) for key, value in node.value]
        return {name: self._item(key, value, (*path, str(name))) for name, key, value in pairs}

    def _item(self, key: Any, value: Any, path: tuple[str, ...]) -> Any:
        self.lines[path] = key.start_mark.line + 1
        return self.value(value, path)

    def _key(self, node: Any) -> Any:
        return self._scalar(node) if node.id == "scalar" else str(node.start_mark.line)

    def _scalar(self, node: Any) -> Any:
        """Dates stay text, and so does a value under a tag of the user's own."""
        kind = node.tag.rpartition(":")[2]
        if kind in ("int", "float", "bool", "null") and node.tag.startswith("tag:yaml.org,2002:"):
            return self._construct.construct_object(node)
        return node.value


def entries(node: Any) -> list[tuple[str, Any]]:
    """Key texts and value nodes of a mapping; nothing for another node."""
    if node is None or node.id != "mapping":
        return []
    return [(key.value, value) for key, value in node.value if key.id == "scalar"]


def items(node: Any) -> list[Any]:
    """The nodes of a sequence; nothing for another node."""
    return list(node.value) if node is not None and node.id == "sequence" else []


def get(node: Any, *path: str) -> Any:
    """The node under a path of keys, None where there is none."""
    for step in path:
        node = next((value for key, value in reversed(entries(node)) if key == step), None)
    return node


def text(node: Any) -> str:
    """The text of a scalar, "" for another node."""
    return str(node.value) if node is not None and node.id == "scalar" else ""


def text_line(node: Any) -> int:
    """The line on which the text of a scalar begins; in a block it is the one below the mark."""
    return int(node.start_mark.line) + (2 if getattr(node, "style", None) in ("|", ">") else 1)


def texts(node: Any) -> list[str]:
    """The texts of a sequence's scalars, or the one of a scalar."""
    if node is not None and node.id == "scalar":
        return [text(node)] if node.value else []
    return [text(item) for item in items(node) if item.id == "scalar"]
