"""Files that were copied as a whole: what is found in one of them is found in all, and reported once.

That is a matter of reports: suppressions, baselines, comparisons and fixes know each of the findings, so that a copy of
what a baseline knows is new.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding
from mldebt.rules.result import Result
from mldebt.sites import Site

SHOWN = 3


def without_copies(result: Result) -> Result:
    """The result as it is reported; what is new since an earlier state is told one by one."""
    if result.comparison is not None:
        return result
    return replace(result, findings=told_once(result.findings, result.graph))


def told_once(findings: Sequence[Finding], graph: Graph) -> tuple[Finding, ...]:
    """The findings without those that stand at the same place of a copy; the places of these are told by the first."""
    first: dict[tuple[str, Site], Finding] = {}
    for one in findings:
        first.setdefault((one.code, one.locations[0]), one)
    kept: list[Finding] = []
    copies: dict[str, list[Site]] = {}
    for one in findings:
        place = one.locations[0]
        source = graph.unit_of(place).copy_of
        told = first.get((one.code, place._replace(file=source))) if source else None
        if told is None:
            kept.append(one)
        else:
            copies.setdefault(told.fingerprint, []).append(place)
    return tuple(_with(one, copies[one.fingerprint]) if one.fingerprint in copies else one for one in kept)


def _with(finding: Finding, places: Sequence[Site]) -> Finding:
    files = list(dict.fromkeys(place.file for place in places))
    told = ", ".join(files[:SHOWN]) + (f" and {len(files) - SHOWN} more" if len(files) > SHOWN else "")
    copies = "a copy" if len(files) == 1 else "copies"
    return replace(
        finding,
        message=f"{finding.message} The same is in {told}, {copies} of this file.",
        locations=tuple(dict.fromkeys((*finding.locations, *places))),
    )
