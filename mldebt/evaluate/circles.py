"""The order of things that import each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Thing = TypeVar("Thing", str, int)


def imported_first(imports: Mapping[Thing, set[Thing]]) -> list[Thing]:
    """Things after all that they import; in a circle, the first by name comes last."""
    ordered: dict[Thing, None] = {}
    entered: set[Thing] = set()
    for start in sorted(imports):
        waiting = [(start, False)]
        while waiting:
            thing, done = waiting.pop()
            if done:
                ordered[thing] = None
            elif thing not in entered:
                entered.add(thing)
                waiting.append((thing, True))
                waiting += [(other, False) for other in sorted(imports[thing] - entered, reverse=True)]
    return list(ordered)


def circles(imports: Mapping[Thing, set[Thing]]) -> list[list[Thing]]:
    """Things that import each other in a circle, together; importers come before what they import.

    The strongly connected components (Sharir 1981, "A strong-connectivity algorithm and its applications in data flow
    analysis").
    """
    importers: dict[Thing, set[Thing]] = {thing: set() for thing in imports}
    for thing, targets in imports.items():
        for target in targets:
            importers[target].add(thing)
    found: list[list[Thing]] = []
    taken: set[Thing] = set()
    for start in reversed(imported_first(imports)):
        if start in taken:
            continue
        taken.add(start)
        members = [start]
        for member in members:
            new = importers[member] - taken
            taken |= new
            members += sorted(new)
        found.append(sorted(members))
    return found
