"""Files that were copied: what is found in one of them is found in all, and reported once.

That is a matter of reports: suppressions, baselines, comparisons and fixes know each of the findings, so that a copy of
what a baseline knows is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.rules.versions import Versions
from mldebt.sites import Site

SHOWN = 3


class Told(Struct):
    """A finding that is reported, and where the same stands in copies of its file and in versions of its code."""

    finding: Finding
    copies: list[Site] = field(default_factory=list)
    versions: list[Site] = field(default_factory=list)

    @property
    def place(self) -> Site:
        return self.finding.locations[0]

    def report(self) -> Finding:
        told = _said(self.copies, ("a copy", "copies"), "file") + _said(
            self.versions, ("a version", "versions"), "code"
        )
        if not told:
            return self.finding
        return replace(
            self.finding,
            message=self.finding.message + told,
            locations=tuple(dict.fromkeys((*self.finding.locations, *self.copies, *self.versions))),
        )


def without_copies(result: Result) -> Result:
    """The result as it is reported; what is new since an earlier state is told one by one."""
    if result.comparison is not None:
        return result
    told = _without_versions(_told(result.findings, result.graph), Versions(result.graph, result.source()))
    return replace(result, findings=tuple(one.report() for one in told))


def told_once(findings: Sequence[Finding], graph: Graph) -> tuple[Finding, ...]:
    """The findings without those that stand at the same place of a copy; the places of these are told by the first."""
    return tuple(one.report() for one in _told(findings, graph))


def _told(findings: Sequence[Finding], graph: Graph) -> list[Told]:
    first: dict[tuple[str, Site], Told] = {}
    every = [Told(finding) for finding in findings]
    for one in every:
        first.setdefault((one.finding.code, one.place), one)
    kept: list[Told] = []
    for one in every:
        source = graph.unit_of(one.place).copy_of
        original = first.get((one.finding.code, one.place._replace(file=source))) if source else None
        if original is None:
            kept.append(one)
        else:
            original.copies.append(one.place)
    return kept


def _without_versions(every: Sequence[Told], versions: Versions) -> list[Told]:
    """Without those that stand in another version of the same code; the worst of them is told."""
    kept: dict[str, list[Told]] = {}
    for one in sorted(every, key=lambda one: versions.order(one.finding)):
        others = kept.setdefault(one.finding.code, [])
        likeness = {versions.likeness(other.finding, one.finding): other for other in _without(one, reversed(others))}
        best = max(likeness, default=(0, 0))
        if any(best):
            likeness[best].versions += (one.place, *one.copies)
        else:
            others.append(one)
    told = {id(one) for others in kept.values() for one in others}
    return [one for one in every if id(one) in told]


def _without(one: Told, others: Iterable[Told]) -> Iterator[Told]:
    """Those that tell of nothing in its file yet: what one file says twice are two things in its versions as well."""
    return (other for other in others if all(site.file != one.place.file for site in (other.place, *other.versions)))


def _said(places: Iterable[Site], kind: tuple[str, str], whole: str) -> str:
    files = list(dict.fromkeys(place.file for place in places))
    if not files:
        return ""
    told = ", ".join(files[:SHOWN]) + (f" and {len(files) - SHOWN} more" if len(files) > SHOWN else "")
    return f" The same is in {told}, {kind[len(files) > 1]} of this {whole}."
