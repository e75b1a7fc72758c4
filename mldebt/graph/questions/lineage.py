"""Where data comes from and where it goes: paths, what is reachable, and which columns are made of which."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from mldebt.graph.model import EVIDENCE, Column, Edge, Graph, weakest
from mldebt.sites import Site

ColumnRef = tuple[str, str]
"""(id of the node that owns the column, name of the column)"""

FLOW = (
    "READS", "WRITES", "DERIVES", "TRAINS_ON", "LABELS", "FITS", "PERSISTS", "LOADS", "PREDICTS", "DECIDES",
    "TRIGGERS", "WORLD", "EVALUATES_ON",
)  # fmt: skip
"""Edges along which data, or what was learned from it, goes on."""

VALUES = ("READS", "WRITES", "DERIVES", "DECIDES", "TRIGGERS", "WORLD")
"""Edges along which records go on, outside of models."""

Path = tuple[Edge, ...]

MOST_HELD = 1_000_000
"""Nodes on remembered ways, about 100 MB."""


def path_between(
    graph: Graph,
    sources: Iterable[str],
    targets: Collection[str],
    kinds: Collection[str] = FLOW,
    *,
    allowed: Callable[[Edge], bool] | None = None,
) -> Path | None:
    """The path from a source to a target whose weakest edge is strongest; the shortest of these."""
    starts = sorted(set(sources))
    for limit in range(EVIDENCE.index("resolved"), len(EVIDENCE)):
        evident = frozenset(EVIDENCE[: limit + 1])
        tree = _tree(graph, starts, kinds, allowed, evident, targets)
        end = next(reversed(tree), None)
        if end is not None and end in targets and tree[end] is not None:
            return _walk_back(tree, end)
    return None


class Ways:
    """Paths from single nodes to many others, as `path_between` finds them, of which many are asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._trees: dict[tuple[str, tuple[str, ...], int], dict[str, Edge | None]] = {}
        self._held = 0

    def between(self, source: str, target: str, kinds: tuple[str, ...]) -> Path | None:
        for limit in range(EVIDENCE.index("resolved"), len(EVIDENCE)):
            tree = self._tree((source, kinds, limit))
            if tree.get(target) is not None:
                return _walk_back(tree, target)
        return None

    def _tree(self, key: tuple[str, tuple[str, ...], int]) -> dict[str, Edge | None]:
        if key not in self._trees:
            source, kinds, limit = key
            if self._held > MOST_HELD:
                self._trees.clear()
                self._held = 0
            self._trees[key] = _tree(self._graph, [source], kinds, None, frozenset(EVIDENCE[: limit + 1]))
            self._held += len(self._trees[key])
        return self._trees[key]


def reachable(
    graph: Graph,
    sources: Iterable[str],
    kinds: Collection[str] = FLOW,
    *,
    allowed: Callable[[Edge], bool] | None = None,
) -> list[str]:
    """The sources and all that their data reaches, nearest first."""
    return list(_tree(graph, sorted(set(sources)), kinds, allowed))


def origins(graph: Graph, targets: Iterable[str], kinds: Collection[str] = FLOW) -> list[str]:
    """The targets and all that their data comes from, nearest first."""
    found = dict.fromkeys(sorted(set(targets)))
    waiting = deque(found)
    while waiting:
        for edge in graph.into(waiting.popleft(), *kinds):
            if edge.source not in found:
                found[edge.source] = None
                waiting.append(edge.source)
    return list(found)


def evidence_of(path: Iterable[Edge]) -> str:
    """A path is as good as its weakest edge."""
    return weakest(edge.evidence for edge in path)


def _tree(
    graph: Graph,
    starts: list[str],
    kinds: Collection[str],
    allowed: Callable[[Edge], bool] | None,
    evident: Collection[str] = frozenset(EVIDENCE),
    targets: Collection[str] = (),
) -> dict[str, Edge | None]:
    """Every node reached, in order, with the edge by which it was reached first; a target that is reached is the last.

    `evident`: the evidence that an edge must have to be followed.
    """
    tree: dict[str, Edge | None] = dict.fromkeys(starts)
    waiting = deque(starts)
    while waiting:
        for edge in graph.out(waiting.popleft(), *kinds):
            if edge.target in tree or edge.evidence not in evident or (allowed is not None and not allowed(edge)):
                continue
            tree[edge.target] = edge
            if edge.target in targets:
                return tree
            waiting.append(edge.target)
    return tree


def _walk_back(tree: dict[str, Edge | None], node: str) -> Path:
    path: list[Edge] = []
    edge = tree[node]
    while edge is not None:
        path.append(edge)
        edge = tree[edge.source]
    return tuple(reversed(path))


class ColumnFlow:
    """Which columns are made of which, over the whole graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def of_node(self, node: str) -> frozenset[ColumnRef]:
        """The columns of a node, also those that are only named where something derives from them."""
        own = self._graph.nodes[node].columns if node in self._graph.nodes else ()
        return frozenset((*((node, column.name) for column in own), *self._only_named.get(node, ())))

    def after(self, refs: Iterable[ColumnRef]) -> frozenset[ColumnRef]:
        """The columns and everything made of them."""
        return _closure(refs, self._made_from)

    def before(self, refs: Iterable[ColumnRef]) -> frozenset[ColumnRef]:
        """The columns and everything that they are made of."""
        return _closure(refs, self._made_of)

    def column(self, ref: ColumnRef) -> Column | None:
        return self._columns.get(ref)

    def used_at(self, kinds: Iterable[str], sites: Iterable[Site]) -> frozenset[ColumnRef]:
        """The columns that are used there, in one of the ways (`feature`, `label`, …)."""
        keys = {(kind, site) for kind in kinds for site in sites}
        return frozenset(ref for key in keys for ref in self._used.get(key, ()))

    @cached_property
    def _used(self) -> dict[tuple[str, Site], set[ColumnRef]]:
        used: dict[tuple[str, Site], set[ColumnRef]] = {}
        for ref, column in self._columns.items():
            for use in column.uses:
                used.setdefault((use.kind, use.site), set()).add(ref)
        return used

    @cached_property
    def _columns(self) -> dict[ColumnRef, Column]:
        return {(node.id, column.name): column for node in self._graph.nodes.values() for column in node.columns}

    @cached_property
    def _made_of(self) -> dict[ColumnRef, tuple[ColumnRef, ...]]:
        made = {ref: column.derived_from for ref, column in self._columns.items()}
        for source, target in self._same_data:
            for name in sorted({column.name for end in (source, target) for column in self._graph[end].columns}):
                made[target, name] = (*made.get((target, name), ()), (source, name))
        return made

    @cached_property
    def _same_data(self) -> list[tuple[str, str]]:
        """Stored things that go by two names, or of which one is a copy: their columns are the same."""
        edges = self._graph.edges_of_kind("DERIVES")
        return [(e.source, e.target) for e in edges if e.attributes.get("operation") in ("same name", "copy")]

    @cached_property
    def _made_from(self) -> dict[ColumnRef, list[ColumnRef]]:
        made: defaultdict[ColumnRef, list[ColumnRef]] = defaultdict(list)
        for ref, parents in self._made_of.items():
            for parent in parents:
                made[parent].append(ref)
        return dict(made)

    @cached_property
    def _only_named(self) -> dict[str, list[ColumnRef]]:
        """Columns that something derives from although their node isn't known to have them."""
        named: dict[str, list[ColumnRef]] = {}
        for ref in self._made_from.keys() - self._columns.keys():
            named.setdefault(ref[0], []).append(ref)
        return named


def _closure(refs: Iterable[ColumnRef], following: Mapping[ColumnRef, Sequence[ColumnRef]]) -> frozenset[ColumnRef]:
    found = set(refs)
    waiting = list(found)
    while waiting:
        for ref in following.get(waiting.pop(), ()):
            if ref not in found:
                found.add(ref)
                waiting.append(ref)
    return frozenset(found)
