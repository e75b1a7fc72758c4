"""What a stored model is asked with: preprocessing that is fitted on the spot, taken from the batch, or left out."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, weakest
from mldebt.graph.questions.inputs import inputs_of, is_transformed
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.lineage import Path, origins, path_between, reachable
from mldebt.graph.questions.serving import trainings, trainings_in_use
from mldebt.sites import Site
from mldebt.terms import Term

WITHIN = ("DERIVES",)
FROM_STORAGE = ("DERIVES", "READS", "WRITES")
STATISTICS = frozenset({
    "mean", "median", "std", "var", "min", "max", "sum", "quantile", "percentile", "nunique", "mode", "skew", "kurt",
})  # fmt: skip
OF_ALL_ROWS = frozenset({"rank", "qcut", "codes", "factorize", "dense_rank"})
"""What gives each row a value that depends on all the others."""
ALIGNED = frozenset({"reindex", "align"})
CHOSEN = frozenset({"over", "rolling", "expanding", "ewm", "filter", "tail", "head", "span", "item", "resample"})
"""A statistic of these is one of a history or a group, not of whatever was asked together."""


class ServeTimeFit(Struct, frozen=True):
    """A transformer that is fitted on the very data that a stored model is then asked with."""

    transformer: Node
    model: Node
    fitting: Edge
    path: Path


class BatchStatistic(Struct, frozen=True):
    """A stored model is asked with values that depend on what else is asked at the same time.

    `columns` with their expressions, or `operations` that encode the values of the batch.
    """

    model: Node
    use: Edge
    columns: tuple[tuple[str, Term], ...]
    operations: tuple[Edge, ...]


class DetachedPreprocessing(Struct, frozen=True):
    """A transformer that a model learned behind, and that is missing where the model is asked."""

    transformer: Node
    artifact: Node
    stored: Node | None
    columns: tuple[str, ...]
    fitting: Edge
    path: Path


def serve_time_fits(graph: Graph) -> Iterator[ServeTimeFit]:
    seen: set[Site] = set()
    for fitting in graph.edges_of_kind("FITS"):
        places = sites_at_work(graph, fitting)
        if not places or min(places) in seen or not _learns(graph[fitting.target]):
            continue
        if _trains(graph, fitting.source) or _once_at_start(graph, fitting):
            continue
        for use in _asked_behind(graph, fitting):
            known = _learned_from(graph, use)
            if not known & set(_stored(graph, fitting.source)):
                path = path_between(graph, [fitting.target], [use.target], WITHIN) or ()
                guessed = weakest(edge.evidence for edge in (fitting, *path)) == "guessed"
                if guessed or _is_split_off(fitting, use, path):
                    continue
                seen.add(min(places))
                yield ServeTimeFit(graph[fitting.target], graph[use.source], fitting, (fitting, *path))
                break


def _is_split_off(fitting: Edge, use: Edge, path: Path) -> bool:
    """Whether another file asks about a part of what was fitted: whoever splits compares models and serves nobody."""
    elsewhere = not {site.file for site in use.sites} & {site.file for site in fitting.sites}
    return elsewhere and any(edge.attributes.get("operation") == "part" for edge in path)


def _learns(transformer: Node) -> bool:
    """Whether it is known to learn something here: of a class that is known, and not row by row."""
    told = transformer.attributes
    return not told.get("loaded") and not told.get("stateless") and told.get("class", "unknown") != "unknown"


def _once_at_start(graph: Graph, fitting: Edge) -> bool:
    """Whether a service fits on a file that it is started with: all that it is asked later is changed in one way."""
    serves = all("serve" in graph.unit_of(site).roles for site in fitting.sites)
    at_start = str(graph[fitting.source].attributes.get("scope", "")).endswith("::")
    stores = {graph[name].attributes.get("store") for name in _stored(graph, fitting.source)}
    return serves and at_start and stores == {"file"}


def _asked_behind(graph: Graph, fitting: Edge) -> Iterator[Edge]:
    """The predictions of stored models that are made from what was fitted, through the transformer."""
    behind = set(reachable(graph, [fitting.target], WITHIN))
    for use in graph.edges_of_kind("PREDICTS") if behind else ():
        of_it = use.target in behind and graph[use.source].attributes.get("loaded") and _is_for(graph, use, fitting)
        if of_it and not _is_ready_made(graph, use.source) and fitting.source in origins(graph, [use.target], WITHIN):
            yield use


def _is_ready_made(graph: Graph, model: str) -> bool:
    """Whether others have trained it: no preprocessing of this repository was in what it learned from."""
    return any(graph[edge.source].attributes.get("store") == "hub" for edge in graph.into(model, "LOADS"))


def _is_for(graph: Graph, use: Edge, fitting: Edge) -> bool:
    """Whether a fit is there for the sake of a prediction: in its file, or behind code that only answers or scores."""
    return bool({site.file for site in use.sites} & {site.file for site in fitting.sites}) or _serves(graph, use)


def _stored(graph: Graph, frame: str) -> list[str]:
    return [node for node in origins(graph, [frame], ("DERIVES", "READS")) if graph[node].kind == "dataset"]


def _learned_from(graph: Graph, use: Edge) -> set[str]:
    """The stored data that a model was trained on; where that is not known, none."""
    sources = [path[0].source for path in trainings(graph, use)]
    return {node for source in sources for node in _stored(graph, source)}


# -- statistics of a batch


def batch_statistics(graph: Graph) -> Iterator[BatchStatistic]:
    """One for each cause: what is asked several times with one batch is found once."""
    seen: set[object] = set()
    encoded: set[Site] = set()
    for use in graph.edges_of_kind("PREDICTS"):
        if not graph[use.source].attributes.get("loaded") or not _serves(graph, use):
            continue
        before = origins(graph, [use.target], WITHIN)
        columns = tuple(_of_the_batch(use)) if _own_statistic(graph, use, before) else ()
        operations = tuple(_encodings(graph, use, before))
        places = {site for edge in operations for site in edge.sites}
        cause = (tuple(sorted(places)), tuple(sorted(before[1:])))
        if (columns or operations) and not (places and places <= encoded) and cause not in seen:
            seen.add(cause)
            encoded |= places
            yield BatchStatistic(graph[use.source], use, columns, operations)


def _serves(graph: Graph, use: Edge) -> bool:
    roles = [graph.unit_of(site).roles for site in sites_at_work(graph, use)]
    return any("serve" in each or ("score" in each and not each & {"train", "eval"}) for each in roles)


def _of_the_batch(use: Edge) -> Iterator[tuple[str, Term]]:
    terms, names = use.attributes.get("expressions"), use.attributes.get("columns")
    for at, term in enumerate(terms if isinstance(terms, (tuple, list)) else ()):
        if isinstance(term, Term) and depends_on_others(term):
            name = str(names[at]) if isinstance(names, (tuple, list)) else f"input {at + 1}"
            yield name, term


def depends_on_others(term: Term) -> bool:
    """Whether a row's value comes from the other rows of its table, whichever they are."""
    if term.op in CHOSEN:
        return False
    if term.op in OF_ALL_ROWS:
        return True
    statistics = [arg for arg in term.args if arg.op in STATISTICS and len(arg.args) == 1 and not _is_chosen(arg)]
    others = [arg for arg in term.args if arg not in statistics]
    mixed = bool(statistics) and any(arg.columns for arg in others)
    return mixed or any(depends_on_others(arg) for arg in term.args)


def _is_chosen(term: Term) -> bool:
    return any(part.op in CHOSEN for part in term.walk()) or not term.columns


def _own_statistic(graph: Graph, use: Edge, before: list[str]) -> bool:
    """Whether a statistic comes from what is asked, not from data that the model learned from."""
    known = _learned_from(graph, use)
    for node in before:
        taken = [edge.source for edge in graph.into(node, "DERIVES") if edge.attributes.get("state")]
        frames = [source for source in taken if graph[source].kind == "frame"]
        if frames and not any(known & set(_stored(graph, source)) for source in frames):
            return True
    return False


def _encodings(graph: Graph, use: Edge, before: list[str]) -> Iterator[Edge]:
    """Codes and indicators of the batch that reach the model; columns that may be brought into line are no matter."""
    edges = [edge for node in before for edge in graph.into(node, "DERIVES")]
    if any(edge.attributes.get("operation") in ALIGNED for edge in edges):
        return
    known = _learned_from(graph, use)
    for edge in edges:
        own = edge.attributes.get("by_batch") and not known & set(_stored(graph, edge.source))
        if own and not _trains(graph, edge.target) and not _tells_groups(graph, edge):
            yield edge


def _tells_groups(graph: Graph, encoding: Edge) -> bool:
    """Whether codes only number what rows belong to: `df["part"] = pd.factorize(df["part"])[0]`, a key from then on."""
    sites = set(encoding.sites)
    made = (column for frame in graph.of_kind("frame") for column in frame.columns if sites & set(column.sites))
    return any(use.kind == "key" for column in made for use in column.uses)


def _trains(graph: Graph, frame: str) -> bool:
    """Whether something is learned from a frame, or from what is made of it."""
    return any(graph.out(node, "TRAINS_ON") for node in reachable(graph, [frame], WITHIN))


# -- preprocessing that is left out


def detached_preprocessing(graph: Graph) -> Iterator[DetachedPreprocessing]:
    seen: set[tuple[str, frozenset[str]]] = set()
    for use in graph.edges_of_kind("PREDICTS"):
        if not sites_at_work(graph, use) or _transforms(graph, use.target):
            continue
        for path in trainings_in_use(graph, use):
            columns = tuple(name for name, one, two in inputs_of(path[0], use) if _is_left_out(one, two))
            for transformer in _transforms(graph, path[0].source) if columns else ():
                key = (transformer, frozenset(site.file for site in use.sites))
                if key not in seen and (fitting := _fitting(graph, transformer, path[0])) is not None:
                    seen.add(key)
                    stored = next((graph[edge.target] for edge in graph.out(transformer, "PERSISTS")), None)
                    made = graph[path[1].target]
                    yield DetachedPreprocessing(graph[transformer], made, stored, columns, fitting, path)


def _is_left_out(learned: Term, asked: Term) -> bool:
    if depends_on_others(asked):
        return False  # its place was taken by statistics of the batch
    return is_transformed(learned) and not is_transformed(asked)


def _transforms(graph: Graph, node: str) -> list[str]:
    """The models that changed what goes into a node."""
    return [other for other in origins(graph, [node], WITHIN) if graph[other].kind == "model"]


def _fitting(graph: Graph, transformer: str, training: Edge) -> Edge | None:
    """A fit by code at work, or, as the training, by the notebook that made the model."""
    beside = {site.file for site in training.sites}
    fits = graph.into(transformer, "FITS")
    at_work = (edge for edge in fits if sites_at_work(graph, edge))
    return next(at_work, next((edge for edge in fits if beside & {site.file for site in edge.sites}), None))
