"""What evaluation leaves behind: nodes, flows, columns and their uses, row sets, and what could not be resolved.

There are very many of these, so places and parents are tuples: mostly of one, and a set of one is three times as large.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from mldebt.evaluate.layered import NOTHING, Layered
from mldebt.evaluate.values import ColumnRef
from mldebt.sites import Site
from mldebt.terms import Term

Item = TypeVar("Item")
ALL = "*"
ASIDE = "aside"
"""Marks an edge that is there only if an option were asked for, in a branch of its own."""
BRANCH, SIDE, CALLED = "branch", "side", "called"
"""Where such an edge is seen: in the branch itself, in an expression, in a function that the branch calls."""
SOURCES = ("mention", "written", "derived", "contract", "schema", "header", "projection")
"""How a column is known, the weakest first: that somebody asks for it outranks that somebody brings it."""


def better_source(one: str, other: str) -> str:
    """The stronger of two, whichever was met first."""
    return max(one, other, key=SOURCES.index)


def united(some: tuple[Item, ...], others: Iterable[Item]) -> tuple[Item, ...]:
    """All of them, each once, in an order that doesn't hang on how a set is laid out."""
    new = [other for other in dict.fromkeys(in_some_order(others)) if other not in some]
    return (*some, *new) if new else some


def in_some_order(items: Iterable[Item]) -> Iterable[Item]:
    return sorted(items, key=repr) if isinstance(items, (set, frozenset)) else items


class TracedNode(Struct):
    id: str
    kind: str
    name: str
    attributes: dict[str, object] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()


class TracedEdge(Struct):
    source: str
    target: str
    kind: str
    evidence: str
    attributes: dict[str, object]
    sites: tuple[Site, ...] = ()


PICKED, IGNORED = CHOICES = ("picked", "ignored")
"""What code says of columns when it takes a table apart: takes some by name, drops some whether they are there or not.

Neither uses their values; both show which changes of the table can't reach the code.
"""


class TracedUse(NamedTuple):
    """A use of one column of `owner`, or of all its columns (`*`) but `but`; or one of `CHOICES`, no use yet."""

    owner: str
    column: str
    kind: str
    site: Site
    but: frozenset[str] = frozenset()


class TracedColumn(Struct):
    parents: tuple[ColumnRef, ...] = ()
    sites: tuple[Site, ...] = ()
    source: str = "mention"
    term: Term | None = None
    told: bool = False
    """Whether something was said of how it is computed, be it that this isn't known."""


class TracedRows(Struct, frozen=True):
    operation: str
    parents: tuple[str, ...]
    split: str
    part: str
    site: Site


class Seen(NamedTuple):
    """What others may look up of a trace."""

    nodes: dict[str, TracedNode]
    into: dict[str, list[TracedEdge]]
    rows: dict[str, TracedRows]


class Trace:
    """Collects what the evaluator sees; the same thing seen twice is one node or edge with two sites.

    `below`: another trace, whose nodes and row sets can be looked up here as well. `into`: the edges that lead
    to a node, for the evaluation.
    """

    def __init__(self, below: Trace | None = None) -> None:
        self.nodes: Layered[str, TracedNode] = Layered(below.nodes if below else NOTHING)
        self.edges: dict[tuple[str, ...], TracedEdge] = {}
        self._alike: dict[str, tuple[str, dict[str, object]]] = {}
        """The attributes of edges by how they are spelled: most edges have the same few, which nobody changes."""
        self.into: Layered[str, list[TracedEdge]] = Layered(below.into if below else NOTHING)
        self.columns: dict[ColumnRef, TracedColumn] = {}
        self.uses: set[TracedUse] = set()
        self.rows: Layered[str, TracedRows] = Layered(below.rows if below else NOTHING)
        self.loaded_as: dict[str, set[str]] = {}
        self.io: dict[tuple[Site, str], tuple[str, str]] = {}
        self.tasks: dict[str, dict[str, object]] = {}
        self.started: dict[str, set[Site]] = {}
        """Files that a task of a framework starts by a command, and where."""
        self.imports: dict[str, dict[str, Site]] = {}
        self.forwards: dict[str, tuple[str, str]] = {}
        self.trained_through: set[str] = set()
        self.settings: dict[tuple[str, int], set[tuple[str, str]]] = {}
        """What calls (file, number of the call) have to do with configuration: load (a file), compose (folder:name),
        parse (options, by their name in `options`), first (gives them as the first of several), overlay, select,
        handed (a file that goes where it can't be followed)."""
        self.options: dict[str, dict[str, Site]] = {}
        """Where the options of a command line are declared, by the name under which `settings` speaks of them."""
        self.calls: dict[tuple[str, int], set[str]] = {}
        """The activations that one calls, by its key, and by the line where a module's top level does it, else 0."""
        self.touched: dict[tuple[str, Site], set[str]] = {}
        """The activations that read or write a stored thing, or parse a file of settings, by its node and the place."""
        self.aside = ""
        """Whether what is seen is what would be done if an option were asked for: in a branch, or by an expression."""
        self.fetched: dict[str, set[Site]] = {}
        """Where stored things, by name, are copied into something temporary: what reads that, reads them there."""
        self.failures: list[tuple[Site, str]] = []
        self.vendors: dict[tuple[str, str], dict[str, set[Site]]] = {}
        """(file, package of somebody else): what of it the file calls, and where."""

    def as_seen_now(self) -> Seen:
        """The nodes and row sets of now, for others who may look them up: what comes later doesn't change them."""
        nodes = {
            name: TracedNode(name, node.kind, node.name, node.attributes.copy(), node.sites)
            for name, node in self.nodes.items()
        }
        return Seen(nodes, {node: edges.copy() for node, edges in self.into.items()}, dict(self.rows))

    def show(self, seen: Seen) -> None:
        """Let those above look up what was seen elsewhere."""
        self.nodes.update(seen.nodes)
        self.into.update(seen.into)
        self.rows.update(seen.rows)

    def setting(self, file: str, ordinal: int, what: str, name: str = "") -> None:
        self.settings.setdefault((file, ordinal), set()).add((what, name))

    def node(self, id: str, kind: str, name: str, site: Site | None = None, /, **attributes: object) -> str:
        known = self.nodes.own(id)
        if known is None:
            known = self.nodes[id] = TracedNode(id, kind, name, {})
        if site is not None and site not in known.sites:
            known.sites += (site,)
        for key, value in attributes.items():
            if value is not None:
                known.attributes[key] = value
        return id

    def edge(
        self, source: str, target: str, kind: str, site: Site, evidence: str = "resolved", /, **attributes: object
    ) -> None:
        if source == target:
            return
        if self.aside:
            mark = evidence if self.aside == CALLED else self.aside == BRANCH or None
            evidence, attributes = "guessed", {**attributes, ASIDE: mark}
        told = repr(sorted(attributes.items())) if attributes else ""
        told, attributes = self._alike.setdefault(told, (told, attributes))
        key = (source, target, kind, evidence, told)
        known = self.edges.get(key)
        if known is None:
            known = self.edges[key] = TracedEdge(source, target, kind, evidence, attributes)
            self.into.setdefault(target, []).append(known)
        if site not in known.sites:
            known.sites += (site,)
        if self.fetched and kind in ("READS", "LOADS"):
            known.sites = united(known.sites, self.fetched.get(source.partition(":")[2], ()))

    def column(self, ref: ColumnRef, source: str, site: Site | None = None, parents: Iterable[ColumnRef] = ()) -> None:
        known = self.columns.get(ref)
        if known is None:
            known = self.columns[ref] = TracedColumn(source=source)
        else:
            known.source = better_source(known.source, source)
        if parents:
            known.parents = united(known.parents, (parent for parent in in_some_order(parents) if parent != ref))
        if site is not None and site not in known.sites:
            known.sites += (site,)

    def computed(self, ref: ColumnRef, term: Term | None, *, surely: bool = True) -> None:
        """How a column is computed; where it may be done in another way as well, nothing is said."""
        known = self.columns[ref]
        known.term = term if surely or not known.told or known.term == term else None
        known.told = True

    def use(self, ref: ColumnRef, kind: str, site: Site) -> None:
        self.uses.add(TracedUse(ref[0], ref[1], kind, site))

    def use_all(self, owner: str, kind: str, site: Site, but: frozenset[str] = frozenset()) -> None:
        self.uses.add(TracedUse(owner, ALL, kind, site, but))

    def rowset(
        self, id: str, operation: str, site: Site, parents: tuple[str, ...] = (), split: str = "", part: str = ""
    ) -> str:
        if self.rows.own(id) is None and id not in parents:
            self.rows[id] = TracedRows(operation, tuple(p for p in parents if p), split, part, site)
        return id

    def brought(self, node: str) -> bool:
        """Whether a frame is only what a pickled file held: then it may be a model as well."""
        incoming = self.into.get(node, [])
        formats = {self.nodes[edge.source].attributes.get("format") for edge in incoming if edge.source in self.nodes}
        return bool(incoming) and all(edge.kind == "READS" for edge in incoming) and formats <= {"pickle", "joblib"}

    def access(self, site: Site, kind: str, outcome: str, reason: str = "") -> None:
        """Count a read or write of data: `outcome` is resolved, transient or unresolved; the best one stands."""
        order = ("resolved", "transient", "unresolved")
        known = self.io.get((site, kind))
        if known is None or order.index(outcome) < order.index(known[0]):
            self.io[site, kind] = (outcome, reason)

    def add(self, other: Trace) -> None:
        """Take over what another trace holds, as if it had been seen after all that is here; `into` stays as it is."""
        for name, node in other.nodes.items():
            if self.nodes.own(name) is None:
                self.nodes[name] = node
            else:
                self.node(name, node.kind, node.name, **node.attributes)
                self.nodes[name].sites = united(self.nodes[name].sites, node.sites)
        for key, edge in other.edges.items():
            if key not in self.edges:
                told, edge.attributes = self._alike.setdefault(key[4], (key[4], edge.attributes))
                self.edges[*key[:4], told] = edge
            else:
                self.edges[key].sites = united(self.edges[key].sites, edge.sites)
        for ref, column in other.columns.items():
            if ref not in self.columns:
                self.columns[ref] = column
            else:
                self.column(ref, column.source, None, column.parents)
                self.add_column(self.columns[ref], column)
        self.uses |= other.uses
        for name, rows in other.rows.items():
            self.rows.setdefault(name, rows)
        for loaded, natures in other.loaded_as.items():
            self.loaded_as.setdefault(loaded, set()).update(natures)
        for (site, kind), (outcome, reason) in other.io.items():
            self.access(site, kind, outcome, reason)
        self._add_program(other)
        self._add_vendors(other)

    @staticmethod
    def add_column(known: TracedColumn, other: TracedColumn) -> None:
        known.sites = united(known.sites, other.sites)
        if other.told:
            known.term = other.term if not known.told or known.term == other.term else None
            known.told = True

    def _add_vendors(self, other: Trace) -> None:
        for key, calls in other.vendors.items():
            known = self.vendors.setdefault(key, {})
            for name, sites in calls.items():
                known.setdefault(name, set()).update(sites)

    def _add_program(self, other: Trace) -> None:
        for task, facts in other.tasks.items():
            self.tasks.setdefault(task, {}).update(facts)
        for file, imported in other.imports.items():
            mine = self.imports.setdefault(file, {})
            for target, site in imported.items():
                mine[target] = min(mine.get(target, site), site)
        for file, sites in other.started.items():
            self.started.setdefault(file, set()).update(sites)
        self.forwards.update(other.forwards)
        for call, said in other.settings.items():
            self.settings.setdefault(call, set()).update(said)
        for parser, options in other.options.items():
            self.options.setdefault(parser, {}).update(options)
        self.trained_through |= other.trained_through
        for caller, called in other.calls.items():
            self.calls.setdefault(caller, set()).update(called)
        for place, scopes in other.touched.items():
            self.touched.setdefault(place, set()).update(scopes)
        self.failures += [failure for failure in other.failures if failure not in self.failures]
