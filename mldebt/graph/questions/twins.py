"""Features of one model that carry the same signal: computed alike, or one a multiple or a shift of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.sites import Site
from mldebt.terms import Term
from mldebt.terms import column as named
from mldebt.terms.affine import core

ASIDE = ("transformer", "clusterer")


class Feature(Struct, frozen=True):
    """A feature, how it is computed, and where; no place for one that is stored as it is."""

    name: str
    term: Term
    site: Site | None


class Twins(Struct, frozen=True):
    """Features that say the same, the simplest first, and where models learn from all of them."""

    features: tuple[Feature, ...]
    trainings: tuple[Edge, ...]

    @property
    def equal(self) -> bool:
        return len({feature.term for feature in self.features}) == 1


def twin_features(graph: Graph) -> Iterator[Twins]:
    """Each set of features that say the same, once for all models that learn from them."""
    stored, made = StoredFeatures(graph), graph.once(_places)
    found: dict[tuple[str, ...], tuple[tuple[Feature, ...], list[Edge]]] = {}
    for edge in graph.edges_of_kind("TRAINS_ON"):
        if not sites_at_work(graph, edge) or graph[edge.target].attributes.get("task") in ASIDE:
            continue
        for features in _twins(list(_features(edge, stored, made))):
            names = tuple(feature.name for feature in features)
            found.setdefault(names, (features, []))[1].append(edge)
    for _, (features, trainings) in sorted(found.items()):
        yield Twins(features, tuple(trainings))


Places = dict[tuple[str, Term], Site]


def _places(graph: Graph) -> Places:
    """Where columns are computed, by their name and how."""
    places: Places = {}
    for frame in graph.of_kind("frame"):
        for column in frame.columns:
            if column.source == "derived" and column.expression is not None and column.sites:
                key = (column.name, column.expression)
                places[key] = min(places.get(key, column.sites[0]), *column.sites)
    return places


def _features(edge: Edge, stored: StoredFeatures, made: Places) -> Iterator[Feature]:
    """The features of a training that still have the name under which they were stored or computed.

    One that got another name may come from another row: a table that is joined twice, by different keys.
    """
    names, terms = edge.attributes.get("columns"), edge.attributes.get("expressions")
    if not isinstance(names, (tuple, list)) or not isinstance(terms, (tuple, list)):
        return
    for name, term in zip(map(str, names), terms, strict=False):
        whole = stored.traced(term, edge.source) if term is not None else None
        if term is None or whole is None or not whole.columns:
            continue
        site = made.get((name, term)) or made.get((name, whole))
        if site is not None or whole == named(name):
            yield Feature(name, whole, site)


def _twins(features: Sequence[Feature]) -> Iterator[tuple[Feature, ...]]:
    by_core: dict[Term, list[Feature]] = {}
    for feature in features:
        by_core.setdefault(core(feature.term), []).append(feature)
    for alike in by_core.values():
        if len({feature.name for feature in alike}) > 1:
            yield tuple(sorted(alike, key=lambda feature: (feature.term.size, feature.name)))
