"""In which order parts are evaluated: importers before what they import, and apart from that all at once.

Parts that import each other in a circle form a unit; within it, the imports that would close the circle don't count. A
unit is ready as soon as all units that import it are done. So what a part is told of its callers depends on the program
alone, not on how long anything took. Nobody waits for a test but other tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mldebt.evaluate.circles import circles
from mldebt.evaluate.sharing import Part

Numbers = dict[int, set[int]]
"""For each part or unit, by its number, others."""


class Schedule:
    """The parts of a program in the order in which they may be evaluated.

    `parts` has them all, none before those that it has to wait for. `sizes`: how much work each file is.
    """

    def __init__(self, parts: Sequence[Part], sizes: Mapping[str, int]) -> None:
        imports = _imports(parts)
        units = [_in_turn(unit, imports) for unit in circles(imports)]
        order = [at for unit in units for at in unit]
        place = {at: number for number, at in enumerate(order)}
        self.parts = [parts[at] for at in order]
        self._number = {part: number for number, part in enumerate(self.parts)}
        self._unit = [number for number, unit in enumerate(units) for _ in unit]
        self._members = [[place[at] for at in unit] for unit in units]
        targets = {place[at]: {place[target] for target in imports[at]} for at in order}
        self._within = {
            at: {to for to in targets[at] if self._unit[to] == self._unit[at] and to > at} for at in targets
        }
        self._behind: Numbers = {number: set() for number in range(len(units))}
        for at, each in targets.items():
            self._behind[self._unit[at]] |= {self._unit[to] for to in each} - {self._unit[at]}
        self._waits_within = _importers(self._within)
        self._waits = _importers(self._behind)
        self._left = [len(unit) for unit in units]
        self._told_by = self._callers()
        self._work = self._waiting(sizes)

    def begin(self) -> list[Part]:
        """The parts that wait for nothing."""
        return self._ready(number for number, importers in self._waits.items() if not importers)

    def done(self, part: Part) -> list[Part]:
        """The parts that may be evaluated now that this one is done."""
        at = self._number[part]
        free = [to for to in sorted(self._within[at]) if self._decrement(self._waits_within, to)]
        unit = self._unit[at]
        self._left[unit] -= 1
        if self._left[unit]:
            return [self.parts[to] for to in free]
        return self._ready(to for to in sorted(self._behind[unit]) if self._decrement(self._waits, to))

    def is_told(self, part: Part, caller: Part) -> bool:
        """Whether a part that another one imports, directly or not, is certainly evaluated after it."""
        at, other = self._number[part], self._number[caller]
        return self._unit[at] != self._unit[other] or bool(self._told_by[at] >> other & 1)

    def rank(self, part: Part) -> tuple[bool, int, int]:
        """The smaller, the sooner it is worth to begin it: the parts on which the most work waits come first."""
        at = self._number[part]
        return part.is_test, -self._work[at], at

    def _ready(self, units: Iterable[int]) -> list[Part]:
        return [self.parts[at] for unit in units for at in self._members[unit] if not self._waits_within[at]]

    @staticmethod
    def _decrement(waits: dict[int, int], number: int) -> bool:
        waits[number] -= 1
        return not waits[number]

    def _callers(self) -> list[int]:
        """For each part the set, as bits, of those of its unit that come before it."""
        before = [0] * len(self.parts)
        for at in range(len(self.parts)):
            for to in self._within[at]:
                before[to] |= before[at] | 1 << at
        return before

    def _waiting(self, sizes: Mapping[str, int]) -> list[int]:
        """The work of each part and of the longest chain of parts behind it."""
        work = [0] * len(self.parts)
        units = [0] * len(self._members)
        for at in reversed(range(len(work))):  # whatever has to wait for it has a higher number
            unit = self._unit[at]
            behind = (units[to] for to in self._behind[unit])
            chain = max((*behind, *(work[to] for to in self._within[at])), default=0)
            work[at] = chain + sum(sizes[file] for file in self.parts[at].files)
            units[unit] = max(units[unit], work[at])
        return work


def _imports(parts: Sequence[Part]) -> Numbers:
    """For each part, the numbers of those that it imports and that have to wait for it."""
    number = {file: at for at, part in enumerate(parts) for file in part.files}
    found: Numbers = {}
    for at, part in enumerate(parts):
        imported = {number[file] for file in part.imports if file in number}
        found[at] = {other for other in imported if parts[other].is_test} if part.is_test else imported
    return found


def _in_turn(unit: Sequence[int], imports: Numbers) -> list[int]:
    """The parts of a circle: next is always the one that the fewest of those that are left import."""
    left = set(unit)
    importers = dict.fromkeys(unit, 0)
    for target in (target for at in unit for target in imports[at] & left):
        importers[target] += 1
    order = []
    while left:
        at = min(left, key=lambda at: (importers[at], at))
        left.discard(at)
        order.append(at)
        for target in imports[at] & left:
            importers[target] -= 1
    return order


def _importers(imports: Numbers) -> dict[int, int]:
    """How many import each."""
    counts = dict.fromkeys(imports, 0)
    for target in (target for targets in imports.values() for target in targets):
        counts[target] += 1
    return counts
