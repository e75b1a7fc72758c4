"""Functions that nothing in the repository speaks of: what they would read and write, nobody reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mldebt.graph.code import Code
from mldebt.graph.model import Edge
from mldebt.project.purpose import is_test
from mldebt.read.facts import FileFacts

UNBOUND = "parameter that no call in the repository binds"
ENTRIES = frozenset({"main", "run", "init", "handler"})
"""Names of functions that are called from outside of any repository."""
FLOWS = ("READS", "WRITES", "LOADS", "PERSISTS")


def without_uncalled(
    edges: list[Edge], reasons: Mapping[str, str], code: Code, beside: Callable[[str], Mapping[str, FileFacts]]
) -> list[Edge]:
    """The edges but those to what a parameter names that is given nothing, since no code names its function.

    `reasons`: why each gap is one, by id; `beside`: the files of the repository that a file is in.
    """
    unbound = {gap for gap, reason in reasons.items() if reason == UNBOUND}
    known: dict[tuple[str, str], bool] = {}

    def is_dead(edge: Edge) -> bool:
        gap = next((end for end in (edge.source, edge.target) if end in unbound), "")
        file, _, function = gap.removeprefix("gap:").partition("::")
        name = function.partition(":")[0].partition("@")[0]
        if (file, name) not in known:
            known[file, name] = _is_dead(name, file, code, beside(file))
        return known[file, name]

    return [edge for edge in edges if edge.kind not in FLOWS or not _ends(edge, unbound) or not is_dead(edge)]


def _ends(edge: Edge, gaps: set[str]) -> bool:
    return edge.source in gaps or edge.target in gaps


def _is_dead(name: str, file: str, code: Code, facts: Mapping[str, FileFacts]) -> bool:
    """Whether a plain function is named nowhere but where it is defined, once and without a decorator that calls it."""
    if not name.isidentifier() or name in ENTRIES or file not in facts or is_test(file):
        return False
    if any(code.spells(other, name) for other in facts if other != file):
        return False
    if any(name in word for other in facts.values() for one in other.commands for word in (one.target, *one.arguments)):
        return False
    return code.only_defines(file, name)
