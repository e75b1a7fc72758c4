"""Code that training brings in, be it that a service brings it in as well."""

from __future__ import annotations

from mldebt.graph.model import Graph


def code_of_training(graph: Graph) -> frozenset[str]:
    """The files that train, and what they import, directly or not."""
    found, waiting = set[str](), [file for file, unit in graph.units.items() if "train" in unit.roles]
    while waiting:
        file = waiting.pop()
        if file not in found and file in graph.units:
            found.add(file)
            waiting += graph.units[file].imports
    return frozenset(found)
