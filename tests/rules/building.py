"""Graphs built by hand, in few words, for tests of rules and questions."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Column, ColumnUse, Coverage, Edge, Graph, Node, RowSet, Unit
from mldebt.sites import Site


class Building:
    """Collects nodes, edges, columns and uses; a node comes to be when it is first named, its kind from its id."""

    def __init__(self, files: int = 14) -> None:
        self._nodes: dict[str, dict[str, object]] = {}
        self._node_sites: dict[str, set[Site]] = {}
        self._edges: list[Edge] = []
        self._parents: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._uses: dict[tuple[str, str], list[ColumnUse]] = {}
        self._units: dict[str, Unit] = {}
        self._rows: dict[str, RowSet] = {}
        self._files = files

    def node(self, id: str, at: str = "", **attributes: object) -> Building:
        self._nodes.setdefault(id, {}).update(attributes)
        if at:
            self._node_sites.setdefault(id, set()).add(site(at))
        return self

    def edge(
        self, source: str, kind: str, target: str, at: str, evidence: str = "resolved", **attributes: object
    ) -> Building:
        self.node(source).node(target)
        self._edges.append(Edge(source, target, kind, evidence, (site(at),), attributes))
        return self

    def column(self, owner: str, name: str, *parents: tuple[str, str]) -> Building:
        self.node(owner)
        self._parents.setdefault((owner, name), set()).update(parents)
        for parent in parents:
            self._parents.setdefault(parent, set())
            self.node(parent[0])
        return self

    def use(self, owner: str, name: str, kind: str, at: str) -> Building:
        self.column(owner, name)
        self._uses.setdefault((owner, name), []).append(ColumnUse(kind, site(at)))
        return self

    def unit(
        self,
        file: str,
        roles: Iterable[str] = (),
        *,
        kind: str = "script",
        production: bool = False,
        owner: str = "",
        owner_evidence: str = "declared",
    ) -> Building:
        self._units[file] = Unit(file, kind, frozenset(roles), production, owner=owner, owner_evidence=owner_evidence)
        return self

    def rows(self, node: str, operation: str, *parents: str, split: str = "", part: str = "") -> Building:
        """The row set of a frame is named like the frame."""
        self.node(node, rows=node)
        self._rows[node] = RowSet(node, operation, parents, split, part)
        return self

    def graph(self) -> Graph:
        nodes = [self._finished(name, attributes) for name, attributes in self._nodes.items()]
        coverage = Coverage(files=self._files)
        return Graph(nodes, self._edges, rowsets=self._rows, units=self._units, coverage=coverage)

    def _finished(self, id: str, attributes: dict[str, object]) -> Node:
        kind, _, name = id.partition(":")
        columns = tuple(
            Column(column, None, "written", tuple(self._uses.get((owner, column), ())), tuple(sorted(parents)))
            for (owner, column), parents in sorted(self._parents.items())
            if owner == id
        )
        return Node(id, kind, name, tuple(sorted(self._node_sites.get(id, ()))), columns, dict(attributes))


def site(at: str) -> Site:
    """`train.py:12`"""
    file, _, line = at.rpartition(":")
    return Site(file, int(line), int(line))
