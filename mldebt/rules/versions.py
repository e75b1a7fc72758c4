"""Code that was copied and then changed: whole files, of which most lines of the shorter one are in the other, and
passages of files."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
AROUND = 8
"""Lines before and after a place that are its passage."""
PASSAGE = 6
"""With fewer lines in common than that, two passages may well be alike by chance."""
SHORTEST = 6
"""Characters from which on a line is one that is not in every file."""
ALIKE = 0.6
"""From which ratio of `difflib` two lines are the same but for a change."""
_NAME = re.compile(r"`([^`]*)`")
_OLD = re.compile(r"copy|backup|(?<![a-z])(old|bak|bu|archived?|deprecated)(?![a-z])|\(\d+\)", re.IGNORECASE)


class Versions:
    """Which places are versions of one; each file is read once, if it is asked for."""

    def __init__(self, graph: Graph, source: SourceText) -> None:
        self._units = graph.units
        self._source = source
        self._lines: dict[str, frozenset[str]] = {}
        self._passages: dict[Site, frozenset[str]] = {}
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

    def likeness(self, one: Finding, other: Finding) -> tuple[float, float]:
        """How much two findings say the same, by their code and by the names in them, each in 0..1; zeros where their
        places are no versions of one: of one passage, or of one line in two versions of a file.
        """
        here, there = one.locations[0], other.locations[0]
        if here.file not in self._units or there.file not in self._units:
            return 0, 0
        if not self._are_copied(here, there) and not self._are_versions(here.file, there.file):
            return 0, 0
        ratio = self._ratio(here, there)
        return (ratio, _names_in_common(one, other)) if ratio >= ALIKE else (0, 0)

    def _are_versions(self, one: str, other: str) -> bool:
        pair = (one, other)
        if pair not in self._pairs:
            self._pairs[pair] = _have_in_common(self._telling(one), self._telling(other), FEWEST)
        return self._pairs[pair]

    def _are_copied(self, one: Site, other: Site) -> bool:
        return _have_in_common(self._passage(one), self._passage(other), PASSAGE)

    def _passage(self, site: Site) -> frozenset[str]:
        if site not in self._passages:
            self._passages[site] = _telling(line for _, line in self._source.lines(site, AROUND))
        return self._passages[site]

    def _ratio(self, one: Site, other: Site) -> float:
        left, right = (_bare(self._source.code(site)) for site in (one, other))
        return 1 if left == right else SequenceMatcher(None, left, right, autojunk=False).ratio()

    def _telling(self, file: str) -> frozenset[str]:
        if file not in self._lines:
            self._lines[file] = _telling(self._source.every_line(file))
        return self._lines[file]


def _names_in_common(one: Finding, other: Finding) -> float:
    left, right = (frozenset(_NAME.findall(finding.headline)) for finding in (one, other))
    return len(left & right) / len(left | right) if left or right else 1


def _have_in_common(one: frozenset[str], other: frozenset[str], fewest: int) -> bool:
    common = len(one & other)
    return common >= fewest and common >= COMMON * min(len(one), len(other))


def _telling(lines: Iterable[str]) -> frozenset[str]:
    """The lines that say more than that another piece of code is written for the same libraries."""
    return frozenset(line for line in map(_bare, lines) if _is_telling(line))


def _bare(line: str) -> str:
    return "".join(line.split())


def _is_telling(line: str) -> bool:
    return len(line) >= SHORTEST and not line.startswith(("#", "--", "import", "from"))
