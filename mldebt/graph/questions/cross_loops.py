"""Models that learn from each other: the predictions of each feed the next, and the last feeds the first."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Graph
from mldebt.graph.questions.hops import Hop, Hops
from mldebt.graph.questions.lineage import Path
from mldebt.graph.questions.models import Models, predicting_models


class CrossLoop(Struct, frozen=True):
    """A shortest way round through two or more models; `others` are tied to them by longer ways.

    `models` has the name of the model that each hop starts from, `path` goes round once.
    """

    hops: tuple[Hop, ...]
    models: tuple[str, ...]
    path: Path
    others: tuple[str, ...] = ()


def cross_model_loops(graph: Graph) -> list[CrossLoop]:
    """One for each set of models that are tied to each other."""
    return graph.once(_found)


def _found(graph: Graph) -> list[CrossLoop]:
    search = _Search(graph)
    loops = [loop for model in search.models.trained if (loop := search.shortest(model)) is not None]
    told: set[str] = set()
    found: list[CrossLoop] = []
    for loop in sorted(loops, key=lambda loop: (len(loop.hops), len(loop.path), loop.models)):
        tied = search.tied_to(loop.models[0])
        if not tied & told:
            found.append(CrossLoop(loop.hops, loop.models, loop.path, tuple(sorted(tied - set(loop.models)))))
        told |= tied
    return found


class _Search:
    """The predictions of a graph, joined where one goes on into the model that makes the next."""

    def __init__(self, graph: Graph) -> None:
        self.models = graph.once(Models)
        self._graph = graph
        self._hops = graph.once(Hops)

    def shortest(self, model: str) -> CrossLoop | None:
        """The shortest way from a trained model back to it."""
        came: dict[str, Hop | None] = dict.fromkeys(self._predictions.get(model, ()))
        waiting = deque(came)
        while waiting:
            for hop in self._hops.of(waiting.popleft()):
                if hop.target == model:
                    return self._round(_from_training(_walked(came, hop)))
                for following in self._following(hop):
                    if following not in came:
                        came[following] = hop
                        waiting.append(following)
        return None

    def tied_to(self, name: str) -> frozenset[str]:
        """The models that feed it and that it feeds, be it in several steps."""
        backwards: dict[str, set[str]] = {}
        for source, targets in self._feeds.items():
            for target in targets:
                backwards.setdefault(target, set()).add(source)
        return _reached(name, self._feeds) & _reached(name, backwards)

    def _round(self, hops: tuple[Hop, ...]) -> CrossLoop:
        following = (*hops[1:], hops[0])
        path = [edge for hop, then in zip(hops, following) for edge in (*hop.path, *self._closing(hop, then))]
        return CrossLoop(hops, tuple(self._name(hop.prediction) for hop in hops), tuple(path))

    def _closing(self, hop: Hop, then: Hop) -> Path:
        """The way from a model that is trained to the one that predicts next."""
        served = then.path[0].source
        return () if hop.target == then.prediction else self.models.way_of(hop.target, served)

    def _following(self, hop: Hop) -> tuple[str, ...]:
        return (hop.target,) if hop.kind == "input" else self._predictions.get(hop.target, ())

    def _name(self, prediction: str) -> str:
        """What the model that predicts is called where it is stored."""
        served = predicting_models(self._graph, prediction)[0]
        trained = self.models.trained_as(served)
        return min((self.models.artifact(model) for model in trained), default=self.models.artifact(served))

    @cached_property
    def _predictions(self) -> Mapping[str, tuple[str, ...]]:
        """What each trained model predicts, wherever it is loaded."""
        found: dict[str, list[str]] = {}
        for node in self._graph.of_kind("prediction"):
            for served in predicting_models(self._graph, node.id)[:1]:
                for trained in self.models.trained_as(served):
                    found.setdefault(trained, []).append(node.id)
        return {trained: tuple(predictions) for trained, predictions in found.items()}

    @cached_property
    def _feeds(self) -> Mapping[str, set[str]]:
        feeds: dict[str, set[str]] = {}
        for node in self._graph.of_kind("prediction"):
            for hop in self._hops.of(node.id):
                feeds.setdefault(self._name(node.id), set()).update(map(self._name, self._following(hop)))
        return feeds


def _walked(came: Mapping[str, Hop | None], last: Hop) -> tuple[Hop, ...]:
    hops = [last]
    while (before := came[hops[0].prediction]) is not None:
        hops.insert(0, before)
    return tuple(hops)


def _from_training(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """The same round, beginning with the hop into a training whose read comes first in the order of files."""
    learned = (at for at, hop in enumerate(hops) if hop.kind != "input")
    first = min(learned, key=lambda at: hops[at].read.sites)
    return (*hops[first:], *hops[:first])


def _reached(start: str, following: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = {start}, [start]
    while waiting:
        for name in following.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
