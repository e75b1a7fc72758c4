"""Stored models that every training replaces, under the name that production loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.jobs import is_aside, sites_at_work
from mldebt.graph.questions.lineage import Path, reachable
from mldebt.graph.questions.models import is_alias
from mldebt.sites import Site

LEARNED = ("TRAINS_ON", "FITS")
FILES = ("file", "object", "s3", "gcs", "azure")
"""Stores that keep nothing of what was there before; registries keep every version."""

_VERSIONED = re.compile(r"dvc\.yaml$|\.dvc$")


class Overwritten(Struct, frozen=True):
    """A stored model, where training stores it, where production loads it, and the way to the first of these places."""

    artifact: Node
    saved: Site
    loaded: tuple[Site, ...]
    path: Path


def overwritten_artifacts(graph: Graph) -> Iterator[Overwritten]:
    for artifact in graph.of_kind("artifact"):
        if artifact.attributes.get("template") or artifact.attributes.get("store") not in FILES:
            continue
        if artifact.attributes.get("image") or artifact.attributes.get("tracked") or _is_versioned(graph, artifact.id):
            continue
        found = _between(graph, artifact)
        if found is not None and not _is_kept_elsewhere(graph, found.path):
            yield found


def _between(graph: Graph, artifact: Node) -> Overwritten | None:
    """From the training to production."""
    stored = graph.into(artifact.id, "PERSISTS")
    saves = [
        (fit, save, site)
        for save in stored
        for site in sites_at_work(graph, save)
        if (fit := _training(graph, save)) is not None
    ]
    makers = {site.file for save in stored for site in save.sites}
    loads = [
        (alias, load, site)
        for alias, load in _loads(graph, artifact.id)
        for site in _places(graph, load, makers)
        if site.file not in makers and _is_in_use(graph, load, graph.unit_of(site))
    ]
    if not saves or not loads:
        return None
    (fit, save, saved), (alias, load, _) = saves[0], loads[0]
    sites = tuple(dict.fromkeys(site for _, _, site in loads))
    return Overwritten(artifact, saved, sites, (fit, save, *alias, load))


def _loads(graph: Graph, artifact: str) -> Iterator[tuple[Path, Edge]]:
    """Every load, also by a name that may mean the same, after those by the very name."""
    yield from (((), load) for load in graph.out(artifact, "LOADS"))
    for alias in graph.out(artifact, "DERIVES"):
        if is_alias(alias):
            yield from (((alias,), load) for load in graph.out(alias.target, "LOADS"))


def _places(graph: Graph, load: Edge, makers: set[str]) -> tuple[Site, ...]:
    """Where a model is loaded; where it is asked, if one helper stores and loads for all."""
    if any(site.file not in makers for site in load.sites):
        return load.sites
    return tuple(site for use in graph.out(load.target, "PREDICTS") for site in use.sites)


def _training(graph: Graph, save: Edge) -> Edge | None:
    """What the stored model learned from; what was only loaded and stored again learned nothing here."""
    return next(iter(graph.into(save.source, *LEARNED)), None)


def _is_in_use(graph: Graph, load: Edge, unit: Unit) -> bool:
    """Whether a unit answers with the model in production, or scores and stores what it says."""
    if not unit.production or is_aside(unit):
        return False
    scores = "score" in unit.roles and not unit.roles & {"eval", "train"}
    said = reachable(graph, [load.target], ("PREDICTS", "DERIVES", "WRITES")) if scores else ()
    return "serve" in unit.roles or any(graph[node].kind == "dataset" for node in said)


def _is_versioned(graph: Graph, artifact: str) -> bool:
    """Whether DVC keeps every state, or something else has a copy with a name of its own."""
    declared = (graph[edge.source] for edge in graph.into(artifact, "DECLARES"))
    if any(_VERSIONED.search(str(job.attributes.get("file", ""))) for job in declared):
        return True
    return any(
        edge.attributes.get("operation") == "copy"
        for edge in (*graph.out(artifact, "DERIVES"), *graph.into(artifact, "DERIVES"))
    )


def _is_kept_elsewhere(graph: Graph, path: Path) -> bool:
    """Whether the same model is stored under a name that changes, or in a registry, too."""
    others = (graph[edge.target] for edge in graph.out(path[1].source, "PERSISTS") if edge.target != path[1].target)
    return any(other.attributes.get("template") or other.attributes.get("store") not in FILES for other in others)
