"""Models by their names: which ones are the same model, trained here and loaded there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.lineage import Path, path_between
from mldebt.sites import Site

TRAINING = ("TRAINS_ON", "LABELS")
_STORING = ("PERSISTS", "LOADS", "DERIVES")


class Models:
    """All models of a graph. Two that share a stored artifact are the same model."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._names: dict[str, frozenset[str]] = {}
        self._trained_as: dict[str, dict[str, str]] = {}
        self._artifacts: dict[str, str] = {}
        self._sites: dict[str, frozenset[Site]] = {}

    @cached_property
    def trained(self) -> tuple[str, ...]:
        return tuple(sorted({edge.target for edge in self._graph.edges_of_kind("TRAINS_ON")}))

    def names(self, model: str) -> frozenset[str]:
        """The model, its parts, and the artifacts that it is loaded from or saved as."""
        if model not in self._names:
            self._names[model] = _names(self._graph, model)
        return self._names[model]

    def trained_as(self, model: str) -> dict[str, str]:
        """Where the model is trained: trained model → the name that both share.

        Only if no artifact has exactly the same name, those count whose names have unknown parts and could be the same.
        """
        if model not in self._trained_as:
            exact = self._sharing(self.names(model))
            self._trained_as[model] = exact or self._sharing(self._other_names(model))
        return self._trained_as[model]

    def artifact(self, model: str) -> str:
        """The artifact that the model is stored as, where there is one: the name that a team uses for it, no copy."""
        if model not in self._artifacts:
            self._artifacts[model] = self._artifact(model)
        return self._artifacts[model]

    def is_stored(self, model: str) -> bool:
        return self.artifact(model) != model

    def _artifact(self, model: str) -> str:
        own = {edge.target for edge in self._graph.out(model, "PERSISTS")}
        own |= {edge.source for edge in self._graph.into(model, "LOADS")}
        names = [name for name in self.names(model) if name.startswith("artifact:")]
        return min(names, key=lambda name: (name not in own, name), default=model)

    def training_sites(self, model: str) -> frozenset[Site]:
        if model not in self._sites:
            edges = self._graph.into(model, *TRAINING)
            self._sites[model] = frozenset(site for edge in edges for site in edge.sites)
        return self._sites[model]

    def way_of(self, trained: str, served: str) -> Path:
        """The edges by which a trained model becomes the one that predicts: saved, loaded; none for one model."""
        if trained == served:
            return ()
        return path_between(self._graph, [trained], {served}, _STORING, allowed=_keeps_model) or ()

    def _sharing(self, names: frozenset[str]) -> dict[str, str]:
        found = {model: min(shared) for name in names for model in self._by_name.get(name, ())
                 if (shared := self.names(model) & names)}  # fmt: skip
        return dict(sorted(found.items()))

    def _other_names(self, model: str) -> frozenset[str]:
        edges = (edge for name in self.names(model) for edge in (*self._graph.into(name), *self._graph.out(name)))
        return frozenset(end for edge in edges if is_alias(edge) for end in (edge.source, edge.target))

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for model in self.trained:
            for name in self.names(model):
                by_name.setdefault(name, []).append(model)
        return by_name


def predicting_models(graph: Graph, prediction: str) -> list[str]:
    return sorted({edge.source for edge in graph.into(prediction, "PREDICTS")})


def is_alias(edge: Edge) -> bool:
    """Joins two names of stored things that may mean the same one."""
    return edge.kind == "DERIVES" and edge.attributes.get("operation") == "same name"


def written_name(graph: Graph, stored: str) -> str:
    """The name under which a stored thing is written, where it is read by another that may mean the same."""
    names = [edge.source for edge in graph.into(stored) if is_alias(edge)]
    return stored if graph.into(stored, "WRITES", "PERSISTS") else min(names, default=stored)


def _names(graph: Graph, model: str) -> frozenset[str]:
    loaded = (edge.source for edge in graph.into(model, "LOADS"))
    saved = [edge.target for edge in graph.out(model, "PERSISTS")]
    return frozenset((model, *loaded, *saved, *_copies(graph, saved), *_parts_and_wholes(graph, model)))


def _copies(graph: Graph, saved: Iterable[str]) -> frozenset[str]:
    """Where what was saved is copied to, as a registry takes over a model of a run."""
    waiting, found = list(saved), set[str]()
    while waiting:
        for edge in graph.out(waiting.pop(), "DERIVES"):
            if edge.attributes.get("operation") == "copy" and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return frozenset(found)


def _parts_and_wholes(graph: Graph, model: str) -> list[str]:
    """What a pipeline or search holds, or is held by: one model by any other name."""
    parts = [edge.source for edge in graph.into(model, "DERIVES") if edge.attributes.get("operation") == "step"]
    wholes = [edge.target for edge in graph.out(model, "DERIVES") if edge.attributes.get("operation") == "step"]
    return [node for node in (*parts, *wholes) if graph[node].attributes.get("task") != "transformer"]


def _keeps_model(edge: Edge) -> bool:
    return edge.kind != "DERIVES" or is_alias(edge) or edge.attributes.get("operation") in ("step", "copy")
