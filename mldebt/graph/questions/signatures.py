"""Models whose inputs have names that nothing holds on to: thrown away where it is asked, or not stored with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.definitions import inputs_of, is_transformed
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import Path
from mldebt.graph.questions.serving import Columns, given, mismatch, trainings


@dataclass(frozen=True, slots=True)
class NamesThrownAway:
    """A model that learned from a table with names and is asked with a bare array made of one."""

    artifact: Node
    columns: Columns
    path: Path


@dataclass(frozen=True, slots=True)
class NoSignature:
    """A model that is stored in a registry without a record of what it takes, though its columns have names."""

    artifact: Node
    columns: Columns
    training: Edge
    saving: Edge


def names_thrown_away(graph: Graph) -> Iterator[NamesThrownAway]:
    seen: set[tuple[str, frozenset[str]]] = set()
    for use in graph.edges_of_kind("PREDICTS"):
        served = given(use)
        if served is None or served.named or not sites_at_work(graph, use):
            continue
        for path in trainings(graph, use):
            trained = given(path[0])
            key = (path[1].target, frozenset(site.file for site in use.sites))
            if trained is not None and trained.named and key not in seen and _only_names_differ(graph, path, served):
                seen.add(key)
                yield NamesThrownAway(graph[path[1].target], trained, path)


def _only_names_differ(graph: Graph, path: Path, served: Columns) -> bool:
    """Whether the same columns come in the same order, and no transformer made an array of them."""
    same_file = {site.file for site in path[0].sites} & {site.file for site in path[-1].sites}
    transformed = any(is_transformed(asked) for _, _, asked in inputs_of(path[0], path[-1]))
    return not same_file and not transformed and mismatch(graph, path, served) is None


def _is_loaded(graph: Graph, artifact: str) -> bool:
    others = [edge.target for edge in graph.out(artifact, "DERIVES") if edge.target.startswith("artifact:")]
    return any(graph.out(name, "LOADS") for name in (artifact, *others))


def models_without_signature(graph: Graph) -> Iterator[NoSignature]:
    seen: set[str] = set()
    for saving in graph.edges_of_kind("PERSISTS"):
        wanted = saving.attributes.get("signature") is False and _is_loaded(graph, saving.target)
        if not wanted or saving.target in seen or not sites_at_work(graph, saving):
            continue
        for training in graph.into(saving.source, "TRAINS_ON"):
            columns = given(training)
            if columns is not None and columns.named and sites_at_work(graph, training):
                seen.add(saving.target)
                yield NoSignature(graph[saving.target], columns, training, saving)
                break
