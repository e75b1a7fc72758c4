"""Which changed line brought a finding: the nearest one to its things, in the graph of now or in the one of then."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from mldebt.graph.model import Graph
from mldebt.project.changes import Lines
from mldebt.rules.comparison import Change
from mldebt.rules.model import Finding
from mldebt.rules.result import SourceText
from mldebt.sites import Site

SHORTEST = 3
FEW = 5
COMMENTS = ("#", "--", "//", "/*", "*")
_STORED = re.compile(r"[/.:]")
_NAMED = re.compile(r"`([^`]+)`")
FARTHEST = 2
"""Edges between a finding's things and a change that may count as its cause."""

Ties = Sequence[tuple[str, str, tuple[Site, ...]]]
"""The edges of a graph: both ends, and where the edge is written."""


def ties_of(graph: Graph) -> Ties:
    """Edges, and the uses of columns as edges from a thing to itself."""
    edges = [(edge.source, edge.target, edge.sites) for edge in graph.edges if edge.sites]
    uses = [
        (node.id, node.id, tuple(sorted({use.site for column in node.columns for use in column.uses})))
        for node in graph.nodes.values()
        if any(column.uses for column in node.columns)
    ]
    return [*edges, *uses]


class Causes:
    """Answers for the findings of one comparison.

    `then` has the ties of the old graph, in today's names of things; `in_file` gives the place of a site in its file,
    which for a notebook's cell is in the JSON. `whole`: whether the lines are all that changed.
    """

    def __init__(
        self,
        lines: Lines,
        graph: Graph,
        then: Ties,
        source: SourceText,
        in_file: Callable[[Site], Site],
        *,
        whole: bool,
    ) -> None:
        self._lines = lines
        self._source = source
        self._in_file = in_file
        self._whole = whole
        self._graph = graph
        self._ties = then

    @cached_property
    def _now(self) -> Mapping[str, Ties]:
        return _by_end(ties_of(self._graph))

    @cached_property
    def _then(self) -> Mapping[str, Ties]:
        return _by_end(self._ties)

    def of(self, finding: Finding) -> Change | None:
        own = [*finding.locations, *(step.site for step in finding.path if step.site is not None)]
        found = next((change for site in own if (change := self._added(site))), None)
        return found or self._near(finding) or self._naming(finding) or self._only

    def rests_on(self, finding: Finding, files: Container[str]) -> bool:
        """Whether something near the finding's things was written in one of these files of then."""
        then = (tie for thing in self._things(finding) for tie in self._then.get(thing, ()))
        return any(site.file in files for _, _, sites in then for site in sites)

    def placed(self, finding: Finding) -> Finding:
        """The finding at a place of its own that the change touched, where there is one: a reviewer looks there."""
        primary, *others = finding.locations
        if self._added(primary) or primary.cell >= 0:
            return finding
        own = [*others, *(step.site for step in finding.path if step.site is not None)]
        changed = next((site for site in own if self._added(site)), None)
        if changed is None:
            return finding
        rest = (site for site in finding.locations if site != changed)
        return replace(finding, locations=(changed, *rest))

    def _near(self, finding: Finding) -> Change | None:
        reached = self._things(finding)
        for _ in range(FARTHEST):
            now = [tie for thing in sorted(reached) for tie in self._now.get(thing, ())]
            then = [tie for thing in sorted(reached) for tie in self._then.get(thing, ())]
            found = next((change for _, _, sites in now for site in sites if (change := self._added(site))), None)
            found = found or next((c for _, _, sites in then for site in sites if (c := self._removed(site))), None)
            if found is not None:
                return found
            reached |= {end for source, target, _ in (*now, *then) for end in (source, target)}
        return None

    def _naming(self, finding: Finding) -> Change | None:
        """The first of a few changed lines that speak of a name in the headline, where nothing else connects them.

        Of a line that is gone, only the name of something stored says enough: any code has a `model`.
        """
        names = [name for name in _NAMED.findall(finding.headline) if len(name) >= SHORTEST]
        for name in names:
            spoken = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])")
            found = [
                change
                for change in self._changed
                if spoken.search(change.text)
                and not change.text.startswith(COMMENTS)
                and (_STORED.search(name) or not change.removed)
            ]
            if 0 < len(found) <= FEW:
                return found[0]
        return None

    @cached_property
    def _changed(self) -> list[Change]:
        """All changed lines, those of now first."""
        now = [
            Change(file, number, text.strip())
            for file, numbers in sorted(self._lines.added.items())
            for number, text in enumerate(self._source.all_lines(Site(file, 1, 1)), 1)
            if number in numbers
        ]
        then = [
            Change(file, number, text.strip(), removed=True)
            for file, texts in sorted(self._lines.removed.items())
            for number, text in sorted(texts.items())
        ]
        return [change for change in (*now, *then) if not change.file.endswith(".ipynb")]

    @cached_property
    def _only(self) -> Change | None:
        """The change, where there is only one."""
        hunks = [hunk for hunks in self._lines.hunks.values() for hunk in hunks]
        return self._changed[0] if self._whole and len(hunks) == 1 and self._changed else None

    def _things(self, finding: Finding) -> set[str]:
        return {subject.partition("#")[0] for subject in finding.subject}

    def _added(self, site: Site) -> Change | None:
        """The first of a site's lines that is new."""
        numbers = self._lines.added.get(site.file)
        if numbers is None:
            return None
        place = self._in_file(site)
        line = next((line for line in range(place.line, place.end_line + 1) if line in numbers), None)
        if line is None:
            return None
        own = site.line + line - place.line
        text = dict(self._source.lines(Site(site.file, own, own, site.cell))).get(own, "")
        return Change(site.file, own, text.strip(), cell=site.cell)

    def _removed(self, site: Site) -> Change | None:
        gone = self._lines.removed.get(site.file, {})
        line = next((line for line in range(site.line, site.end_line + 1) if line in gone), None)
        if line is None or site.cell >= 0:
            return None
        return Change(site.file, line, gone[line].strip(), removed=True)


def _by_end(ties: Ties) -> Mapping[str, list[tuple[str, str, tuple[Site, ...]]]]:
    found: dict[str, list[tuple[str, str, tuple[Site, ...]]]] = {}
    for tie in ties:
        for end in dict.fromkeys(tie[:2]):
            found.setdefault(end, []).append(tie)
    return found
