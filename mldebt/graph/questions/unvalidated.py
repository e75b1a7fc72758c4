"""Data from outside that models in use learn from without anybody looking at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import ASIDE, sites_at_work
from mldebt.graph.questions.lineage import Path, origins, path_between
from mldebt.sites import Site

LIVE = ("table", "object", "s3", "gcs", "http")
"""Where others go on writing; a file that lies beside the code stays as it was when somebody looked at it."""
_CHECKING = re.compile(r"valid|check|expectation|quality|schema|contract|pandera|great_?exp|deequ|soda|test_data", re.I)
"""What a file is named by in which somebody may look at the data."""


class Unvalidated(Struct, frozen=True):
    """A training of models in use, and its sources of which no used column is checked: source, columns, way."""

    models: tuple[Node, ...]
    training: Edge
    sources: tuple[tuple[Node, tuple[str, ...], Path], ...]


def unvalidated_trainings(graph: Graph) -> Iterator[Unvalidated]:
    """Nothing is said of a repository that has code of its own for checks: it may run where it isn't seen."""
    if any(_CHECKING.search(file) for file, unit in graph.units.items() if not unit.roles & ASIDE):
        return
    judged = {site for edge in graph.edges_of_kind("EVALUATES_ON") for site in edge.sites}
    groups: dict[tuple[str, ...], list[Edge]] = {}
    found: dict[tuple[str, ...], tuple[tuple[Node, tuple[str, ...], Path], ...]] = {}
    for training in graph.edges_of_kind("TRAINS_ON"):
        if sites_at_work(graph, training) and _is_in_use(graph, training.target):
            sources = tuple(_sources(graph, training, judged))
            key = tuple(source.id for source, _, _ in sources)
            found.setdefault(key, sources)
            groups.setdefault(key, []).append(training)
    for key, trainings in groups.items():
        if key:
            models = dict.fromkeys(training.target for training in trainings)
            yield Unvalidated(tuple(graph[model] for model in models), trainings[0], found[key])


def _is_in_use(graph: Graph, model: str) -> bool:
    """Whether production loads what the training stores."""
    stored = [edge.target for edge in graph.out(model, "PERSISTS")]
    stored += [edge.target for name in stored for edge in graph.out(name, "DERIVES")]
    loads = (site for name in stored for edge in graph.out(name, "LOADS") for site in edge.sites)
    return any(graph.unit_of(site).production and not graph.unit_of(site).roles & ASIDE for site in loads)


def _sources(graph: Graph, training: Edge, judged: set[Site]) -> Iterator[tuple[Node, tuple[str, ...], Path]]:
    behind = origins(graph, [training.source], ("DERIVES", "READS", "WRITES"))
    if any(graph.out(node, "CHECKS") for node in behind) or any(_is_looked_at(graph[node], judged) for node in behind):
        return
    for node in behind:
        source = graph[node]
        if source.attributes.get("store") not in LIVE or not source.attributes.get("external"):
            continue
        if source.attributes.get("template") or source.name.startswith("http::"):
            continue  # what a service of this repository is sent is checked where it comes in
        used = tuple(column.name for column in source.columns if any(use.kind == "feature" for use in column.uses))
        way = path_between(graph, [node], [training.source], ("DERIVES", "READS", "WRITES"))
        if used and way:
            yield source, used, (*way, training)


def _is_looked_at(node: Node, judged: set[Site]) -> bool:
    """Whether an assertion or another check speaks of one of its columns."""
    return any(use.kind == "check" and use.site not in judged for column in node.columns for use in column.uses)
