"""Where lineage stops, and whether it matters there."""

from __future__ import annotations

import re

from mldebt.graph.model import Graph, Node, Unit
from mldebt.graph.questions.jobs import holds_records, is_at_work, is_in_a_put_away_folder
from mldebt.sites import Site

_FLOWS = ("READS", "WRITES", "LOADS", "PERSISTS")
_GIVEN = (
    "handle", "item of an unknown value", "item of an unknown sequence", "item of a listing", "value without data",
    "attribute of an unknown value", "an open file", "parameter that no call", "missing argument", "command-line",
    "part of a text",
)  # fmt: skip
"""Reasons that no name in the code could settle: what a framework, a caller outside of the repository or a user hands
in, what is in memory, and one of many names."""
_NO_DATA = re.compile(
    r"^(post|get|put|patch|request|urlopen|copy|copyfile|copytree|move|log_\w+|write_text|read_text|print)\(\)"
)


def gaps_that_matter(graph: Graph) -> list[tuple[Unit, list[Node]]]:
    """The gaps of every file at work that makes a stored model, serves or scores, or is run in production to feed
    stored records, by file. Modules that such a job imports are told by others what to read."""
    saving = {site.file for edge in graph.edges_of_kind("PERSISTS") for site in edge.sites}
    feeding = _feeding_files(graph) & {str(job.attributes.get("file")) for job in graph.of_kind("job")}
    named = _named_sites(graph)
    found: dict[str, list[Node]] = {}
    for gap in graph.of_kind("gap"):
        if not gap.sites or min(gap.sites) in named:
            continue
        unit = graph.unit_of(min(gap.sites))
        if is_in_a_put_away_folder(unit):
            continue
        feeds = unit.production and unit.file in feeding and gap.attributes.get("blocks") == "READS"
        if (feeds or _decides(unit, saving)) and _could_be_named(gap):
            found.setdefault(unit.file, []).append(gap)
    return [(graph.units[file], _by_cause(found[file])) for file in sorted(found)]


def _feeding_files(graph: Graph) -> set[str]:
    """Files that write records under a known name: where those come from is worth knowing in production."""
    return {
        site.file for edge in graph.edges_of_kind("WRITES") if holds_records(graph[edge.target]) for site in edge.sites
    }


def _named_sites(graph: Graph) -> set[Site]:
    """Places where at least one alternative has a name."""
    return {
        site
        for edge in graph.edges_of_kind(*_FLOWS)
        if not any(graph[end].kind == "gap" for end in (edge.source, edge.target))
        if any(graph[end].kind in ("dataset", "artifact") for end in (edge.source, edge.target))
        for site in edge.sites
    }


def _decides(unit: Unit, saving: set[str]) -> bool:
    made = "train" in unit.roles and unit.file in saving
    return is_at_work(unit) and (made or bool(unit.roles & {"serve", "score"}))


def _could_be_named(gap: Node) -> bool:
    reason, detail = str(gap.attributes.get("reason", "")), str(gap.attributes.get("detail", ""))
    if gap.attributes.get("blocks") not in _FLOWS or _NO_DATA.match(detail):
        return False
    return not any(given in reason or given in detail for given in _GIVEN)


def _by_cause(gaps: list[Node]) -> list[Node]:
    """One gap for each place, and for each variable that leaves several places open, in the order of the file."""
    found: dict[object, Node] = {}
    places: set[Site] = set()
    for gap in sorted(gaps, key=lambda gap: (min(gap.sites), gap.id)):
        place = min(gap.sites)
        cause = str(gap.attributes.get("detail", "")).partition(" through ")[2]
        if place not in places:
            found.setdefault(cause if cause.startswith("`") else place, gap)
        places.add(place)
    return list(found.values())
