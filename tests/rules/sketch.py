"""Graphs drawn by hand, as short as the stories that the tests tell."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Column, ColumnUse, Coverage, Edge, Graph, Node, RowSet, Unit
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.sites import Site


def at(place: str) -> Site:
    """`train.py:12` or, in cell 3 of a notebook, `explore.ipynb#3:1`."""
    file, _, line = place.rpartition(":")
    name, cell = [*file.split("#"), "-1"][:2]
    return Site(name, int(line), int(line), int(cell))


class Sketch:
    """Collects nodes and edges; everything is referred to by its id, `kind:name`."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.rowsets: dict[str, RowSet] = {}
        self.units: dict[str, Unit] = {}

    def node(self, id: str, place: str = "", columns: Iterable[Column] = (), **attributes: object) -> str:
        kind, _, name = id.partition(":")
        sites = (at(place),) if place else ()
        self.nodes[id] = Node(id, kind, name, sites, tuple(columns), attributes)
        return id

    def edge(self, source: str, target: str, kind: str, place: str, evidence: str = "resolved", **more: object) -> None:
        for end in (source, target):
            if end not in self.nodes:
                self.node(end)
        self.edges.append(Edge(source, target, kind, evidence, (at(place),), more))

    def rows(self, id: str, operation: str, *parents: str, split: str = "", part: str = "") -> str:
        self.rowsets[id] = RowSet(id, operation, parents, split, part)
        return id

    def unit(self, file: str, *roles: str, kind: str = "script", imports: Iterable[str] = (), roots: str = "") -> None:
        sites = tuple(at(root) for root in roots.split())
        self.units[file] = Unit(file, kind, frozenset(roles), bool(sites), sites, tuple(imports))

    def graph(self) -> Graph:
        coverage = Coverage(files=7)
        return Graph(self.nodes.values(), self.edges, rowsets=self.rowsets, units=self.units, coverage=coverage)

    def ask(self, rule: type[Rule]) -> list[Finding]:
        return list(rule().check(self.graph(), Settings()))


def column(name: str, used: bool | None, source: str = "header", place: str = "", uses: str = "") -> Column:
    where = (at(place),) if place else ()
    return Column(name, used, source, tuple(ColumnUse(kind, at("x.py:1")) for kind in uses.split()), (), where)
