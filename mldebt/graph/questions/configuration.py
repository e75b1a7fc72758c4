"""Which keys of its configuration a repository doesn't read, and which it asks for in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from mldebt.graph.model import ConfigKey, Graph, MissingKey, Node
from mldebt.graph.questions.jobs import is_aside, is_put_away
from mldebt.sites import Site

_ITEM = re.compile(r"\.\d+(?=\.|$)")


class Unread(Struct, frozen=True):
    """Keys of one file, or of one command line, that nothing reads. `loads`: where the file is loaded."""

    config: Node
    file: str
    keys: Mapping[str, tuple[ConfigKey, ...]]
    loads: tuple[Site, ...]

    @property
    def is_command_line(self) -> bool:
        return self.config.attributes.get("form") == "parse"


def unread_keys(graph: Graph) -> Iterator[Unread]:
    """Configurations with keys that nothing reads; what is the same in each item of a list is one key."""
    for config in graph.of_kind("config"):
        by_file: dict[str, dict[str, list[ConfigKey]]] = {}
        for key in _keys(config):
            if not key.used and key.sites and _is_at_work(graph, config, key.sites):
                keys = by_file.setdefault(key.sites[0].file, {})
                keys.setdefault(_ITEM.sub("[]", key.path), []).append(key)
        for file, keys in sorted(by_file.items()):
            yield Unread(config, file, {name: tuple(found) for name, found in keys.items()}, loads(graph, config))


class Unresolved(Struct, frozen=True):
    """Keys that code asks a configuration for although it doesn't define them. `loads`: where it is loaded."""

    config: Node
    keys: tuple[MissingKey, ...]
    loads: tuple[Site, ...]


def unresolved_keys(graph: Graph) -> Iterator[Unresolved]:
    for config in graph.of_kind("config"):
        missing = config.attributes.get("missing", ())
        assert isinstance(missing, tuple)
        found = tuple(key for key in missing if _is_at_work(graph, config, key.sites))
        if found:
            yield Unresolved(config, found, loads(graph, config))


def loads(graph: Graph, config: Node) -> tuple[Site, ...]:
    """The statements that load a configuration."""
    return tuple(sorted({site for edge in graph.out(config.id, "CONFIGURED_BY") for site in edge.sites}))


def _keys(config: Node) -> tuple[ConfigKey, ...]:
    keys = config.attributes.get("keys", ())
    assert isinstance(keys, tuple)
    return keys


def _is_at_work(graph: Graph, config: Node, sites: tuple[Site, ...]) -> bool:
    """Whether the code that reads a configuration, or declares the options, is more than a test or an example."""
    files = {site.file: site for site in (*sites, *loads(graph, config)) if site.file in graph.units}
    units = [graph.unit_of(site) for site in files.values()]
    return not units or any(not is_aside(unit) and not is_put_away(unit) for unit in units)
