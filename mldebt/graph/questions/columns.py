"""Which columns are loaded or made although nothing uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Column, Edge, Graph, Node
from mldebt.graph.names import table_of
from mldebt.graph.questions.datasets import is_for_people, unresolved_reads
from mldebt.graph.questions.jobs import RECORD_STORES, holds_records, is_at_work, sites_at_work
from mldebt.graph.questions.lineage import origins
from mldebt.graph.questions.looked_at import is_only_looked_at
from mldebt.graph.questions.stored_columns import is_learned_from
from mldebt.sites import Site

FROM_FILE = frozenset({"projection", "header", "schema"})
FROM_TABLE = frozenset({"projection"})
"""How a column is known to be loaded; a mention doesn't prove that it exists, a table's schema not that it is read."""

SMALL = 6
"""Columns up to which a file that is written and read here is too small to be worth a narrower read."""

MANY = 10
"""Columns from which on it is worth saying that they are loaded only to be left behind by name at once: if most are."""


class UnusedLoaded(Struct, frozen=True):
    """Columns of a stored data set that its readers load and none uses; `kept` are all other known ones, in order.

    `alike`: further data sets of which the same reads load the same columns in vain, in a loop over their names.
    """

    dataset: Node
    columns: tuple[str, ...]
    kept: tuple[str, ...]
    reads: tuple[Edge, ...]
    sites: tuple[Site, ...]
    alike: tuple[Node, ...] = ()

    completed: tuple[Site, ...] = ()
    """Where the columns decide which rows are complete and stay (`df.dropna()`); empty where nothing uses them."""

    picked: bool = False
    """Whether code picks by name what it needs of the table, so that the other columns only cost time and memory."""

    @property
    def table(self) -> str:
        """The data set's name in a query."""
        return table_of(self.dataset.name)


class UnusedDerived(Struct, frozen=True):
    """Columns that one function or module computes and nothing reads: (name, where, owning frame)."""

    scope: str
    columns: tuple[tuple[str, Site, str], ...]


def unused_loaded_columns(graph: Graph) -> Iterator[UnusedLoaded]:
    """For each data set, or for several that the same reads load, the columns without a use in any reader.

    A data set of which no column seems to be used but to choose rows is left out: its rows may be what matters. A
    column from which another unused column is computed is left to the finding about that one.
    """
    groups: dict[tuple[object, ...], list[UnusedLoaded]] = {}
    for unused in _each_unused(graph):
        groups.setdefault((unused.columns, unused.kept, unused.sites), []).append(unused)
    for first, *others in groups.values():
        yield replace(first, alike=tuple(other.dataset for other in others))


def columns_for_complete_rows(graph: Graph) -> Iterator[UnusedLoaded]:
    """For each data set the columns that nothing needs, but a row without one of them is dropped."""
    for dataset in graph.of_kind("dataset"):
        only = tuple(column for column in dataset.columns if _is_loaded(dataset, column) and _only_complete(column))
        names = tuple(column.name for column in only)
        needed = any(_kinds(column) - {COMPLETE, "escape"} for column in dataset.columns)
        reads = _loading(graph, dataset, names)
        if (
            not only
            or not reads
            or not needed
            or _is_small_and_own(graph, dataset)
            or not _is_one_stored_thing(dataset)
        ):
            continue
        kept = tuple(name for name in _loaded(dataset, reads) if name not in names)
        sites = {site for edge in reads for site in sites_at_work(graph, edge)}
        places = {use.site for column in only for use in column.uses}
        if all(is_at_work(graph.unit_of(place)) for place in places):
            yield UnusedLoaded(dataset, names, kept, reads, tuple(sorted(sites)), completed=tuple(sorted(places)))


COMPLETE = "complete"
MOST_USES = 50
"""So many uses of a column are kept; there may be others where there are as many."""


def _only_complete(column: Column) -> bool:
    return _kinds(column) == {COMPLETE} and len(column.uses) < MOST_USES


def _kinds(column: Column) -> set[str]:
    return {use.kind for use in column.uses}


def reads_nothing_else(graph: Graph, unused: UnusedLoaded) -> bool:
    """Whether the code that loads the columns loads these data sets only, so that others don't have to have them."""
    own, places = {unused.dataset.id, *(node.id for node in unused.alike)}, set(unused.sites)
    if any(edge.source not in own and places & set(edge.sites) for edge in graph.edges_of_kind("READS")):
        return False
    if any(places & set(unnamed.sites) for unnamed in (*graph.of_kind("gap"), *unresolved_reads(graph))):
        return False
    named = all(_asked(edge) is not None for edge in unused.reads)
    return named or not any("{" in graph[node].name for node in own)


def _each_unused(graph: Graph) -> Iterator[UnusedLoaded]:
    vain = _only_for_unused_derived(graph)
    for dataset in graph.of_kind("dataset"):
        unused = tuple(c.name for c in dataset.columns if _is_unused(dataset, c) and (dataset.id, c.name) not in vain)
        unused = tuple(name for name in unused if name not in _names(dataset, "ignored"))
        reads = _loading(graph, dataset, unused)
        kept = tuple(name for name in _loaded(dataset, reads) if name not in unused)
        if not unused or not reads or _is_small_and_own(graph, dataset) or all(map(_brings_whole_rows, reads)):
            continue
        if _is_a_lookup(dataset, reads) or all(map(_goes_by_position, reads)):
            continue
        picked = _is_taken_by_name(dataset, unused, reads)
        if picked and not MANY <= len(unused) > len(kept):
            continue
        if is_only_looked_at(graph, dataset):
            continue
        if is_for_people(dataset) and (not is_learned_from(dataset) or len(dataset.columns) <= MANY):
            continue
        if any(map(_is_used_for_its_values, dataset.columns)) and _is_one_stored_thing(dataset):
            sites = {site for edge in reads for site in sites_at_work(graph, edge)}
            yield UnusedLoaded(dataset, unused, kept, reads, tuple(sorted(sites)), picked=picked)


CHOOSING = frozenset({"filter", "order", "key", "distinct", "complete", "escape"})
"""Uses that only choose rows, here or elsewhere. A table that has no others is a list of what to take, or its values go
where they can't be followed."""


def _is_taken_by_name(dataset: Node, unused: tuple[str, ...], reads: tuple[Edge, ...]) -> bool:
    """One place picks by name all that is used of a table that is read as a whole: no other column gets past it."""
    if any(_asked(edge) is not None for edge in reads):
        return False
    many = (set(names) for names in _names(dataset, "picked") if len(names) >= MANY)
    if len(reads) == 1 and any(not names & set(unused) for names in many):
        return True  # what is computed beside, or chosen by, makes no difference to those that are left behind
    used = {column.name for column in dataset.columns if column.used}
    return any(used <= set(names) for names in _names(dataset, "picked"))


def _brings_whole_rows(read: Edge) -> bool:
    """`csv.DictReader` can't leave a column out."""
    return bool(read.attributes.get("whole_rows"))


def _goes_by_position(read: Edge) -> bool:
    """Columns of a file without a header have their names from the code, which has to count them all."""
    return read.attributes.get("header") is False and _asked(read) is None


def _is_a_lookup(dataset: Node, reads: tuple[Edge, ...]) -> bool:
    """A short list by which something is looked up: what its columns are used for is known, and none is learned.

    How long it is isn't known where only some columns are asked for.
    """
    if any(_asked(read) is not None for read in reads):
        return False
    known = all(column.uses for column in dataset.columns if column.used)
    short = dataset.attributes.get("store") == "file" and len(dataset.columns) <= SMALL
    return short and known and not is_learned_from(dataset)


def _names(dataset: Node, how: str) -> tuple[Any, ...]:
    names = dataset.attributes.get(how, ())
    return names if isinstance(names, tuple) else ()


def _is_used_for_its_values(column: Column) -> bool:
    return bool(column.used) and (not column.uses or bool(_kinds(column) - CHOOSING))


def _is_small_and_own(graph: Graph, dataset: Node) -> bool:
    """A short list that the repository itself writes: importances, metrics, an index of its own; none to learn from."""
    return (
        len(dataset.columns) <= SMALL
        and not is_learned_from(dataset)
        and "{" not in dataset.name
        and dataset.attributes.get("store") == "file"
        and bool(graph.into(dataset.id, "WRITES"))
    )


def unused_derived_columns(graph: Graph) -> Iterator[UnusedDerived]:
    """For each function or module the columns that it makes in vain, whatever it is called with.

    A column that only takes the place of an unused loaded one of the same name is left to the finding about that one;
    so are those that one line transforms together with others: a fitted scaler wants all that it was fitted with.
    """
    bulk = _bulk(graph)
    unread = {(node.id, c.name) for node in graph.of_kind("dataset") for c in node.columns if _is_unused(node, c)}
    made: dict[tuple[Site, str], list[tuple[Column, Node]]] = {}
    needed: set[tuple[Site, str]] = set()
    for frame, column in _derived(graph):
        if column.used is not False:
            needed.add((min(column.sites), column.name))
        retyped = any(ref in unread and ref[1] == column.name for ref in column.derived_from)
        if not retyped and not (column.name in bulk.get(min(column.sites), ()) and _keeps_its_name(column)):
            made.setdefault((min(column.sites), column.name), []).append((column, frame))
    dead: dict[str, list[tuple[str, Site, str]]] = {}
    vain = made.keys() - needed
    for site, name in sorted(vain):
        frames = [frame for _, frame in made[site, name]]
        if _are_at_work(graph, site, frames):
            dead.setdefault(_scope(site, frames), []).append((name, site, frames[0].id))
    for scope in sorted(dead):
        yield UnusedDerived(scope, tuple(dead[scope]))


def _bulk(graph: Graph) -> dict[Site, set[str]]:
    """Lines that change several columns and leave them their names: which they are."""
    changed: dict[Site, set[str]] = {}
    for frame in graph.of_kind("frame"):
        for column in frame.columns:
            if column.source == "derived" and column.sites and _keeps_its_name(column):
                changed.setdefault(min(column.sites), set()).add(column.name)
    return {site: names for site, names in changed.items() if len(names) > 1}


def _keeps_its_name(column: Column) -> bool:
    return any(name == column.name for _, name in column.derived_from)


def _are_at_work(graph: Graph, site: Site, frames: list[Node]) -> bool:
    """Whether code at work makes the column, of stored records: what only a test or a caller passes may go anywhere."""
    units = [graph.unit_of(site), *(graph.unit_of(Site(_scope_of(frame)[0], 1, 1)) for frame in frames)]
    return all(is_at_work(unit) for unit in units) and all(_of_stored_records(graph, frame.id) for frame in frames)


def _scope(site: Site, frames: list[Node]) -> str:
    """The function that makes the column where its frame is made there, too, else the file."""
    names = sorted({name for file, name in map(_scope_of, frames) if file == site.file})
    return f"{site.file}::{names[0] if names else ''}"


def _scope_of(frame: Node) -> tuple[str, str]:
    file, _, name = str(frame.attributes.get("scope", "")).partition("::")
    return file, name


def _of_stored_records(graph: Graph, frame: str) -> bool:
    sources = (graph[node] for node in origins(graph, [frame], ("DERIVES", "READS")))
    return any(holds_records(node) for node in sources if node.kind == "dataset")


def _derived(graph: Graph) -> Iterator[tuple[Node, Column]]:
    """Columns that code computes.

    Those of a table that is built at once count only if some of them is used, and if they are made of other columns:
    records are filled elsewhere.
    """
    for frame in graph.of_kind("frame"):
        columns = [
            column for column in frame.columns if column.source == "derived" and column.sites and _is_plain(column)
        ]
        changed = any(edge.attributes.get("operation") == "changed" for edge in graph.into(frame.id, "DERIVES"))
        built = [] if changed else [column for column in columns if set(column.sites) & set(frame.sites)]
        wanted = any(column.used for column in built)
        yield from ((frame, column) for column in columns if column not in built or (wanted and column.derived_from))


def _is_plain(column: Column) -> bool:
    """Whether the column has a name of its own, not one that is put together."""
    return bool(column.name) and "{" not in column.name


def _is_one_stored_thing(dataset: Node) -> bool:
    """False for data in memory or shipped with a library, and for a name that may stand for several data sets."""
    store, name = dataset.attributes.get("store"), dataset.name
    return store in RECORD_STORES and not name.startswith("{") and not (store == "table" and "{" in name)


def _is_unused(dataset: Node, column: Column) -> bool:
    return column.used is False and _is_loaded(dataset, column)


def _is_loaded(dataset: Node, column: Column) -> bool:
    known = FROM_TABLE if dataset.attributes.get("store") == "table" else FROM_FILE
    return column.source in known and _is_plain(column)


def _only_for_unused_derived(graph: Graph) -> frozenset[tuple[str, str]]:
    """Columns that go into unused derived ones of another name."""
    return frozenset(
        ref
        for frame in graph.of_kind("frame")
        for column in frame.columns
        if column.used is False and column.source == "derived"
        for ref in column.derived_from
        if ref[1] != column.name
    )


def _loading(graph: Graph, dataset: Node, names: tuple[str, ...]) -> tuple[Edge, ...]:
    """Where at least one of the columns is loaded, by place: where it is asked for by name, else where all are."""
    found = [edge for edge in graph.out(dataset.id, "READS") if sites_at_work(graph, edge)]
    by_name = [edge for edge in found if set(_asked(edge) or ()) & set(names)]
    whole = [edge for edge in found if _asked(edge) is None]
    return tuple(sorted(by_name or whole, key=lambda edge: (edge.sites, edge.target)))


def _loaded(dataset: Node, reads: tuple[Edge, ...]) -> tuple[str, ...]:
    """The columns that the reads bring, in the order in which they ask for them."""
    asked = [_asked(edge) for edge in reads]
    if None in asked:
        return tuple(column.name for column in dataset.columns)
    return tuple(dict.fromkeys(name for names in asked for name in names or ()))


def _asked(edge: Edge) -> tuple[str, ...] | None:
    names = edge.attributes.get("columns")
    return tuple(str(name) for name in names) if isinstance(names, (tuple, list)) else None
