"""How widely the interface of a package of somebody else is spread over the code that is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Graph, Unit
from mldebt.graph.questions.jobs import is_aside, is_at_work
from mldebt.sites import Site

LIFECYCLE = frozenset({"train", "eval", "serve", "score"})
Call = tuple[str, Site]


class Sprawl(Struct, frozen=True):
    """A package that several files call: `calls` by file, those with the most first; `roles` of these files.

    `repeated` are the names that most of the files call, with the number of files.
    """

    package: str
    calls: tuple[tuple[str, tuple[Call, ...]], ...]
    roles: tuple[str, ...]
    repeated: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Share of all calls that the file with the most has."""
        return len(self.calls[0][1]) / sum(len(calls) for _, calls in self.calls)


def working_modules(graph: Graph) -> list[Unit]:
    """Files of code that do the work; notebooks are none."""
    return [
        unit
        for _, unit in sorted(graph.units.items())
        if unit.kind != "notebook" and unit.file.endswith(".py") and is_at_work(unit) and not is_aside(unit)
    ]


def sprawls(graph: Graph) -> Iterator[Sprawl]:
    """Every package of the knowledge base's vendors, with the working files that call it."""
    by_package: dict[str, dict[str, list[Call]]] = {}
    roles: dict[str, frozenset[str]] = {}
    for unit in working_modules(graph):
        roles[unit.file] = unit.roles & LIFECYCLE
        for package, name, site in unit.vendors:
            by_package.setdefault(package, {}).setdefault(unit.file, []).append((name, site))
    for package, files in sorted(by_package.items()):
        ordered = sorted(files.items(), key=lambda item: (-len(item[1]), item[0]))
        names = Counter(name for calls in files.values() for name in {name for name, _ in calls})
        yield Sprawl(
            package,
            tuple((file, tuple(sorted(calls, key=lambda call: call[1]))) for file, calls in ordered),
            tuple(sorted(frozenset().union(*(roles[file] for file in files)))),
            tuple(
                sorted(
                    ((name, count) for name, count in names.items() if count > 1), key=lambda each: (-each[1], each[0])
                )
            ),
        )
