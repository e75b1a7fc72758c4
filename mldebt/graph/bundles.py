"""Several stored things under one name: who reads the name, reads each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile

from mldebt.evaluate.trace import Trace
from mldebt.graph.model import Edge


def unbundled(edges: Iterable[Edge], trace: Trace) -> list[Edge]:
    """The edges, and one more for each member of a bundle that is read."""
    found: list[Edge] = []
    for edge in edges:
        found.append(edge)
        if edge.kind == "READS":
            members = _members(trace, edge.source, edge.sites[0].file if edge.sites else "")
            found += [replace(edge, source=member, attributes={}) for member in members]
    return found


def _members(trace: Trace, name: str, reader: str) -> tuple[str, ...]:
    """What is in a bundle; of several with one name, in that of the nearest folder."""
    near = {file: members for (file, bundle), members in trace.bundles.items() if bundle == name}
    nearest = max(sorted(near), key=lambda file: len(_shared(file, reader)), default=None)
    return tuple(member for member in near.get(nearest or "", ()) if member in trace.nodes)


def _shared(file: str, other: str) -> list[str]:
    parts = zip(file.split("/"), other.split("/"), strict=False)
    return [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], parts)]
