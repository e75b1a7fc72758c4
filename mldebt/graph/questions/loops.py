"""Models that learn from what they predicted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from mldebt.graph.model import EVIDENCE, Edge, Graph
from mldebt.graph.questions.datasets import is_persistent
from mldebt.graph.questions.lineage import (
    VALUES,
    ColumnFlow,
    ColumnRef,
    Path,
    Ways,
    evidence_of,
    origins,
    path_between,
    reachable,
)
from mldebt.graph.questions.models import TRAINING, Models, is_alias, predicting_models
from mldebt.sites import Site

KINDS = ("label", "feature", "unknown", "selection")
"""How a prediction gets back, worst first: as the label, as a feature, in columns that are not known, or only by
deciding which rows there are."""
_CHOOSING = frozenset({"part", "filter", "query", "where", "loc", "head"})
_RANKING = frozenset({"nlargest", "nsmallest"})


class Loop(Struct, frozen=True):
    """A stored data set that brings a model's predictions back into its own training.

    `path` goes from the model that predicts to the model that is trained; `read` is the edge out of the data set on it.
    `columns` of the data set are made of the prediction; `identity` is what makes the two models one: an artifact or
    the model itself; `closing` leads from the trained model to the one that predicts, by what is saved and loaded.
    `by_name` where the column that comes back is only known by its name.
    """

    identity: str
    served: str
    prediction: str
    dataset: str
    trained: str
    kind: str
    columns: tuple[str, ...]
    path: Path
    closing: Path
    by_name: bool = False

    @property
    def read(self) -> Edge:
        return next(edge for edge in self.path if edge.source == self.dataset)


def feedback_loops(graph: Graph) -> list[Loop]:
    """One loop for each training of a model and data set: the worst kind, then the shortest path.

    Models that one line trains, for city after city, are one model in parts.
    """
    models = graph.once(Models)
    found: dict[tuple[frozenset[Site], str], Loop] = {}
    for loop in sorted(_loops(graph, models, graph.once(ColumnFlow)), key=_badness):
        found.setdefault((models.training_sites(loop.trained), loop.dataset), loop)
    named: dict[tuple[str, str], Loop] = {}
    for loop in found.values():
        named.setdefault((loop.identity, loop.dataset), loop)
    return [named[key] for key in sorted(named)]


def columns_learned(
    flow: ColumnFlow, sites: frozenset[Site], refs: Iterable[ColumnRef], kind: str
) -> frozenset[ColumnRef]:
    """Those of the columns, or of what is made of them, that a model is trained on as `feature` or `label`."""
    return flow.after(refs) & flow.used_at([kind], sites)


def _badness(loop: Loop) -> tuple[int, int, int, str, str]:
    doubt = EVIDENCE.index(evidence_of((*loop.path, *loop.closing)))
    return KINDS.index(loop.kind), doubt, len(loop.path), loop.identity, loop.prediction


def _loops(graph: Graph, models: Models, flow: ColumnFlow) -> Iterator[Loop]:
    training = {model: training_data(graph, model) for model in models.trained}
    copies = graph.once(StoredCopies)
    for prediction in graph.of_kind("prediction"):
        stored = copies.of(prediction.id)
        for served in predicting_models(graph, prediction.id) if stored else ():
            for trained, identity in models.trained_as(served).items():
                for dataset in sorted(stored & training[trained]):
                    yield from _loop(graph, models, flow, identity, served, prediction.id, dataset, trained)


def _loop(
    graph: Graph,
    models: Models,
    flow: ColumnFlow,
    identity: str,
    served: str,
    prediction: str,
    dataset: str,
    trained: str,
) -> Iterator[Loop]:
    made = {ref for ref in flow.after(flow.of_node(prediction)) if ref[0] == dataset}
    forth = path_between(graph, [prediction], {dataset}, VALUES, allowed=carrying(graph, prediction))
    kind, by_name = way_of_return(graph, trained, dataset, made)
    if not kind:
        return
    if forth is None:
        forth, kind = _choice(graph, prediction, dataset), "selection"
    if forth is None or (kind == "selection" and _has_rows_of_its_own(graph, prediction, dataset)):
        return
    back = way_back(graph, dataset, trained, kind)
    if back is not None:
        first = next(edge for edge in graph.out(served, "PREDICTS") if edge.target == prediction)
        columns = tuple(sorted(name for _, name in made))
        path = (first, *forth, *back)
        way = models.way_of(trained, served)
        if not is_guesswork(graph, kind, path):
            yield Loop(identity, served, prediction, dataset, trained, kind, columns, path, way, by_name)


def is_guesswork(graph: Graph, kind: str, path: Path) -> bool:
    """Whether neither the columns that come back are known, nor that what is written is what is read.

    Where it goes through several stores, one of them may well ask for something else. A program that writes a column
    more into the file that it has read hasn't learned from it yet.
    """
    if kind != "unknown":
        return False
    stores = {edge.target for edge in path if is_persistent(graph[edge.target])}
    return len(stores) > 1 or any(map(is_alias, path)) or _is_one_program(path)


def _is_one_program(path: Path) -> bool:
    """Whether the file of code that writes is the one that reads it back."""
    written, read = (
        {site.file for edge in path if edge.kind == kind for site in edge.sites} for kind in ("WRITES", "READS")
    )
    return written == read and len(written) == 1


def way_of_return(graph: Graph, trained: str, dataset: str, made: set[ColumnRef]) -> tuple[str, bool]:
    """As what the columns of a data set are learned by a model, and whether that is only known by their names; "" where
    nothing says that they are."""
    models, flow = graph.once(Models), graph.once(ColumnFlow)
    kind = _kind(flow, models.training_sites(trained), dataset, made)
    by_name = _kind_by_name(graph, trained, {name for _, name in made}) if kind == "unknown" else ""
    if kind == "unknown" and not by_name and not made and _is_asked_by_name(graph, dataset):
        return "", False
    return by_name or kind, bool(by_name)


def _is_asked_by_name(graph: Graph, dataset: str) -> bool:
    """Whether readers take single fields of a document, of which it isn't known whether a model wrote one."""
    columns = graph[dataset].columns
    return graph[dataset].attributes.get("format") == "json" and any(column.source == "mention" for column in columns)


def _kind(flow: ColumnFlow, sites: frozenset[Site], dataset: str, made: set[ColumnRef]) -> str:
    for kind in ("label", "feature"):
        if columns_learned(flow, sites, made, kind):
            return kind
    others = flow.of_node(dataset) - made
    known = any(columns_learned(flow, sites, others, kind) for kind in ("feature", "label"))
    return "selection" if made and known else "unknown"


def _kind_by_name(graph: Graph, trained: str, made: set[str]) -> str:
    """Where columns can't be followed all the way: one of the same name is learned at the end of it."""
    for kind, edge_kind in (("label", "LABELS"), ("feature", "TRAINS_ON")):
        learned = (edge.attributes.get("columns") for edge in graph.into(trained, edge_kind))
        if any(made & set(names) for names in learned if isinstance(names, (tuple, list))):
            return kind
    return ""


def way_back(graph: Graph, dataset: str, trained: str, kind: str) -> Path | None:
    last, ways = "LABELS" if kind == "label" else "TRAINS_ON", graph.once(Ways)
    direct = ways.between(dataset, trained, (*VALUES, last))
    return direct or ways.between(dataset, trained, (*VALUES, *TRAINING))


class StoredCopies:
    """For each prediction the data sets that hold it, or what was made of it without the help of another prediction."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._found: dict[str, frozenset[str]] = {}

    def of(self, prediction: str) -> frozenset[str]:
        if prediction not in self._found:
            found = reachable(self._graph, [prediction], VALUES, allowed=outside_predictions)
            self._found[prediction] = frozenset(node for node in found if is_persistent(self._graph[node]))
        return self._found[prediction]


def _choice(graph: Graph, prediction: str, dataset: str) -> Path | None:
    """The way by which a prediction, which isn't written itself, decides which rows are."""
    path = path_between(graph, [prediction], {dataset}, VALUES, allowed=outside_predictions) or ()
    operations = {edge.attributes.get("operation") for edge in path}
    decides = operations & _CHOOSING and graph.out(prediction, "DECIDES")
    return path if decides or operations & _RANKING else None


def carrying(graph: Graph, prediction: str) -> Callable[[Edge], bool]:
    """Which edges bring the values of a prediction on, and no other prediction.

    Where what is written is known column by column, one that is not among them isn't written.
    """
    flow = graph.once(ColumnFlow)
    owners = {owner for owner, _ in flow.after(flow.of_node(prediction))}

    def carries(edge: Edge) -> bool:
        return outside_predictions(edge) and (edge.target in owners or not _is_known_write(graph, edge))

    return carries


def _is_known_write(graph: Graph, edge: Edge) -> bool:
    """Whether it is known of all that is written what it is made of: of each column, or of one that a model predicts,
    beside which a version and a time may stand."""
    names = edge.attributes.get("columns") if edge.kind == "WRITES" else None
    if not isinstance(names, (tuple, list)) or edge.attributes.get("passes"):
        return False
    known = {column.name for column in graph[edge.target].columns if column.derived_from}
    return bool(names) and (known >= set(names) or _are_predicted(graph, edge.target, known & set(names)))


def _are_predicted(graph: Graph, dataset: str, names: Iterable[str]) -> bool:
    made_of = graph.once(ColumnFlow).before((dataset, name) for name in names)
    return any(owner.startswith("prediction:") for owner, _ in made_of)


def outside_predictions(edge: Edge) -> bool:
    return not edge.target.startswith("prediction:")


def training_data(graph: Graph, model: str) -> frozenset[str]:
    """Data sets that the training reads itself, not those that they were made from."""
    return stored_inputs(graph, {edge.source for edge in graph.into(model, *TRAINING)})


def stored_inputs(graph: Graph, nodes: Iterable[str]) -> frozenset[str]:
    """The nearest data sets that the nodes are made of."""
    found: set[str] = set()
    waiting = sorted(nodes)
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if graph[node].kind == "dataset":
            found.add(node)
            continue
        for edge in graph.into(node, *VALUES):
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)
    return frozenset(found)


def _has_rows_of_its_own(graph: Graph, prediction: str, dataset: str) -> bool:
    """Some rows are written without the model, so that it doesn't decide which rows there are."""
    predicted = set(reachable(graph, [prediction], VALUES, allowed=outside_predictions))
    same = [dataset, *(edge.source for edge in graph.into(dataset) if is_alias(edge))]
    writes = [edge for name in same for edge in graph.into(name, "WRITES") if edge.attributes.get("mode") != "merge"]
    with_model = {site for edge in writes if edge.source in predicted for site in edge.sites}
    return any(site not in with_model for edge in writes for site in edge.sites)


def is_held_in_check(graph: Graph, loop: Loop) -> bool:
    """Deliberate self-training: its share is capped, and the model is tested on data that it didn't label."""
    return loop.kind == "label" and _is_capped(graph, loop) and _has_anchor(graph, loop)


def _is_capped(graph: Graph, loop: Loop) -> bool:
    operations = {str(edge.attributes.get("operation")) for edge in loop.path}
    return bool(operations & {"sample", "head", "nlargest", "nsmallest"})


def _has_anchor(graph: Graph, loop: Loop) -> bool:
    predictions = [edge.target for edge in graph.out(loop.trained, "PREDICTS")]
    tested = {edge.source for node in (loop.trained, *predictions) for edge in graph.into(node, "EVALUATES_ON")}
    return any(
        graph[node].kind == "frame" and (known := origins(graph, [node], VALUES)) and loop.dataset not in known
        for node in tested
    )
