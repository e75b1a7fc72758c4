"""What is told beside the findings: what is no more, and, where that is asked for, what doesn't count."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.report.places import place
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

Aside = tuple[str, Finding, str]
"""What became of a finding, the finding, and what is to be said of it."""


def asides(result: Result) -> Iterator[Aside]:
    if result.shows_all:
        for each in result.suppressed:
            why = (
                f"by {each.by}"
                + (f" at {each.site}" if each.site else "")
                + (f": {each.reason}" if each.reason else "")
            )
            yield "suppressed", each.finding, why
        for finding in result.baselined:
            yield "known from the baseline", finding, place(finding.locations[0])
    for finding in result.comparison.gone if result.comparison else ():
        yield "repaid", finding, f"was at {place(finding.locations[0])}"
