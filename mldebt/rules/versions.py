"""Files that were copied and then changed: most lines of the shorter one are in the other."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from mldebt.graph.model import Graph
from mldebt.levels import SEVERITIES
from mldebt.rules.model import CERTAINTIES, Finding
from mldebt.rules.result import SourceText
from mldebt.sites import Site

COMMON = 0.7
"""Share of the lines of the shorter file from which two files are versions of one."""
FEWEST = 12
"""With fewer lines in common than that, two files may well be alike by chance."""
SHORTEST = 6
"""Characters from which on a line is one that is not in every file."""
ALIKE = 0.6
"""From which ratio of `difflib` two lines are the same but for a change."""
_OLD = re.compile(r"copy|backup|(?<![a-z])(old|bak|bu|archived?|deprecated)(?![a-z])|\(\d+\)", re.IGNORECASE)


class Versions:
    """Which places are one passage of two versions of a file; each file is read once, if it is asked for."""

    def __init__(self, graph: Graph, source: SourceText) -> None:
        self._units = graph.units
        self._source = source
        self._lines: dict[str, frozenset[str]] = {}
        self._pairs: dict[tuple[str, str], bool] = {}

    def order(self, finding: Finding) -> tuple[object, ...]:
        """The worst first; of those that are as bad, the one in the file that is most likely to be at work."""
        place = finding.locations[0]
        unit = self._units.get(place.file)
        return (
            SEVERITIES.index(finding.severity),
            CERTAINTIES.index(finding.evidence),
            not (unit and unit.production),
            bool(_OLD.search(place.file)),
            place.order,
        )

    def likeness(self, one: Site, other: Site) -> float:
        """How much two places say the same, in 0..1; 0 where they are no passage of two versions of a file."""
        if one.file == other.file or one.file not in self._units or other.file not in self._units:
            return 0
        if not self._are_versions(one.file, other.file):
            return 0
        ratio = self._ratio(one, other)
        return ratio if ratio >= ALIKE else 0

    def _are_versions(self, one: str, other: str) -> bool:
        pair = (one, other)
        if pair not in self._pairs:
            left, right = self._telling(one), self._telling(other)
            common = len(left & right)
            self._pairs[pair] = common >= FEWEST and common >= COMMON * min(len(left), len(right))
        return self._pairs[pair]

    def _ratio(self, one: Site, other: Site) -> float:
        left, right = (_bare(self._source.code(site)) for site in (one, other))
        return 1 if left == right else SequenceMatcher(None, left, right, autojunk=False).ratio()

    def _telling(self, file: str) -> frozenset[str]:
        if file not in self._lines:
            bare = (_bare(line) for line in self._source.every_line(file))
            self._lines[file] = frozenset(line for line in bare if _is_telling(line))
        return self._lines[file]


def _bare(line: str) -> str:
    return "".join(line.split())


def _is_telling(line: str) -> bool:
    """Whether it says more than that another file says."""
    return len(line) >= SHORTEST and not line.startswith(("#", "--", "import", "from"))
