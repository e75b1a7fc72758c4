"""How a stored prediction of one model gets into another: into its training, or into what it is asked with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.cascades import shared_label
from mldebt.graph.questions.datasets import is_persistent
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.lineage import VALUES, ColumnFlow, ColumnRef, Path, evidence_of, path_between
from mldebt.graph.questions.loops import (
    StoredCopies,
    carrying,
    is_guesswork,
    stored_inputs,
    training_data,
    way_back,
    way_of_return,
)
from mldebt.graph.questions.models import TRAINING, Models, predicting_models
from mldebt.sites import Site


class Hop(Struct, frozen=True):
    """A stored prediction goes on into `target`: a trained model, or another prediction that is made of it.

    `kind`: label, feature, unknown (in columns that can't be told apart), input (of what is predicted next). `columns`
    of the data set are made of the prediction; `by_name` where that is only known by its name. `path` goes from the
    model that predicts to the target.
    """

    prediction: str
    target: str
    kind: str
    dataset: str
    columns: tuple[str, ...]
    path: Path
    by_name: bool = False

    @property
    def read(self) -> Edge:
        return next(edge for edge in self.path if edge.source == self.dataset)

    @property
    def write(self) -> Edge:
        """The edge by which the prediction first leaves its program."""
        return next(edge for edge in self.path if edge.kind == "WRITES")


ALIKE = 8
"""In how many ways the same two lines are looked at."""


class Hops:
    """The hops of every prediction, found when they are asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._models = graph.once(Models)
        self._flow = graph.once(ColumnFlow)
        self._copies = graph.once(StoredCopies)
        self._known: dict[str, tuple[Hop, ...]] = {}
        self._made = "", frozenset[ColumnRef]()
        self._forth: dict[tuple[str, str], Path | None] = {}
        self._lines: dict[str, frozenset[Site]] = {}
        self._asked_before: dict[tuple[frozenset[Site], frozenset[Site]], int] = {}

    def of(self, prediction: str) -> tuple[Hop, ...]:
        if prediction not in self._known:
            self._known[prediction] = tuple(self._found(prediction))
        return self._known[prediction]

    def _found(self, prediction: str) -> Iterator[Hop]:
        stored = self._copies.of(prediction)
        served = predicting_models(self._graph, prediction) if stored else []
        for model in served[:1]:
            for target, datasets in (*self._trained_on(stored), *self._asked_with(prediction, stored)):
                if not self._is_told(prediction, target) and not self._is_one(model, target):
                    hops = (self._hop(prediction, model, dataset, target) for dataset in datasets)
                    yield from [hop for hop in hops if hop is not None][:1]

    def _is_told(self, prediction: str, target: str) -> bool:
        """Whether enough was said of what these lines make of each other: a function may run in hundreds of ways."""
        key = self._sites(prediction), self._sites(target)
        self._asked_before[key] = known = self._asked_before.get(key, 0) + 1
        return known > ALIKE

    def _sites(self, node: str) -> frozenset[Site]:
        """The lines where a model is trained or asked."""
        if node not in self._lines:
            edges = self._graph.into(node, *TRAINING, "PREDICTS")
            self._lines[node] = frozenset(site for edge in edges for site in edge.sites)
        return self._lines[node]

    def _trained_on(self, stored: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """What is trained on some of the data sets, and these, sorted."""
        learning: dict[str, list[str]] = {}
        for dataset in sorted(stored):
            for target in self._learning.get(dataset, ()):
                learning.setdefault(target, []).append(dataset)
        yield from sorted(learning.items())

    def _asked_with(self, prediction: str, stored: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        """The predictions that are asked with columns made of this one, and the data sets between, sorted.

        Looked for from the columns: a table with users is behind every prediction that there is.
        """
        targets = {target for ref in self._made_of(prediction) for target in self._users.get(ref, ())}
        for target in sorted(targets):
            if between := sorted(self._asked[target] & stored):
                yield target, between

    def _hop(self, prediction: str, model: str, dataset: str, target: str) -> Hop | None:
        graph = self._graph
        made = {ref for ref in self._made_of(prediction) if ref[0] == dataset}
        if target in self._training:
            kind, by_name = way_of_return(graph, target, dataset, made)
            back = None if kind in ("selection", "") else way_back(graph, dataset, target, kind)
        else:
            kind, by_name = "input", False
            back = path_between(graph, [dataset], {target}, VALUES) if self._is_asked_with(target, made) else None
        forth = self._way_to(prediction, dataset) if back is not None else None
        if forth is None or back is None:
            return None
        first = next(edge for edge in graph.out(model, "PREDICTS") if edge.target == prediction)
        path = (first, *forth, *back)
        columns = tuple(sorted(name for _, name in made))
        known = self._counts(path) and not is_guesswork(self._graph, kind, path)
        return Hop(prediction, target, kind, dataset, columns, path, by_name) if known else None

    def _made_of(self, prediction: str) -> frozenset[ColumnRef]:
        if self._made[0] != prediction:
            self._made = prediction, self._flow.after(self._flow.of_node(prediction))
        return self._made[1]

    def _way_to(self, prediction: str, dataset: str) -> Path | None:
        key, graph = (prediction, dataset), self._graph
        if key not in self._forth:
            allowed = carrying(graph, prediction)
            self._forth[key] = path_between(graph, [prediction], {dataset}, VALUES, allowed=allowed)
        return self._forth[key]

    def _is_asked_with(self, prediction: str, made: set[tuple[str, str]]) -> bool:
        return bool(self._flow.after(made) & self._flow.used_at(["feature"], self._sites(prediction)))

    def _counts(self, path: Path) -> bool:
        """Known well enough, and not only what a test or an example does."""
        aside = any(edge.sites and all(is_aside(self._graph.unit_of(site)) for site in edge.sites) for edge in path)
        return not aside and evidence_of(path) != "guessed"

    def _is_one(self, model: str, target: str) -> bool:
        """Whether both are one model: by what is stored, as parts of a family that one line trains, or as members of an
        ensemble, which one job trains on one label."""
        models = self._models
        if target not in self._training:
            return any(self._are_one(model, other) for other in predicting_models(self._graph, target))
        same = list(models.trained_as(model))
        sites = models.training_sites(target)
        files = {site.file for site in sites}
        together = [one for one in same if files & {site.file for site in models.training_sites(one)}]
        return (
            target in same
            or any(sites & models.training_sites(one) for one in same)
            or bool(together and shared_label(self._graph, models, self._flow, together, target)[0])
        )

    def _are_one(self, model: str, other: str) -> bool:
        models = self._models
        return bool(
            models.names(model) & models.names(other)
            or models.trained_as(model).keys() & models.trained_as(other).keys()
        )

    @cached_property
    def _learning(self) -> dict[str, list[str]]:
        """For each data set the models that are trained on it."""
        found: dict[str, list[str]] = {}
        for model, datasets in self._training.items():
            for dataset in datasets:
                found.setdefault(dataset, []).append(model)
        return found

    @cached_property
    def _users(self) -> dict[ColumnRef, list[str]]:
        """For each column the predictions that are asked with it."""
        found: dict[ColumnRef, list[str]] = {}
        for prediction in self._asked:
            for ref in self._flow.used_at(["feature"], self._sites(prediction)):
                found.setdefault(ref, []).append(prediction)
        return found

    @cached_property
    def _training(self) -> dict[str, frozenset[str]]:
        return {model: training_data(self._graph, model) for model in self._models.trained}

    @cached_property
    def _asked(self) -> dict[str, frozenset[str]]:
        """The stored data that each prediction is made of."""
        found = {node.id: stored_inputs(self._graph, [node.id]) for node in self._graph.of_kind("prediction")}
        return {node: frozenset(d for d in known if is_persistent(self._graph[d])) for node, known in found.items()}
