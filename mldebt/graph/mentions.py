"""Names of data sets in texts of the code: a claim that nothing reads a data set has to answer for each of them.

A read may hide in code that can't be followed (a worker pool, a shell command), but the name that it reads is often
written out there. One statement has to name what is written; a second one makes the claim unsafe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from mldebt.graph.code import Code
from mldebt.graph.model import Graph
from mldebt.graph.questions.alike import telling_part
from mldebt.graph.questions.datasets import unread_datasets
from mldebt.graph.unread import UnreadCode
from mldebt.read.facts import FileFacts


def with_mentions(graph: Graph, code: Code, unread: UnreadCode) -> Graph:
    """The graph in which unread data sets that several statements name, or code that can't be read, are `mentioned`."""
    idle = (node for node in unread_datasets(graph) if node.attributes.get("store", "file") == "file")
    parts = {node.id: _literal(telling_part(node.name)) for node in idle}
    homes = {node: str(graph[node].attributes.get("repository", "")) for node in parts}
    named = {
        home: _named_twice(code, home, {part for node, part in parts.items() if part and homes[node] == home})
        for home in set(homes.values())
    }
    marked = [node for node, part in parts.items() if part in named[homes[node]] or (part and unread.speaks_of(part))]
    if not marked:
        return graph
    nodes = dict(graph.nodes)
    for node in marked:
        nodes[node] = replace(nodes[node], attributes={**nodes[node].attributes, "mentioned": True})
    return Graph(
        nodes.values(), graph.edges, rowsets=graph.rowsets, units=graph.units, coverage=graph.coverage,
        repositories=graph.repositories, stages=graph.stages, environments=graph.environments,
        flags=graph.flags, claims=graph.claims, dead=graph.dead, prompts=graph.prompts, detours=graph.detours,
    )  # fmt: skip


def _of(facts: Mapping[str, FileFacts], repository: str) -> Iterable[FileFacts]:
    """The files in which a name is meant: those of the one of several repositories, or all."""
    return [each for each in facts.values() if not repository or each.file.startswith(f"{repository}/")]


def _literal(part: str) -> str:
    """The longest piece of a file or folder name that is known, without the ending."""
    return max(re.split(r"\{[^}]*\}", part.partition(".")[0]), key=len)


def _named_twice(code: Code, home: str, parts: set[str]) -> set[str]:
    places: dict[str, set[tuple[Any, ...]]] = {part: set() for part in parts}
    for file in _of(code.facts, home):
        for part in (part for part in parts if code.spells(file.file, part)):
            places[part].update(code.places_of_text(file.file, part))
        for command in file.commands:
            words = " ".join((command.target, *command.arguments))
            for part in parts:
                if part in words:
                    places[part].add((file.file, command.line))
    return {part for part, found in places.items() if len(found) > 1}
