"""Functions that nothing in the repository speaks of: what they would read and write, nobody reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mldebt.graph.model import Edge
from mldebt.project.purpose import is_test
from mldebt.read.facts import FileFacts

UNBOUND = "parameter that no call in the repository binds"
ENTRIES = frozenset({"main", "run", "init", "handler"})
"""Names of functions that are called from outside of any repository."""
PLAIN = frozenset({
    "ensure_annotations", "typechecked", "beartype", "validate_arguments", "validate_call", "lru_cache", "cache",
    "no_type_check", "deprecated", "contextmanager", "retry", "timer", "timeit", "log_execution",
})  # fmt: skip
"""Decorators that check, repeat or measure a call and make none of their own."""
FLOWS = ("READS", "WRITES", "LOADS", "PERSISTS")


def without_uncalled(
    edges: list[Edge], reasons: Mapping[str, str], beside: Callable[[str], Mapping[str, FileFacts]]
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
            known[file, name] = _is_dead(name, file, beside(file))
        return known[file, name]

    return [edge for edge in edges if edge.kind not in FLOWS or not _ends(edge, unbound) or not is_dead(edge)]


def _ends(edge: Edge, gaps: set[str]) -> bool:
    return edge.source in gaps or edge.target in gaps


def _is_dead(name: str, file: str, facts: Mapping[str, FileFacts]) -> bool:
    """Whether a plain function is named nowhere but where it is defined, once and without a decorator that calls it."""
    if not name.isidentifier() or name in ENTRIES or file not in facts or is_test(file):
        return False
    spelled = name.encode()
    if any(spelled in other.packed for other in facts.values() if other.file != file):
        return False
    if any(name in word for other in facts.values() for one in other.commands for word in (one.target, *one.arguments)):
        return False
    return _only_defined(name, facts[file].body)


def _only_defined(name: str, body: Iterable[Any]) -> bool:
    """Whether the IR of a file speaks of a name only in one plain definition."""
    waiting: list[Any] = list(body)
    definitions = 0
    while waiting:
        part = waiting.pop()
        if part == name:
            return False
        if not isinstance(part, tuple) or not part:
            continue
        if part[0] == "def" and len(part) == 8 and part[3] == name:
            definitions += 1
            if not all(_is_plain(decorator) for decorator in part[5]):
                return False
            waiting += (*part[4], part[6], part[7])
        else:
            waiting += part
    return definitions == 1


def _is_plain(decorator: tuple[Any, ...]) -> bool:
    called = decorator[1] if decorator[0] == "call" else decorator
    return called[0] in ("name", "attr") and called[-1] in PLAIN
