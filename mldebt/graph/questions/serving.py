"""What a stored model is given where it is used, beside what it was trained on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.inputs import terms_of
from mldebt.graph.questions.jobs import is_aside, is_put_away, sites_at_work

BY_NAME = frozenset({"sklearn", "xgboost", "catboost", "imblearn"})
"""Libraries that compare the names of a table's columns at prediction and raise where they differ."""


class Columns(Struct, frozen=True):
    """What a model was given: names in order; whether the names go with the values; what of it the model takes."""

    names: tuple[str, ...]
    named: bool
    taken: tuple[str, ...] | None = None


class SchemaMismatch(Struct, frozen=True):
    """A model is given other columns than it learned. `loud` where the library raises instead of answering wrongly."""

    model: Node
    artifact: Node
    trained: Columns
    served: Columns
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    loud: bool
    path: tuple[Edge, ...]

    @property
    def reordered(self) -> bool:
        return not self.missing and not self.extra


def serving_mismatches(graph: Graph) -> Iterator[SchemaMismatch]:
    """Every use, of a model or transformer loaded in another unit, that no training of its artifact agrees with."""
    told: set[tuple[object, ...]] = set()
    for use in uses(graph):
        found = _mismatched(graph, use)
        key = found and (found.missing, found.extra, frozenset(site.file for site in use.sites))
        if found is not None and key and (use.kind == "PREDICTS" or key not in told):
            told.add(key)
            yield found


def uses(graph: Graph) -> Iterator[Edge]:
    """Every prediction, and after these every use of a transformer that was stored by itself."""
    yield from graph.edges_of_kind("PREDICTS")
    for edge in graph.edges_of_kind("DERIVES"):
        if edge.attributes.get("operation") == "transform" and "named" in edge.attributes:
            yield edge


def _mismatched(graph: Graph, use: Edge) -> SchemaMismatch | None:
    served = given(use)
    if served is None or not sites_at_work(graph, use):
        return None
    ways = [path for path in trainings(graph, use) if not _takes_what_it_knows(graph[path[0].target])]
    if any(given(path[0]) is None or _same_unit(path[0], use) for path in ways):
        return None
    if any(mismatch(graph, path, made) is None for path in ways for made in _made_for(graph, use)):
        return None  # what lies in the repository is of another day
    found = [mismatch(graph, path, served) for path in ways]
    return found[0] if found and all(found) else None


def _made_for(graph: Graph, use: Edge) -> Iterator[Columns]:
    """The columns of what code writes into the data sets that a model is asked of."""
    asked = (edge.source for edge in graph.into(use.target, "DERIVES") if edge.attributes.get("operation") == "predict")
    for reading in (edge for frame in asked for edge in graph.into(frame, "READS")):
        for writing in graph.into(reading.source, "WRITES"):
            if (made := given(writing)) is not None:
                yield made


TOLERANT = frozenset({"DictVectorizer", "FeatureHasher"})
"""Transformers that leave out names which they don't know, and take 0 for those that are not there."""


def _takes_what_it_knows(model: Node) -> bool:
    return str(model.attributes.get("class", "")).rpartition(".")[2] in TOLERANT


def stored_as(graph: Graph, model: Node) -> Node:
    """What a model was loaded from; the model itself where that has no name."""
    return next((graph[edge.source] for edge in graph.into(model.id, "LOADS")), model)


def given(edge: Edge) -> Columns | None:
    """The columns that go into a model over an edge, None where they are not all known."""
    names, taken = edge.attributes.get("columns"), edge.attributes.get("selects")
    if not isinstance(names, (tuple, list)) or not names:
        return None
    kept = tuple(str(name) for name in taken) if isinstance(taken, (tuple, list)) else None
    return Columns(tuple(str(name) for name in names), bool(edge.attributes.get("named", True)), kept)


def mismatch(graph: Graph, path: tuple[Edge, ...], served: Columns) -> SchemaMismatch | None:
    """How the columns at the end of the path differ from those at its beginning, None where they fit."""
    training, saving = path[0], path[1]
    trained = given(training)
    assert trained is not None
    model = graph[training.target]
    wanted = trained.taken or trained.names
    missing = tuple(name for name in wanted if name not in served.names)
    extra = () if trained.taken else tuple(name for name in served.names if name not in wanted)
    swapped = trained.taken is None and trained.names != served.names and _order_matters(model, trained, served)
    if not missing and not extra and not swapped:
        return None
    loud = _is_loud(model, trained, served)
    return SchemaMismatch(model, graph[saving.target], trained, served, missing, extra, loud, path)


def trainings(graph: Graph, use: Edge) -> Iterator[tuple[Edge, ...]]:
    """Every way training → model → artifact → loaded model → prediction that ends in the use; of a transformer, every
    way from its fit to what it makes.

    An artifact may be loaded under another name than it was stored under, as versions of a registry are.
    """
    learns = "TRAINS_ON" if use.kind == "PREDICTS" else "FITS"
    for loading in graph.into(use.source, "LOADS"):
        for alias in ((), *((edge,) for edge in aliases(graph, loading.source))):
            stored = alias[0].source if alias else loading.source
            for saving in graph.into(stored, "PERSISTS"):
                for training in graph.into(saving.source, learns):
                    if not all(is_aside(graph.unit_of(site)) for site in training.sites):
                        yield training, saving, *alias, loading, use


def trainings_in_use(graph: Graph, use: Edge) -> list[tuple[Edge, ...]]:
    """Those by code at work; a notebook or a draft is what counts where nothing else makes the model that is asked."""
    found = list(trainings(graph, use))
    at_work = [path for path in found if sites_at_work(graph, path[0])]
    return at_work or [path for path in found if not any(is_put_away(graph.unit_of(site)) for site in path[0].sites)]


def aliases(graph: Graph, artifact: str) -> list[Edge]:
    """The other names under which a model may have been put into the registry that it is loaded from."""
    return [
        edge
        for edge in graph.into(artifact, "DERIVES")
        if edge.source.startswith("artifact:") and graph[edge.source].attributes.get("store") not in PLACES
    ]


PLACES = ("file", "object", "unknown", None)
"""Where a name is a place, and another name is another place."""


def _same_unit(training: Edge, use: Edge) -> bool:
    return bool({site.file for site in training.sites} & {site.file for site in use.sites})


def _order_matters(model: Node, trained: Columns, served: Columns) -> bool:
    """A composite may choose its columns by name, where there are names."""
    return not model.attributes.get("composite") or not (trained.named and served.named)


def _is_loud(model: Node, trained: Columns, served: Columns) -> bool:
    library = str(model.attributes.get("class", "")).partition(".")[0]
    by_name = trained.named and served.named and library in BY_NAME
    return by_name or trained.taken is not None or len(trained.names) != len(served.names)


def only_training(graph: Graph, use: Edge) -> list[tuple[Edge, ...]]:
    """Where it isn't known which model is loaded, it is the only one that there is, if it takes as many inputs."""
    if use.kind != "PREDICTS" or not _is_from_elsewhere(graph, use.source):
        return []
    found = [edge for edge in graph.edges_of_kind("TRAINS_ON") if sites_at_work(graph, edge)]
    fits = len({edge.target for edge in found}) == 1 and len(terms_of(found[0])) == len(terms_of(use))
    return [(found[0], replace(use, evidence="inferred"))] if fits else []


def _is_from_elsewhere(graph: Graph, model: str) -> bool:
    """A stored model, or one that is handed over by whoever asks."""
    return bool(graph[model].attributes.get("loaded")) or not any(graph.into(model))
