"""Where the data of models in use comes from in the end, and whether a state of it can be had again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from posixpath import dirname

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.alike import Alike
from mldebt.graph.questions.datasets import could_hide_a_read, tells_time, tells_version
from mldebt.graph.questions.jobs import is_at_work
from mldebt.graph.questions.lineage import path_between
from mldebt.graph.questions.training_environments import fitted_and_stored, use_of
from mldebt.sites import Site

MUTABLE = re.compile(r"(^|[/_.-])(latest|current|newest|live|most[_-]?recent)([/_.-]|$)", re.IGNORECASE)
PINNED = re.compile(
    r"(19|20)\d{2}([-_/.]?\d{2})*|[_/.-]v(er)?[._-]?\d|\d+\.\d+\.\d+|@|/[0-9a-f]{7,40}/|[?&](version|ref|rev)=|\{",
    re.IGNORECASE,
)
_ARCHIVES = re.compile(
    r"^https?://([\w-]+\.)*(archive\.ics\.uci\.edu|archive-beta\.ics\.uci\.edu|zenodo\.org|figshare\.com"
    r"|dataverse\.harvard\.edu|files\.grouplens\.org|yann\.lecun\.com|cs\.toronto\.edu|ai\.stanford\.edu)/",
    re.IGNORECASE,
)
"""Where data sets are published once and for all."""
_SESSION = re.compile(r"(^|::|/)(global_temp|temp|tmp|pg_catalog|information_schema|sqlite_master)\b|[:/.]tmp_", re.I)
_MOUNTED = re.compile(r"^/|^[A-Za-z]:|^~")
_NO_RECORDS = re.compile(
    r"(^|/)(vocab|stop_?words?|labels?|classes|config|params|schema|columns)[\w.-]*$", re.IGNORECASE
)


class TrainingSource(Struct, frozen=True):
    """A data set that a model in use is trained on, the way to the model, and where that is stored."""

    dataset: Node
    path: tuple[Edge, ...]
    save: Edge
    used: Site


def unversioned_inputs(graph: Graph) -> list[list[TrainingSource]]:
    """Tables, addresses and objects that trainings take as they are now; those of one store together."""
    found: dict[str, dict[str, TrainingSource]] = {}
    for source in _sources(graph, ("READS", "DERIVES", "TRAINS_ON"), lambda dataset: True):
        if _is_mutable(graph, source) and not _is_recorded(graph, source):
            found.setdefault(store_of(source.dataset), {}).setdefault(source.dataset.id, source)
    return _by_places([list(found[store].values()) for store in sorted(found)])


def _by_places(groups: list[list[TrainingSource]]) -> list[list[TrainingSource]]:
    """The groups but those that are read in places where another store is read: by another kind of connection."""
    places = [{min(source.path[0].sites) for source in group} for group in groups]
    covered = {
        at
        for at, here in enumerate(places)
        if any(here < other or (here == other and before < at) for before, other in enumerate(places))
    }
    return [group for at, group in enumerate(groups) if at not in covered]


def untracked_files(graph: Graph) -> list[list[TrainingSource]]:
    """Raw files of trainings that nothing keeps; those of one folder together, and those that one file reads for the
    same models."""
    found: dict[str, dict[str, TrainingSource]] = {}
    kept = partial(_is_untracked, graph)
    for source in _sources(graph, ("READS", "WRITES", "DERIVES", "TRAINS_ON"), kept):
        if not _is_recorded(graph, source):
            found.setdefault(dirname(source.dataset.name), {}).setdefault(source.dataset.id, source)
    together: dict[tuple[str, frozenset[str]], list[TrainingSource]] = {}
    for folder in sorted(found):
        sources = list(found[folder].values())
        file, models = min(sources[0].path[0].sites).file, frozenset(source.save.target for source in sources)
        together.setdefault((file, models), []).extend(sources)
    return list(together.values())


def store_of(dataset: Node) -> str:
    """The database, host, bucket or folder that a data set lies in."""
    name = dataset.name
    if "::" in name:
        return name.partition("::")[0]
    if "://" in name:
        scheme, _, rest = name.partition("://")
        inside = rest.partition("/")[0] if dataset.attributes.get("store") != "table" else ""
        return f"{scheme}://{inside}"
    return dirname(name) or "."


def _sources(graph: Graph, kinds: tuple[str, ...], asked: Callable[[Node], bool]) -> Iterator[TrainingSource]:
    """The data sets that are asked for behind models in use."""
    for save in fitted_and_stored(graph):
        used = use_of(graph, save)
        if used is None:
            continue
        before = {save.source, *_origins(graph, save.source, kinds)}
        stored = (node for node in before if graph[node].kind == "dataset" and asked(graph[node]))
        for node in sorted(stored):
            way = path_between(graph, [node], [save.source], kinds, allowed=lambda edge: edge.target in before)  # noqa: B023
            if way and all(is_at_work(graph.unit_of(site)) for edge in way for site in edge.sites[:1]):
                yield TrainingSource(graph[node], way, save, used)


def _origins(graph: Graph, model: str, kinds: tuple[str, ...]) -> set[str]:
    found, waiting = set[str](), [edge.source for edge in graph.into(model, "TRAINS_ON")]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += (edge.source for edge in graph.into(node, *(kind for kind in kinds if kind != "TRAINS_ON")))
    return found


def _is_mutable(graph: Graph, source: TrainingSource) -> bool:
    dataset, store = source.dataset, source.dataset.attributes.get("store", "file")
    if PINNED.search(dataset.name) or _ARCHIVES.match(dataset.name) or dataset.attributes.get("template"):
        return False
    if store == "table":
        return not _SESSION.search(dataset.name) and not _is_bounded(source) and not _is_made_beside(graph, source)
    if store == "http":
        return dataset.name.startswith(("http://", "https://"))
    if store == "object":
        return not _MOUNTED.search(dataset.name) and not _is_made_beside(graph, source)
    return store == "file" and bool(MUTABLE.search(dataset.name)) and bool(graph.into(dataset.id, "WRITES"))


def _is_bounded(source: TrainingSource) -> bool:
    """The code that reads the table asks for a part of it by a time, or by what tells a version."""
    files = {site.file for edge in source.path for site in edge.sites}
    timed = (column for column in source.dataset.columns if tells_time(column.name) or tells_version(column.name))
    uses = (use for column in timed for use in column.uses if use.kind == "filter")
    return any(use.site.file in files or use.site.file.endswith(".sql") for use in uses)


def _is_made_beside(graph: Graph, source: TrainingSource) -> bool:
    """The file that reads it has written it before."""
    reading = {site.file for site in source.path[0].sites}
    return any(site.file in reading for edge in graph.into(source.dataset.id, "WRITES") for site in edge.sites)


def _is_recorded(graph: Graph, source: TrainingSource) -> bool:
    """The training, or what reads the data for it, makes a record of it, or keeps a dated copy of what it read."""
    files = {site.file for edge in (*source.path, source.save) for site in edge.sites}
    jobs = (graph.nodes.get(f"job:{file}") for file in files)
    if any(job is not None and job.attributes.get("records") for job in jobs):
        return True
    frames = {edge.target for edge in source.path}
    copies = (edge.target for frame in frames for edge in graph.out(frame, "WRITES"))
    return any(PINNED.search(graph[copy].name) or _is_tracked(graph, copy) for copy in copies)


def _is_tracked(graph: Graph, dataset: str) -> bool:
    """A stage or a pointer file declares it."""
    return bool(graph.into(dataset, "DECLARES"))


def _is_untracked(graph: Graph, dataset: Node) -> bool:
    """A file that no commit has, no stage or pointer declares, and no code makes."""
    if dataset.attributes.get("kept") is not False or PINNED.search(dataset.name) or _NO_RECORDS.search(dataset.name):
        return False
    if _is_tracked(graph, dataset.id) or graph.into(dataset.id, "WRITES", "DERIVES"):
        return False
    if graph.once(_written).may_be(dataset):
        return False
    return not any(_could_write(gap, dataset) for gap in graph.of_kind("gap"))


def _written(graph: Graph) -> Alike:
    """The data sets that code writes."""
    written = {edge.target for edge in graph.edges_of_kind("WRITES", "PERSISTS")}
    return Alike(graph[node] for node in sorted(written) if graph[node].kind == "dataset")


def _could_write(gap: Node, dataset: Node) -> bool:
    """Code that writes under a name that isn't known."""
    return gap.attributes.get("blocks") == "WRITES" and could_hide_a_read(gap, dataset)


def models_of(sources: Iterable[TrainingSource], graph: Graph) -> list[str]:
    """The names of the models that are trained on them."""
    names = {graph[source.save.target].name for source in sources}
    return sorted(names, key=lambda name: ("{" in name, name))
