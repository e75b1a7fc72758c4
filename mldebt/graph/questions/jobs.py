"""What units of code do with stored data, and which of them are prototypes that production runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.datasets import begun, called
from mldebt.graph.questions.lineage import origins, path_between, reachable
from mldebt.graph.questions.one_work import is_under_dvc, lacks_its_file, one_for_each_work
from mldebt.graph.questions.overwrites import Overwrite, accumulates, is_harmless
from mldebt.sites import Site

ASIDE = frozenset({"test", "example"})
TABULAR = frozenset(
    {"csv", "parquet", "feather", "orc", "excel", "hdf", "hdf5", "pickle", "jsonl", "numpy", "fwf", "stata"}
)
RECORD_STORES = frozenset({"table", "object", "file"})
EXPERIMENTAL_FOLDERS = frozenset({
    "notebooks", "notebook", "scratch", "experiments", "experiment", "sandbox", "playground", "prototypes", "prototype",
    "exploration", "explorations",
})  # fmt: skip
_PUT_AWAY = frozenset({
    "trash", "old", "archive", "archives", "archived", "deprecated", "backup", "backups", "bak", "_bak", "legacy",
    "attic", "unused", "obsolete", "outdated",
})  # fmt: skip
_AFTER = re.compile(r"v?\d+|vault|code|files?|versions?")
_PASSING = re.compile(r"^/(opt/ml|kaggle/working|content)/|(^|/)\.?caches?/")
"""Folders that one container, one notebook session or a cache has to itself: another program's file of the same name is
another file."""
_FROM_OUTSIDE = re.compile(r"^(\{\w+\}(/[\w.{}-]*)?|\$\{?\w+\}?)$")
"""A folder that whoever starts a program gives it, and at most a file in it."""
EXPERIMENTAL_NAMES = re.compile(
    r"^untitled|^copy[ _-]of[ _-]|[ -]copy\d*$|_copy\d+$|^(tmp|temp|scratch)([_-]|\d|$)|[_-](tmp|wip|scratch)\d*$"
    r"|[_-]final[_-]?v?\d+$|[_-]final[_-]final|[_-]v\d+[_-]final",
    re.IGNORECASE,
)


def is_at_work(unit: Unit) -> bool:
    """Whether a unit does the work of the repository: no test, no example, no exploration that nothing runs."""
    return unit.production or not (is_aside(unit) or only_explores(unit))


def is_aside(unit: Unit) -> bool:
    """Code that only tests or shows something."""
    return not unit.production and bool(unit.roles & ASIDE)


def only_explores(unit: Unit) -> bool:
    """A notebook, scratch code or a draft that nobody runs but its author."""
    return not unit.production and not unit.roles & ASIDE and bool(prototype_nature(unit) or is_put_away(unit))


def is_put_away(unit: Unit) -> bool:
    """Code under trash/, old/, archive/ and the like, which nothing runs that isn't put away itself."""
    return is_in_a_put_away_folder(unit) and all(_is_stored_away(root.file) for root in unit.roots)


def is_in_a_put_away_folder(unit: Unit) -> bool:
    """Whether a folder says that its code is kept only; what starts it there is as old."""
    return _is_stored_away(unit.file)


def _is_stored_away(file: str) -> bool:
    return any(_puts_away(folder.strip().lower()) for folder in file.split("/")[:-1])


def _puts_away(folder: str) -> bool:
    """`archive`, and `archive_2024` or `legacy-v4`: the first word says it, if only numbers or more of it follow."""
    first, *others = re.split(r"[ _-]+", folder)
    return folder in _PUT_AWAY or (first in _PUT_AWAY - {"old"} and all(map(_AFTER.fullmatch, others)))


def is_passing(node: Node) -> bool:
    """Whether one container, session or cache has a file or folder to itself, so that its name doesn't identify it."""
    return bool(_PASSING.search(node.name) or _FROM_OUTSIDE.match(node.name))


def job_of(graph: Graph, unit: Unit) -> str:
    """The id of the job that stands for a unit; one made of its name where the graph has none."""
    jobs = [node.id for node in graph.of_kind("job") if node.attributes.get("file") == unit.file]
    return jobs[0] if jobs else f"job:{unit.file}"


def sites_at_work(graph: Graph, edge: Edge) -> tuple[Site, ...]:
    return tuple(site for site in edge.sites if works_at(graph, site))


class AtWork:
    """Whether each file does the work of the repository, found once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, bool] = {}

    def at(self, site: Site) -> bool:
        if site.file not in self._known:
            self._known[site.file] = is_at_work(self._graph.unit_of(site))
        return self._known[site.file]


def works_at(graph: Graph, site: Site) -> bool:
    """Whether the code of a place does the work of the repository."""
    return graph.once(AtWork).at(site)


# -- overwriting


class RivalWriters(Struct, frozen=True):
    """A data set that several units write as a whole; `writes` has one edge and site for each unit, in their order."""

    dataset: Node
    writes: tuple[tuple[Site, Edge], ...]
    reads: tuple[Edge, ...]


def in_place_overwrites(graph: Graph) -> Iterator[Overwrite]:
    """Data sets that are read, changed and written back under the same name by one process."""
    for dataset in _replaceable(graph):
        found = _round_trip(graph, dataset)
        if found is not None:
            yield found


def rival_writers(graph: Graph) -> Iterator[RivalWriters]:
    """Data sets with readers that two or more units replace, themselves or through a helper."""
    for dataset in _replaceable(graph):
        reads = tuple(edge for edge in graph.out(dataset.id, "READS") if sites_at_work(graph, edge))
        first: dict[str, tuple[Site, Edge]] = {}
        for write, edge in _replacing(graph, dataset):
            site = _handed_over(graph, dataset, write, edge)
            if is_run(graph, dataset, write) and is_at_work(unit := graph.unit_of(site)) and not unit.copy_of:
                first.setdefault(site.file, (site, edge))
        first = {
            file: found for file, found in first.items() if not _only_copies(graph, found[1], first.keys() - {file})
        }
        first = {file: found for file, found in first.items() if not _only_serves(graph, first, file)}
        first = {file: found for file, found in first.items() if not _only_adds(graph, reads, found[1])}
        first = {file: found for file, found in first.items() if not _is_called(dataset, found, first.keys() - {file})}
        first = one_for_each_work(graph, dataset, _by_text(graph, first))
        reads = tuple(edge for edge in reads if not _reads_its_own(graph, edge, first))
        if reads and len(first) > 1 and not is_under_dvc(graph, dataset):
            yield RivalWriters(dataset, tuple(first[file] for file in sorted(first)), reads)


def _is_called(dataset: Node, found: tuple[Site, Edge], rivals: Set[str]) -> bool:
    """Whether one of the others has a file written by this one, and goes on from there."""
    return any(at == found[0] and place.file in rivals for at, place in called(dataset))


def _by_text(graph: Graph, rivals: dict[str, tuple[Site, Edge]]) -> dict[str, tuple[Site, Edge]]:
    """The rivals, of those that run a text which another file holds only the first, and none beside that file."""
    borrowing = [file for file, (_, edge) in rivals.items() if graph[edge.source].attributes.get("borrowed")]
    told = borrowing if any(file.endswith(".sql") for file in rivals) else borrowing[1:]
    return {file: found for file, found in rivals.items() if file not in told}


def _reads_its_own(graph: Graph, read: Edge, writes: Mapping[str, tuple[Site, Edge]]) -> bool:
    """Whether a script only reads back what it has written itself a few lines above, so that no rival comes between."""
    sites = sites_at_work(graph, read)
    own = [writes[site.file] for site in sites if site.file in writes]
    return len(own) == len(sites) and all(
        write.order < site.order and _one_after_the_other(graph, edge, read, site)
        for site, (write, edge) in zip(sites, own, strict=True)
    )


def _one_after_the_other(graph: Graph, write: Edge, read: Edge, site: Site) -> bool:
    """Whether lines are run in the order in which they stand: those of a script, a notebook or one function."""
    scopes = {graph[write.source].attributes.get("scope"), graph[read.target].attributes.get("scope")}
    return site.file.endswith((".sql", ".ipynb")) or len(scopes) == 1


def _only_copies(graph: Graph, write: Edge, rivals: Set[str]) -> bool:
    """Whether what is written is what one of the others has written elsewhere, in another format, say."""
    read = [edge.source for edge in graph.into(write.source, "READS")]
    made = [edge for source in read for edge in graph.into(source, "WRITES")]
    return not graph.into(write.source, "DERIVES") and any(site.file in rivals for edge in made for site in edge.sites)


def _only_adds(graph: Graph, reads: Iterable[Edge], write: Edge) -> bool:
    """Whether what is written is what was there before, if it was, with new rows behind it."""
    made = [edge.source for edge in graph.into(write.target, "WRITES") if edge.sites == write.sites]
    ways = (path_between(graph, [read.target], made, ("DERIVES",)) or () for read in reads)
    return any(accumulates(way) for way in ways)


def _only_serves(graph: Graph, rivals: Mapping[str, tuple[Site, Edge]], file: str) -> bool:
    """Whether a file hands on the records of another one that imports it: both have them written in one run."""
    write = rivals[file][1].sites
    return any(
        other != file and edge.sites == write and file in graph.units[other].imports
        for other, (_, edge) in rivals.items()
        if other in graph.units
    )


def _handed_over(graph: Graph, dataset: Node, write: Site, edge: Edge) -> Site:
    """Where the unit that makes the records has them written: a call of a helper, else the write itself."""
    makers = {site.file for site in graph[edge.source].sites} - {write.file}
    return min((place for at, place in called(dataset) if at == write and place.file in makers), default=write)


def _replaceable(graph: Graph) -> Iterator[Node]:
    """Stored records under one full name; settings, logs, reports, caches and state files are none."""
    for node in graph.of_kind("dataset"):
        template = node.attributes.get("template")
        if holds_records(node) and not (template or is_passing(node) or lacks_its_file(graph, node)):
            yield node


def holds_records(dataset: Node) -> bool:
    """A table or a file of rows, not settings, a state file or a request."""
    store, form = str(dataset.attributes.get("store", "unknown")), dataset.attributes.get("format")
    return store == "table" or (store in RECORD_STORES and form in TABULAR)


def _replacing(graph: Graph, dataset: Node) -> list[tuple[Site, Edge]]:
    return sorted(
        (
            (site, edge)
            for edge in graph.into(dataset.id, "WRITES")
            if edge.attributes.get("mode") == "replace" and not edge.attributes.get("partition")
            for site in sites_at_work(graph, edge)
        ),
        key=lambda found: (found[0], found[1].source),
    )


def _round_trip(graph: Graph, dataset: Node) -> Overwrite | None:
    reads = [edge for edge in graph.out(dataset.id, "READS") if sites_at_work(graph, edge)]
    old = frozenset(reachable(graph, [edge.target for edge in reads], ("DERIVES",), allowed=_brings_records))
    writes = _replacing(graph, dataset)
    fresh = {site for site, edge in writes if edge.source not in old}
    begun_here = _begun(dataset, fresh | _appended(graph, dataset))
    for site, write in writes:
        if write.source not in old or site in fresh or any(_is_before(one, reads) for one in begun_here):
            continue
        for read in reads:
            way = path_between(graph, [read.target], [write.source], ("DERIVES",), allowed=_brings_records) or ()
            arrived = bool(way) or read.target == write.source
            found = Overwrite(dataset, (read, *way, write), site)
            grows = accumulates(way) or _begins_empty(graph, read.target, write.source)
            if arrived and not grows and not is_harmless(graph, found):
                return found
    return None


def _appended(graph: Graph, dataset: Node) -> set[Site]:
    added = (edge for edge in graph.into(dataset.id, "WRITES") if edge.attributes.get("mode") == "append")
    return {site for edge in added for site in sites_at_work(graph, edge)}


def _brings_records(edge: Edge) -> bool:
    """The last day that is there only says from when on there is something new."""
    return not edge.attributes.get("indirect")


def _begun(dataset: Node, writes: Set[Site]) -> set[Site]:
    """The places of writes, and those that call the functions in which they stand."""
    return {*writes, *(place for at, place in called(dataset) if at in writes)}


def is_run(graph: Graph, dataset: Node, site: Site) -> bool:
    """Whether anything here runs the code that writes: of the functions of a library that nothing calls, alternatives
    for who uses it, one may be called elsewhere and the others never."""
    entries = [entry for write, entry in begun(dataset) if write == site]
    return graph.unit_of(site).production or not entries or any(entry.line for entry in entries)


def _is_before(made: Site, reads: list[Edge]) -> bool:
    """Whether a unit reads back what it made itself a few lines above."""
    return any(site.file == made.file and made < site for read in reads for site in read.sites)


def _begins_empty(graph: Graph, read: str, written: str) -> bool:
    """`pd.read_csv(path) if path.exists() else pd.DataFrame()`: records of earlier runs, which this one adds to."""
    first = graph[read].attributes
    return any(
        not graph.into(other) and not graph[other].columns
        for other in origins(graph, [written], ("DERIVES",))
        if other != read and graph[other].attributes.get("variable") == first.get("variable")
        if graph[other].attributes.get("scope") == first.get("scope")
    )


# -- prototypes


def prototype_nature(unit: Unit) -> str:
    """Why a unit is a prototype, in words; "" where it is none."""
    *folders, name = unit.file.split("/")
    stem = name.rpartition(".")[0] or name
    if EXPERIMENTAL_NAMES.search(stem):
        return "its name says that it is a draft"
    if unit.kind == "notebook":
        return "it is a notebook"
    folder = next((folder for folder in folders if folder.lower() in EXPERIMENTAL_FOLDERS), "")
    return f"it lies under {folder}/" if folder else ""
