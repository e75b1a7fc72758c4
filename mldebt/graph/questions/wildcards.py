"""Models that learn from whatever columns a stored table happens to have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.competitions import is_of_a_competition
from mldebt.graph.questions.jobs import holds_records, is_aside, sites_at_work
from mldebt.graph.questions.learning import is_named
from mldebt.graph.questions.lineage import Path, origins, path_between, reachable
from mldebt.sites import Site

NAMED = frozenset({"csv", "parquet", "feather", "orc", "excel", "jsonl", "stata", "fwf"})
"""Formats in which columns have names."""
_TEST = re.compile(r"(?<![a-z])test(?![a-z])", re.IGNORECASE)
DATA = ("READS", "WRITES", "DERIVES")


class Wildcard(Struct, frozen=True):
    """Foreign tables all of whose columns are features, but `but`, and the trainings that take them."""

    datasets: tuple[Node, ...]
    but: tuple[str, ...]
    trainings: tuple[Edge, ...]
    sites: tuple[Site, ...]


def wildcard_feature_sets(graph: Graph) -> Iterator[Wildcard]:
    """The tables that decide what the features are, once for all that is trained on them."""
    found: dict[tuple[str, ...], list[Edge]] = {}
    lasting = graph.once(_lasting)
    for edge in graph.edges_of_kind("TRAINS_ON"):
        if not sites_at_work(graph, edge) or not _leaves_out_its_label(graph, edge) or edge.target not in lasting:
            continue
        datasets = sorted(
            {origin for dataset in _names(edge, "rest") for origin in _foreign(graph, dataset, frozenset())}
        )
        datasets = [dataset for dataset in datasets if _comes_by_working_code(graph, dataset, edge)]
        given = all(is_of_a_competition(graph, dataset) for dataset in datasets)
        if datasets and not given and not _is_checked(graph, edge.source):
            found.setdefault(tuple(datasets), []).append(edge)
    for names, edges in sorted(_one_place_once(_one_file_once(found)).items()):
        sites = sorted({site for edge in edges for site in sites_at_work(graph, edge)})
        first = min(edges, key=lambda edge: (min(sites_at_work(graph, edge)), edge.target))
        others = sorted((edge for edge in edges if edge is not first), key=lambda edge: (edge.target, edge.sites))
        tables = sorted((graph[name] for name in names), key=lambda table: bool(_TEST.search(table.name)))
        yield Wildcard(tuple(tables), _names(first, "but"), (first, *others), tuple(sites))


def _lasting(graph: Graph) -> frozenset[str]:
    """The models of which something stays: they are kept, or what they predict is stored or shown, or goes on.

    A model that is fitted for a look at its score and forgotten learns from whatever columns it likes. Where several
    are tried in a file, the chosen one may go by another name.
    """
    saves = graph.edges_of_kind("PERSISTS")
    asked = [edge for edge in graph.edges_of_kind("PREDICTS") if _goes_on(graph, edge.target)]
    keeping = {site.file for edge in (*saves, *asked) for site in edge.sites}
    trainings = graph.edges_of_kind("TRAINS_ON")
    beside = {edge.target for edge in trainings if any(site.file in keeping for site in edge.sites)}
    return frozenset(beside.union(edge.source for edge in saves))


def _goes_on(graph: Graph, prediction: str) -> bool:
    return any(graph.out(node, "WRITES", "CONSUMES") for node in reachable(graph, [prediction], ("DERIVES",)))


def _one_file_once(found: Mapping[tuple[str, ...], list[Edge]]) -> dict[tuple[str, ...], list[Edge]]:
    """A file in a folder that isn't known goes with the only one of its name from which the same is left out."""
    merged = dict(found)
    for names, edges in sorted(found.items()):
        if not any("{" in name for name in names):
            continue
        same = [other for other in found if other != names and all("{" not in name for name in other)
                and [*map(basename, other)] == [*map(basename, names)]
                and set(_names(found[other][0], "but")) == set(_names(edges[0], "but"))]  # fmt: skip
        if len(same) == 1:
            merged[same[0]] = [*merged[same[0]], *merged.pop(names)]
    return merged


def _one_place_once(found: Mapping[tuple[str, ...], list[Edge]]) -> dict[tuple[str, ...], list[Edge]]:
    """A training that is started with one table or another is one training."""
    places: dict[tuple[object, ...], tuple[tuple[str, ...], list[Edge]]] = {}
    for names, edges in sorted(found.items()):
        place = (frozenset(site for edge in edges for site in edge.sites), frozenset(_names(edges[0], "but")))
        before, same = places.get(place, ((), []))
        places[place] = (tuple(dict.fromkeys((*before, *names))), [*same, *edges])
    return dict(places.values())


def _leaves_out_its_label(graph: Graph, training: Edge) -> bool:
    """Whether the features are what is left of a table without the label: a file of features alone is made for it.

    A label that code makes of nothing, such as which of two tables a row is from, is none of a table.
    """
    labels = [edge for edge in graph.into(training.target, "LABELS") if set(edge.sites) & set(training.sites)]
    names = {name for edge in labels for name in _names(edge, "columns") if not _is_made_up(graph, edge.source, name)}
    return bool(names & set(_names(training, "but")))


def _is_made_up(graph: Graph, frame: str, label: str) -> bool:
    versions = [
        column for node in origins(graph, [frame], DATA) for column in graph[node].columns if column.name == label
    ]
    return bool(versions) and all(column.source == "derived" and not column.derived_from for column in versions)


def _names(edge: Edge, attribute: str) -> tuple[str, ...]:
    found = edge.attributes.get(attribute)
    return tuple(map(str, found)) if isinstance(found, (tuple, list)) else ()


def _foreign(graph: Graph, dataset: str, seen: frozenset[str]) -> Iterator[str]:
    """The tables that nothing here writes whose columns all go into a table; none where code says what it has."""
    if dataset in seen or dataset not in graph.nodes:
        return
    node, writes = graph[dataset], graph.into(dataset, "WRITES")
    if not writes and not graph.into(dataset, "DERIVES"):
        if _has_open_names(node) and any(sites_at_work(graph, read) for read in graph.out(dataset, "READS")):
            yield dataset
        return
    for write in writes if all(_names(write, "rest") for write in writes) else ():
        for above in _names(write, "rest"):
            yield from _foreign(graph, above, seen | {dataset})


def _comes_by_working_code(graph: Graph, dataset: str, training: Edge) -> bool:
    """Whether no test or example hands a table over to the code that trains."""
    return training.source in reachable(graph, [dataset], DATA, allowed=lambda edge: not _is_only_tried(graph, edge))


def _is_only_tried(graph: Graph, edge: Edge) -> bool:
    return bool(edge.sites) and all(is_aside(graph.unit_of(site)) for site in edge.sites)


def way_to_features(graph: Graph, found: Wildcard) -> Path:
    """How the first of the tables becomes what the first of the trainings takes."""
    training = found.trainings[0]
    return (*(path_between(graph, [found.datasets[0].id], [training.source], DATA) or ()), training)


def _has_open_names(dataset: Node) -> bool:
    """Whether a table brings the names of its columns, and no contract says which ones, nor code that can't be read."""
    named = dataset.attributes.get("store") == "table" or dataset.attributes.get("format") in NAMED
    return (
        not dataset.attributes.get("unread")
        and is_named(dataset)
        and holds_records(dataset)
        and named
        and not any(column.source == "contract" for column in dataset.columns)
    )


def _is_checked(graph: Graph, frame: str) -> bool:
    """Whether what a model learns from was checked somewhere on its way."""
    return any(graph.out(node, "CHECKS") for node in origins(graph, [frame], DATA))
