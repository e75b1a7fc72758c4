"""Small repositories written in a test, and the graph of each as a reader would put it into words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

from mldebt.evaluate.program import evaluate
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.link import gather, link
from mldebt.graph.model import Edge, Graph, Node, RowSet
from mldebt.knowledge.loader import load_knowledge
from mldebt.read.one_file import kind_of_file, read_one

KNOWLEDGE = cache(load_knowledge)
READING = ("READS", "LOADS")
WRITING = ("WRITES", "PERSISTS")


@dataclass(frozen=True)
class Seen:
    """What the graph says, in names instead of nodes."""

    graph: Graph

    def reads(self, file: str = "") -> set[str]:
        """Names of what is read or loaded, anywhere or in one file."""
        return {self.graph[edge.source].name for edge in self._at(file, READING) if not edge.source.startswith("gap:")}

    def writes(self, file: str = "") -> set[str]:
        return {self.graph[edge.target].name for edge in self._at(file, WRITING) if not edge.target.startswith("gap:")}

    def gaps(self) -> set[str]:
        """Reasons of what could not be resolved."""
        return {str(node.attributes["reason"]) for node in self.graph.of_kind("gap")}

    def asked(self, name: str) -> set[tuple[str, ...] | None]:
        """The columns that reads of a data set ask for."""
        return {_names(edge) for edge in self.graph.edges_of_kind("READS") if self.graph[edge.source].name == name}

    def written(self, name: str) -> tuple[str, ...] | None:
        """The columns of the frame that is written there; None where they are not all known."""
        (columns,) = {_names(edge) for edge in self.writing(name)}
        return columns

    def evidence(self, name: str) -> set[str]:
        """How well reads and writes of a thing are known."""
        return {edge.evidence for edge in self._at("", (*READING, *WRITING)) if name in self._ends(edge)}

    def writing(self, name: str) -> list[Edge]:
        return [edge for edge in self._at("", WRITING) if self.graph[edge.target].name == name]

    def rows(self, name: str) -> RowSet:
        """The row set of the frame that is written there."""
        (source,) = {edge.source for edge in self.writing(name)}
        return self.graph.rowsets[str(self.graph[source].attributes["rows"])]

    def used(self, name: str) -> set[str]:
        """The columns of a data set that are known to be used."""
        return {column.name for column in self.stored(name).columns if column.used}

    def unused(self, name: str) -> set[str]:
        return {column.name for column in self.stored(name).columns if column.used is False}

    def use(self, name: str, column: str) -> set[str]:
        """What a column of a data set is used for."""
        found = self.stored(name).column(column)
        return {use.kind for use in found.uses} if found is not None else set()

    def stored(self, name: str) -> Node:
        (node,) = (node for node in self.graph.of_kind("dataset", "artifact") if node.name == name)
        return node

    def trained(self, kind: str = "TRAINS_ON") -> list[tuple[str, ...] | None]:
        """The columns that each fit learns from."""
        return sorted((_names(edge) for edge in self.graph.edges_of_kind(kind)), key=repr)

    def models(self) -> set[str]:
        """Classes of the models that are made, without their package."""
        return {str(node.attributes.get("class", "")).rpartition(".")[2] for node in self.graph.of_kind("model")}

    def flows(self, source: str, target: str) -> bool:
        """Whether data gets from one stored thing to another, through frames, models and predictions."""
        waiting = [node.id for node in self.graph.nodes.values() if node.name == source and node.kind != "frame"]
        seen = set(waiting)
        while waiting:
            for edge in self.graph.out(waiting.pop()):
                if edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return any(node.name == target and node.id in seen for node in self.graph.nodes.values())

    def sites(self, name: str) -> list[str]:
        """Where a thing is read and written."""
        edges = [edge for edge in self._at("", (*READING, *WRITING)) if name in self._ends(edge)]
        return sorted(str(site) for site in {site for edge in edges for site in edge.sites})

    def _ends(self, edge: Edge) -> tuple[str, str]:
        return self.graph[edge.source].name, self.graph[edge.target].name

    def _at(self, file: str, kinds: tuple[str, ...]) -> Iterator[Edge]:
        for edge in self.graph.edges_of_kind(*kinds):
            if not file or any(site.file == file for site in edge.sites):
                yield edge


GraphOf = Callable[[str | Mapping[str, str | bytes]], Seen]


def write_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())


def seen_in(root: Path, files: Mapping[str, str | bytes], knowledge: Sequence[Path] = ()) -> Seen:
    """Write the files below the root and evaluate them; an error of the evaluator itself is raised."""
    write_files(root, files)
    facts = {file: read_one(file, (root / file).read_bytes()) for file in sorted(files) if kind_of_file(file)}
    workspace = Workspace(root, facts)
    return Seen(link(gather(workspace, evaluate(workspace, KNOWLEDGE(tuple(knowledge)), strict=True))))


def notebook(*cells: str) -> str:
    """A notebook; a cell that begins with `%%markdown ` is prose."""
    made = [_cell(cell) for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _cell(text: str) -> dict[str, object]:
    prose = text.removeprefix("%%markdown ")
    if prose != text:
        return {"cell_type": "markdown", "metadata": {}, "source": prose}
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}


def _names(edge: Edge) -> tuple[str, ...] | None:
    columns = edge.attributes.get("columns")
    return tuple(columns) if isinstance(columns, (tuple, list)) else None
