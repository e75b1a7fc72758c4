"""The graph: how data becomes features, features models, models predictions, and who consumes them.

Every data edge points the way the data flows. Ids are made from names, never from positions, so that they survive
moved lines and reformatting. The whole graph is immutable once linked; questions to it live in `graph.questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct, field

from mldebt.graph.records import Claim, DeadCode, Detour, Environment, Prompt, Stage, StuckFlag
from mldebt.sites import Site
from mldebt.terms import Term

Answer = TypeVar("Answer")
Thing = TypeVar("Thing")

NODE_KINDS = (
    "dataset", "column", "frame", "feature", "label", "model", "artifact", "prediction", "decision",
    "action", "consumer", "job", "config", "check", "contract", "owner", "gap",
)  # fmt: skip
EDGE_KINDS = (
    "READS", "WRITES", "DERIVES", "ROWS", "SELECTS", "FITS", "TRAINS_ON", "LABELS", "EVALUATES_ON", "PERSISTS",
    "LOADS", "PREDICTS", "DECIDES", "TRIGGERS", "CONSUMES", "CHECKS", "CONFIGURED_BY", "OWNED_BY", "SCHEDULED_BY",
    "DECLARES", "WORLD",
)  # fmt: skip

EVIDENCE = ("declared", "observed", "resolved", "inferred", "guessed")
"""Strongest first; a path is as good as its weakest edge."""


class ColumnUse(NamedTuple):
    """One place where a column's value matters.

    `kind`: feature, label, filter, key, check, sink (written or sent), value (enters a derived column), decision,
    order, state (a statistic or fitted transform learned from it) or escape (handed to code that can't be seen into).
    """

    kind: str
    site: Site


class ConfigKey(NamedTuple):
    """A key of a configuration, by its path (`train.learning_rate`).

    `used`: whether code asks for it. False is a claim of absence, said only of the topmost of keys that nobody reads.
    `sites`: where it is defined; `reads`: the statements that ask for it or use its value; `value`: what it holds, None
    for a table or where it holds nothing; `near`: a name that code asks for in vain and that this may have meant.
    """

    path: str
    used: bool
    sites: tuple[Site, ...] = ()
    reads: tuple[Site, ...] = ()
    value: object = None
    near: str = ""


class MissingKey(NamedTuple):
    """A key that code asks a configuration for, can't do without, and that isn't there; `near`: one that is."""

    path: str
    sites: tuple[Site, ...]
    near: str = ""


class Column(Struct, frozen=True):
    """A column of a stored data set or of a frame.

    `used` is True, False, or None where it can't be told. `derived_from` names (node id, column) pairs; it is empty
    for a column that is stored. `source` says how the column is known: projection, header, schema, contract, mention
    or derived. Only `mention` leaves open whether the column exists. `expression` is the canonical form of what is
    computed, down to columns that are stored or received; None for a column that is no computed one, or where it can't
    be told.
    """

    name: str
    used: bool | None
    source: str = "mention"
    uses: tuple[ColumnUse, ...] = ()
    derived_from: tuple[tuple[str, str], ...] = ()
    sites: tuple[Site, ...] = ()
    expression: Term | None = None


class Node(Struct, frozen=True):
    """A thing in the graph. `attributes` by kind:

    dataset     store: file|table|topic|http|object|memory|temp|builtin|unknown; format: csv|parquet|…; template: bool
                (unknown parts in the name); closed: bool (all columns are known); external: bool (not written here)
                kept: False for a raw file that lies in no commit; tracked: True for one that code changes and git has
                called, begun: pairs (place of a write in a function, where that is called, or what is run for it)
                picked: names that one place takes of it at once; ignored: names that are dropped if they are there
                unread: True for one that code speaks of which could not be read
                repository: the only one of several repositories in which the name means this
    frame       variable, scope (file::qualified name), rows (id of its RowSet), closed: bool
                borrowed: True for rows of a query whose text another file holds
    model       class (dotted), family (sklearn, xgboost, …), task: classifier|regressor|transformer|clusterer|unknown,
                stochastic: bool, seed: fixed|absent|unknown|global, variable, scope
    artifact    store, template as for dataset
    prediction  method (predict, predict_proba, …), variable, scope
    decision    threshold (number or None), operator, literal: bool; figure: True where a statistic over predictions
                is compared; written: literal|constant where the number stands in code, constant (its name),
                defined (where)
    consumer    file, unit; declared: bool
    job         file, kind (script, notebook, module, route, stage, task, command), roles (tuple), command
    config      form: load (a file), compose (files put together), parse (a command line); keys: ConfigKeys;
                missing: MissingKeys
    check       what (schema, assertion, …)
    gap         reason (stable slug), detail (one sentence), production: bool, blocks: kind of the edge that is missing
    """

    id: str
    kind: str
    name: str
    sites: tuple[Site, ...] = ()
    columns: tuple[Column, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


class Edge(Struct, frozen=True):
    """A flow from `source` to `target`. Attributes by kind:

    DERIVES     operation (KB name of what was done: split, merge, fillna, transform, …); state: bool where a statistic
                over rows went into the values; compared: True where they are yes or no, by a comparison
    READS       columns: tuple of names asked for, or None for all; idle: those of them that only other programs need
    WRITES      mode: replace|append|merge|error; columns: tuple of written names or None; partition: bool;
                computed: Term or None by name; passes: whether other columns go through as they came;
                rest: data sets of which all columns that they happen to have are written
    FITS        columns, named as for TRAINS_ON; distinct: True where each value of the only column is given once
    TRAINS_ON   columns: tuple of feature names in order, or None; named: bool (False for a bare array)
                expressions: how each of the columns is computed (a Term, or None where that isn't known)
                rest: data sets of which all columns that they happen to have are features, but those in but
    PREDICTS    columns, named, expressions: what the model was given, as for TRAINS_ON; assumes: conditions that were
                checked before, by raising an error
    LABELS      columns: names of the label columns; expressions
    """

    source: str
    target: str
    kind: str
    evidence: str = "resolved"
    sites: tuple[Site, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)


class RowSet(Struct, frozen=True):
    """Which records a frame holds.

    `operation`: read, made, equal, filter, sample, part (one side of a split), join, concat, group, duplicate (records
    that repeat, or new ones made of others), reshaped (values of one record in several rows), unknown.
    Parts of one split share `split` (its id) and differ in `part` (train, test, validation, fold, or a number).
    """

    id: str
    operation: str
    parents: tuple[str, ...] = ()
    split: str = ""
    part: str = ""
    site: Site | None = None


class Unit(Struct, frozen=True):
    """A file of code and what it is for.

    `roles`: train, eval, serve, score, explore, test, ops, example, library. `production` is True where a schedule,
    deploy manifest, service entry point or declared job reaches it; `roots` are the sites that do. `import_sites`
    says where each of `imports` is brought in. `lists`: lists of three texts or more that are written out in the code.
    `borrowed`: assignments that call what another file of the repository holds, as (place, its file::its name).
    `vendors`: calls of packages that are somebody else's interface, as (package, name, site). `copy_of`: the first of
    the files that hold the same code, where that is another one.
    """

    file: str
    kind: str
    roles: frozenset[str] = frozenset()
    production: bool = False
    roots: tuple[Site, ...] = ()
    imports: tuple[str, ...] = ()
    import_sites: tuple[Site, ...] = ()
    owner: str = ""
    owner_evidence: str = "guessed"
    lists: tuple[tuple[Site, tuple[str, ...]], ...] = ()
    borrowed: tuple[tuple[Site, str], ...] = ()
    vendors: tuple[tuple[str, str, Site], ...] = ()
    copy_of: str = ""


class Coverage(Struct, frozen=True):
    """How much of the reads and writes of data has a known name.

    `resolved` names an identity, `transient` is known to be in memory or temporary, `unresolved` is not known.
    `reasons` counts the unresolved by reason, `places` says where they are. `skipped` maps each
    file that was not read to the reason.
    """

    files: int = 0
    lines: int = 0
    resolved: int = 0
    transient: int = 0
    unresolved: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, tuple[Site, ...]] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Share in 0..1 of reads and writes with a known name, None where there are none."""
        sites = self.resolved + self.transient + self.unresolved
        return (self.resolved + self.transient) / sites if sites else None


class Graph:
    """All nodes and edges of one scan; look-ups are indexed on first use."""

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        edges: Iterable[Edge] = (),
        *,
        rowsets: Mapping[str, RowSet] | None = None,
        units: Mapping[str, Unit] | None = None,
        coverage: Coverage | None = None,
        repositories: Sequence[str] = (),
        stages: Iterable[Stage] = (),
        environments: Iterable[Environment] = (),
        flags: Iterable[StuckFlag] = (),
        claims: Iterable[Claim] = (),
        dead: Iterable[DeadCode] = (),
        prompts: Iterable[Prompt] = (),
        detours: Iterable[Detour] = (),
    ) -> None:
        """`repositories`: the names of those that were scanned together; none where it was only one."""
        self.nodes: dict[str, Node] = {node.id: node for node in sorted(nodes, key=lambda node: node.id)}
        self.edges: tuple[Edge, ...] = tuple(
            sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind, edge.sites))
        )
        self.rowsets: dict[str, RowSet] = dict(rowsets or {})
        self.units: dict[str, Unit] = dict(units or {})
        self.coverage: Coverage = coverage or Coverage()
        self.repositories: tuple[str, ...] = tuple(repositories)
        self.stages: tuple[Stage, ...] = tuple(stages)
        self.environments: tuple[Environment, ...] = tuple(environments)
        self.flags: tuple[StuckFlag, ...] = tuple(flags)
        self.claims: tuple[Claim, ...] = tuple(claims)
        self.dead: tuple[DeadCode, ...] = tuple(dead)
        self.prompts: tuple[Prompt, ...] = tuple(prompts)
        self.detours: tuple[Detour, ...] = tuple(detours)
        self._made: dict[object, Any] = {}

    def __getitem__(self, node_id: str) -> Node:
        return self.nodes[node_id]

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        if len(kinds) == 1:
            return iter(self._of_kind.get(kinds[0], ()))
        return (node for node in self.nodes.values() if node.kind in kinds)

    def out(self, node_id: str, *kinds: str) -> list[Edge]:
        """Edges that leave the node; only the given kinds, if any are given."""
        return [edge for edge in self._out.get(node_id, ()) if not kinds or edge.kind in kinds]

    def into(self, node_id: str, *kinds: str) -> list[Edge]:
        return [edge for edge in self._into.get(node_id, ()) if not kinds or edge.kind in kinds]

    def edges_of_kind(self, *kinds: str) -> Iterator[Edge]:
        if len(kinds) == 1:
            return iter(self._edges_of_kind.get(kinds[0], ()))
        return (edge for edge in self.edges if edge.kind in kinds)

    def unit_of(self, site: Site) -> Unit:
        return self.units.get(site.file) or Unit(site.file, "script")

    def repository_of(self, file: str) -> str:
        """The one of several repositories that a file is in; "" where only one was scanned."""
        return file.partition("/")[0] if self.repositories else ""

    def once(self, make: Callable[[Graph], Answer]) -> Answer:
        """What `make` makes of this graph; it is made once, however many ask."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Answer = self._made[make]
        return made

    @cached_property
    def _out(self) -> dict[str, list[Edge]]:
        return _index(self.edges, lambda edge: edge.source)

    @cached_property
    def _into(self) -> dict[str, list[Edge]]:
        return _index(self.edges, lambda edge: edge.target)

    @cached_property
    def _of_kind(self) -> dict[str, list[Node]]:
        return _index(self.nodes.values(), lambda node: node.kind)

    @cached_property
    def _edges_of_kind(self) -> dict[str, list[Edge]]:
        return _index(self.edges, lambda edge: edge.kind)


def _index(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    table: dict[str, list[Thing]] = {}
    for thing in things:
        table.setdefault(key(thing), []).append(thing)
    return table


def weakest(evidences: Iterable[str]) -> str:
    """The weakest of several evidence levels; `declared` for none at all."""
    return max(evidences, key=EVIDENCE.index, default="declared")
