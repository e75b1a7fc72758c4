"""Models whose inputs have names that nothing holds on to: thrown away where it is asked, or not stored with it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.inputs import inputs_of, is_transformed
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import Path
from mldebt.graph.questions.serving import Columns, given, mismatch, trainings


class NamesThrownAway(Struct, frozen=True):
    """A model that learned from a table with names and is asked with a bare array made of one."""

    artifact: Node
    columns: Columns
    path: Path


class AskedByPosition(Struct, frozen=True):
    """A booster that goes by position is asked with a table whose columns are written out where it is asked.

    `off`: that the call says so, where the library would compare names.
    """

    artifact: Node
    columns: Columns
    path: Path
    off: bool


class NoSignature(Struct, frozen=True):
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


MAKING = ("frame", "records", "written in the code")
BY_POSITION = "lightgbm."
BY_NAME = "xgboost."
"""Boosters whose calls take `validate_features`; those of LightGBM don't compare names unless told to."""


def asked_by_position(graph: Graph) -> Iterator[AskedByPosition]:
    seen: set[tuple[str, frozenset[str]]] = set()
    for use in graph.edges_of_kind("PREDICTS"):
        served, checked = given(use), use.attributes.get("names_checked")
        if served is None or not served.named or len(served.names) < 2 or not sites_at_work(graph, use):
            continue
        for path in trainings(graph, use):
            trained, key = given(path[0]), (path[1].target, frozenset(site.file for site in use.sites))
            if trained is None or not trained.named or key in seen or not _goes_by_position(graph, path, checked):
                continue
            if _only_names_differ(graph, path, served) and _is_written_out(graph, use) and not _is_shared(graph, path):
                seen.add(key)
                yield AskedByPosition(graph[path[1].target], trained, path, checked is False)


def _goes_by_position(graph: Graph, path: Path, checked: object) -> bool:
    learned, loaded = (str(graph[node].attributes.get("class", "")) for node in (path[0].target, path[-1].source))
    wrapped = graph[path[0].target].attributes.get("composite") or "pyfunc" in loaded
    return not wrapped and (
        (learned.startswith(BY_POSITION) and checked in (None, False))
        or (learned.startswith(BY_NAME) and checked is False)
    )


def _is_written_out(graph: Graph, use: Edge) -> bool:
    """Whether the table is made in the file that asks."""
    files = {site.file for site in use.sites}
    tables = [
        edge.source for edge in graph.into(use.target, "DERIVES") if edge.attributes.get("operation") == "predict"
    ]
    makings = [edge for table in tables for edge in graph.into(table, "DERIVES")]
    made = [edge for edge in makings if edge.attributes.get("operation") in MAKING]
    return bool(made) and all(site.file in files for edge in made for site in edge.sites)


def _is_shared(graph: Graph, path: Path) -> bool:
    """Whether both sides take the names from one list, to judge by the lists in what both import."""
    served = given(path[-1])
    asking = {one for site in path[-1].sites for one in graph.unit_of(site).imports}
    training = {one for site in path[0].sites for one in (site.file, *graph.unit_of(site).imports)}
    units = (graph.units[file] for file in asking & training if file in graph.units)
    return served is not None and any(set(names) == set(served.names) for unit in units for _, names in unit.lists)


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
