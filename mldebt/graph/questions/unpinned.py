"""What is fetched from a hub by a name that its owner moves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.questions.jobs import ASIDE, is_at_work
from mldebt.graph.questions.lineage import Path, path_between, reachable
from mldebt.sites import Site

LEARNED = ("DERIVES", "FITS", "TRAINS_ON", "PERSISTS")

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
"""A name with its owner; a short one is kept by the hub itself and stays as it is."""
_FOLDERS = re.compile(
    r"(?:\.*|models?|data|datasets?|checkpoints?|ckpts?|outputs?|artifacts?|results?|runs?|logs?|tmp|opt|home|mnt|app"
    r"|weights|saved[_-]?models?|pretrained[_-]?models?|content|workspace|src|assets|resources|cache)/",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(pt|pth|bin|pkl|ckpt|onnx|safetensors|json|jsonl|csv|parquet|txt|zip|gz|h5)$")


class Unpinned(Struct, frozen=True):
    """A hub's model or data set without a revision: every place where it is fetched, and what is made of it.

    `serves`: production fetches it itself; else `path` leads to a model that is stored. `data`: it is a data set, no
    weights or tokenizer.
    """

    stored: Node
    fetches: tuple[tuple[Site, Edge], ...]
    serves: bool
    path: Path

    data: bool

    @property
    def name(self) -> str:
        return self.stored.name.removeprefix("hub://")


def unpinned_references(graph: Graph) -> Iterator[Unpinned]:
    for stored in graph.of_kind("artifact", "dataset"):
        if stored.attributes.get("store") == "hub" and _is_foreign(graph, stored):
            found = _found(graph, stored)
            if found is not None:
                yield found


def _is_foreign(graph: Graph, stored: Node) -> bool:
    """Whether the name can only be one at the hub: nothing here writes it, and it looks like no folder."""
    name = stored.name.removeprefix("hub://")
    if stored.attributes.get("template") or not _NAME.fullmatch(name):
        return False
    if _FOLDERS.match(name) or _ENDING.search(name):
        return False
    own = (node for node in graph.of_kind("artifact", "dataset") if f"/{node.name}".endswith(f"/{name}"))
    return not any(graph.into(node.id, "PERSISTS", "WRITES", "DERIVES") for node in (stored, *own)) and not any(
        node.attributes.get("pushed") and node.name.rpartition("/")[2] == name.rpartition("/")[2]
        for node in graph.of_kind("artifact")
    )


def _found(graph: Graph, stored: Node) -> Unpinned | None:
    fetches = sorted(
        (
            (site, edge)
            for edge in graph.out(stored.id, "LOADS", "READS")
            if edge.attributes.get("revision") == "absent" and edge.evidence == "resolved"
            for site in edge.sites
            if is_at_work(graph.unit_of(site)) and not graph.unit_of(site).roles & ASIDE
        ),
        key=lambda fetch: (fetch[0], fetch[1].target),
    )
    if not _matters(graph, [edge for _, edge in fetches]):
        return None
    data = not any(graph[edge.target].attributes.get("class") for _, edge in fetches)
    for site, edge in fetches:
        if _is_in_production(graph.unit_of(site)):
            return Unpinned(stored, tuple(fetches), True, (edge,), data)
    artifacts = {edge.target for edge in graph.edges_of_kind("PERSISTS")}
    for _, edge in fetches:
        way = path_between(graph, [edge.target], artifacts, LEARNED)
        if way is not None:
            return Unpinned(stored, tuple(fetches), False, (edge, *way), data)
    return None


def _matters(graph: Graph, fetches: list[Edge]) -> bool:
    """Whether anything but a tokenizer is fetched, or what the tokenizer makes of texts goes into a model.

    One that only counts and cuts does so with another state as well.
    """
    ends = {edge.target for edge in fetches}
    if not all("tokenizer" in str(graph[end].attributes.get("class")).lower() for end in ends):
        return True
    return any(
        graph[node].kind in ("prediction", "model") for node in reachable(graph, ends, LEARNED) if node not in ends
    )


def _is_in_production(unit: Unit) -> bool:
    """A single entry of its own, in code that neither serves nor trains, may be a command line that a person calls."""
    own = len(unit.roots) == 1 and unit.roots[0].file == unit.file
    return unit.production and (bool(unit.roles & {"serve", "train"}) or not own)
