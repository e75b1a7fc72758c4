"""MLD002: a comment or waiver that suppresses nothing, has expired, or doesn't say what it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.rules.fix import SAFE
from mldebt.rules.model import Fault, Finding, Fix, Rule, Settings


class UnusedSuppression(Rule):
    code = "MLD002"
    name = "unused-suppression"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        return ()

    def review(self, faults: Sequence[Fault]) -> Iterator[Finding]:
        seen: Counter[str] = Counter()
        for fault in faults:
            seen[fault.subject] += 1
            number = f"#{seen[fault.subject]}" if seen[fault.subject] > 1 else ""
            yield self.finding(
                fault.message,
                subject=[fault.subject + number],
                locations=[fault.site],
                help=fault.help,
                effort_minutes=1,
                fixes=[Fix("Remove what suppresses nothing", fault.edits, SAFE)] if fault.edits else (),
            )
