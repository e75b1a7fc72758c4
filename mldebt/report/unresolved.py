"""What could not be seen: gaps of the lineage by reason, and files that were not read."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from mldebt.graph.model import Coverage, Graph, Node
from mldebt.report.places import place

_MOST_PLACES = 15


class Gap(Struct, frozen=True):
    place: str
    detail: str
    production: bool


class GapGroup(Struct, frozen=True):
    """The gaps with one reason, those in production code first."""

    reason: str
    count: int
    gaps: tuple[Gap, ...]

    @property
    def left_out(self) -> int:
        return max(0, self.count - len(self.gaps))


class Skipped(Struct, frozen=True):
    """The files that were not read for one reason."""

    reason: str
    count: int
    files: tuple[str, ...]

    @property
    def left_out(self) -> int:
        return self.count - len(self.files)


def gap_groups(graph: Graph) -> tuple[GapGroup, ...]:
    """By reason, the most frequent first."""
    nodes: dict[str, list[Node]] = defaultdict(list)
    for node in graph.of_kind("gap"):
        nodes[str(node.attributes.get("reason") or "unknown")].append(node)
    counts = {**{reason: len(found) for reason, found in nodes.items()}, **graph.coverage.reasons}
    return tuple(
        GapGroup(reason.replace("-", " ").replace("_", " "), count, _gaps(graph, reason, nodes.get(reason, [])))
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def skipped_files(coverage: Coverage) -> tuple[Skipped, ...]:
    """By reason, the most frequent first."""
    files: dict[str, list[str]] = defaultdict(list)
    for file, reason in sorted(coverage.skipped.items()):
        files[reason].append(file)
    ranked = sorted(files.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Skipped(reason, len(found), tuple(found[:_MOST_PLACES])) for reason, found in ranked)


def _gaps(graph: Graph, reason: str, nodes: list[Node]) -> tuple[Gap, ...]:
    """What the graph has a node for, then the other places where a read or write has no name."""
    ranked = sorted(nodes, key=lambda node: (not node.attributes.get("production"), node.sites, node.id))
    told = {site for node in nodes for site in node.sites}
    others = [site for site in graph.coverage.places.get(reason, ()) if site not in told]
    bare = [Gap(place(site), "a read or write", graph.unit_of(site).production) for site in others]
    return (*(_gap(node) for node in ranked), *sorted(bare, key=lambda gap: not gap.production))[:_MOST_PLACES]


def _gap(node: Node) -> Gap:
    return Gap(
        place=place(node.sites[0]) if node.sites else "",
        detail=str(node.attributes.get("detail") or node.name),
        production=bool(node.attributes.get("production")),
    )
