"""Settings that change features and that have one value where a model learns and another where it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from mldebt.graph.model import ConfigKey, Graph, Node, Unit
from mldebt.graph.questions.jobs import is_aside, is_put_away
from mldebt.sites import Site

TRAINING, ASKING = frozenset({"train"}), frozenset({"serve", "score"})
STAGES = frozenset({
    "train", "training", "fit", "offline", "serve", "serving", "predict", "prediction", "inference", "score", "scoring",
    "online", "api", "deploy", "deployment", "production", "prod", "dev",
})  # fmt: skip
"""First steps of a path that say when a setting holds."""
ASIDE = re.compile(
    r"batch|chunk|worker|job|thread|core|seed|limit|timeout|port|log|verbose|retries|interval|cache|device|debug"
    r"|(path|dir|file|folder|url|uri|host|bucket|table|name|version|date|start|end|since|until|day)$",
    re.IGNORECASE,
)
"""Settings that are meant to differ: how fast, how much, from where and for when."""
NO_FEATURE = frozenset({"split", "sample", "shuffle", "predict", "duplicate"})


class Setting(Struct, frozen=True):
    """A key of a configuration with its value, and the places where it goes into features."""

    config: Node
    key: ConfigKey
    computes: tuple[Site, ...]


class Drift(Struct, frozen=True):
    trained: Setting
    asked: Setting
    columns: tuple[str, ...]


def drifting_settings(graph: Graph) -> Iterator[Drift]:
    """Each setting of a training together with the one of the same name and another value where a model is asked."""
    trained: dict[str, list[Setting]] = {}
    asked: dict[str, list[Setting]] = {}
    roles = _Roles(graph)
    for setting in _settings(graph):
        side = roles.of(setting.config, setting.key)
        sides = trained if side == TRAINING else asked if side and side <= ASKING else None
        if sides is not None:
            sides.setdefault(setting.key.path.rpartition(".")[2], []).append(setting)
    for name in sorted(trained.keys() & asked.keys()):
        if len(trained[name]) == len(asked[name]) == 1:
            one, other = trained[name][0], asked[name][0]
            if _same_meaning(one.key.path, other.key.path) and one.key.value != other.key.value:
                yield Drift(one, other, _columns(graph, (*one.computes, *other.computes)))


def _settings(graph: Graph) -> Iterator[Setting]:
    """The settings that go into features."""
    computing = graph.once(_computing)
    for config in graph.of_kind("config"):
        for key in _keys(config):
            if key.used and key.sites and _is_plain(key):
                computes = tuple(site for site in key.reads if site in computing)
                if computes:
                    yield Setting(config, key, computes)


def _keys(config: Node) -> tuple[ConfigKey, ...]:
    keys = config.attributes.get("keys", ())
    assert isinstance(keys, tuple)
    return keys


def _is_plain(key: ConfigKey) -> bool:
    """Whether a setting may say how a feature is computed."""
    if ASIDE.search(key.path.rpartition(".")[2]):
        return False
    if isinstance(key.value, str):
        return bool(key.value) and not re.search(r"[/\\:.$]", key.value)
    return isinstance(key.value, (bool, int, float, list)) and key.value != []


def _same_meaning(one: str, other: str) -> bool:
    """Whether two paths name the same setting: but for the stage that comes first, one is the end of the other."""
    short, long = sorted((_without_stage(one), _without_stage(other)), key=len)
    return short == long or long.endswith(f".{short}")


def _without_stage(path: str) -> str:
    first, _, rest = path.partition(".")
    return rest if rest and first.lower() in STAGES else path


def _computing(graph: Graph) -> frozenset[Site]:
    """The statements in which frames are computed."""
    return frozenset(
        site
        for edge in graph.edges_of_kind("DERIVES")
        if edge.attributes.get("operation") not in NO_FEATURE and not edge.source.startswith("prediction:")
        for site in edge.sites
    ) | {
        site
        for node in graph.of_kind("frame")
        for column in node.columns
        if column.derived_from
        for site in column.sites
    }


def _columns(graph: Graph, sites: Iterable[Site]) -> tuple[str, ...]:
    """The columns that are computed in statements."""
    places = frozenset(sites)
    return tuple(sorted({
        column.name
        for node in graph.of_kind("frame")
        for column in node.columns
        if column.name and column.derived_from and places.intersection(column.sites)
    }))  # fmt: skip


class _Roles:
    """What the code that reads a setting is for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._units = graph.units
        self._importers: dict[str, list[str]] = {}
        for unit in graph.units.values():
            for other in unit.imports:
                self._importers.setdefault(other, []).append(unit.file)

    def of(self, config: Node, key: ConfigKey) -> frozenset[str]:
        """The roles of those that read it; of code without a role, those of whoever hands it the settings, else of the
        code that imports it."""
        own = self._at(key.reads) or self._handing(config, key)
        return own or frozenset(role for unit in self._those_at(key.reads) for role in self._above(unit))

    def _handing(self, config: Node, key: ConfigKey) -> frozenset[str]:
        """The roles of the code that takes the part of a file that a setting stands in, else of what loads the file."""
        tables = {one.path: one.reads for one in _keys(config)}
        path = key.path
        while path := path.rpartition(".")[0]:
            if roles := self._at(tables.get(path, ())):
                return roles
        return self._at(site for edge in self._graph.out(config.id, "CONFIGURED_BY") for site in edge.sites)

    def _at(self, sites: Iterable[Site]) -> frozenset[str]:
        return frozenset(role for unit in self._those_at(sites) for role in _work(unit))

    def _those_at(self, sites: Iterable[Site]) -> list[Unit]:
        return [self._units[site.file] for site in sites if site.file in self._units]

    def _above(self, unit: Unit) -> Iterator[str]:
        waiting, seen = [unit.file], {unit.file}
        while waiting:
            for file in self._importers.get(waiting.pop(), ()):
                if file not in seen:
                    seen.add(file)
                    waiting.append(file)
                    yield from _work(self._units[file])


def _work(unit: Unit) -> frozenset[str]:
    """What a unit does with a model; nothing where it only tests, shows or is put away."""
    if is_aside(unit) or is_put_away(unit):
        return frozenset()
    return unit.roles & (TRAINING | ASKING)
