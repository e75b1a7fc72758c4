"""Where lineage stops, and whether it matters there."""

from __future__ import annotations

from mldebt.graph.model import Graph, Node, Unit
from mldebt.graph.questions.datasets import is_aside

_ROLES_THAT_MATTER = frozenset({"train", "serve", "score"})


def gaps_that_matter(graph: Graph) -> list[tuple[Unit, list[Node]]]:
    """The gaps of every file that trains, serves or scores, or that production reaches, by file."""
    found: dict[str, list[Node]] = {}
    for gap in graph.of_kind("gap"):
        if gap.sites and _matters(graph.unit_of(min(gap.sites)), gap):
            found.setdefault(min(gap.sites).file, []).append(gap)
    return [(graph.unit_of(min(found[file][0].sites)), _by_place(found[file])) for file in sorted(found)]


def _matters(unit: Unit, gap: Node) -> bool:
    if is_aside(unit) or "test" in unit.roles:
        return False
    return unit.production or bool(unit.roles & _ROLES_THAT_MATTER) or gap.attributes.get("production") is True


def _by_place(gaps: list[Node]) -> list[Node]:
    return sorted(gaps, key=lambda gap: (min(gap.sites), gap.id))
