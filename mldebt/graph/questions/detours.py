"""Files that are written for another program only, and what it makes of them is read back."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import is_at_work
from mldebt.graph.records import Detour


def detours(graph: Graph) -> Iterator[Detour]:
    """One for each command of code at work."""
    seen = set()
    for one in graph.detours:
        known = one.written in graph.nodes and one.read in graph.nodes
        if known and one.site not in seen and is_at_work(graph.unit_of(one.site)):
            seen.add(one.site)
            yield one
