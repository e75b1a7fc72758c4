"""Where lineage stops, and whether it matters there."""

from __future__ import annotations

from mldebt.graph.model import Graph, Node, Unit
from mldebt.graph.questions.datasets import ASIDE

_ROLES_THAT_MATTER = frozenset({"train", "serve", "score"})


def gaps_that_matter(graph: Graph) -> list[tuple[Unit, list[Node]]]:
    """The gaps of every file that trains, serves or scores, or that production reaches, by file."""
    saving = {site.file for edge in graph.edges_of_kind("PERSISTS") for site in edge.sites}
    found: dict[str, list[Node]] = {}
    for gap in graph.of_kind("gap"):
        if gap.sites and _matters(graph.unit_of(min(gap.sites)), gap, saving):
            found.setdefault(min(gap.sites).file, []).append(gap)
    return [(graph.unit_of(min(found[file][0].sites)), _by_place(found[file])) for file in sorted(found)]


def _matters(unit: Unit, gap: Node, saving: set[str]) -> bool:
    """A notebook matters where production runs it or a model comes out of it.

    A file that is only opened may hold anything; it is counted where models are made or used.
    """
    if unit.roles & ASIDE:
        return False
    if unit.kind == "notebook" and unit.file not in saving:
        return unit.production
    if unit.roles & _ROLES_THAT_MATTER:
        return True
    return unit.production and not str(gap.attributes.get("reason", "")).startswith("handle")


def _by_place(gaps: list[Node]) -> list[Node]:
    """One gap for each place and reason, in the order of the file."""
    found: dict[object, Node] = {}
    for gap in sorted(gaps, key=lambda gap: (min(gap.sites), gap.id)):
        found.setdefault((min(gap.sites), gap.attributes.get("detail")), gap)
    return list(found.values())
