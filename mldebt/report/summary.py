"""What a scan came to in a few words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import floor

from mldebt.graph.model import Coverage
from mldebt.rules.comparison import Comparison
from mldebt.rules.model import CERTAINTIES, SEVERITIES, Finding
from mldebt.rules.result import Result

_HOUR, _DAY = 60, 8 * 60


def found(result: Result) -> str:
    """`Found 3 findings (2 suppressed).`, or what is new where an earlier state was compared."""
    compared, count = result.comparison, len(result.findings)
    beside = [(len(result.suppressed), "suppressed"), (len(result.baselined), "known from the baseline")]
    if compared is None:
        told = f"Found {counted(count, 'finding')}" if count else "No findings"
    else:
        told = f"Found {counted(count, 'new finding')}" if count else "No new debt"
        told += f" since {base(compared)}"
        beside = [(len(compared.gone), "repaid"), (compared.known, "known before"), *beside]
    details = ", ".join(f"{count:,} {words}" for count, words in beside if count)
    return f"{told} ({details})." if details else f"{told}."


def base(compared: Comparison) -> str:
    """`main (1a2b3c4d5e)`, a commit by itself where it was named by its id."""
    if not compared.commit:
        return compared.base
    short = compared.commit[:10]
    return short if compared.commit.startswith(compared.base) else f"{compared.base} ({short})"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity, the worst first; none is left out."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in SEVERITIES}


def severity_words(findings: Iterable[Finding]) -> str:
    """`2 critical, 1 low`"""
    return ", ".join(f"{count:,} {severity}" for severity, count in by_severity(findings).items() if count)


def urgency(finding: Finding) -> tuple[int, int, int]:
    """What to put right first: the worst, then the surest, then the quickest."""
    return (SEVERITIES.index(finding.severity), CERTAINTIES.index(finding.evidence), finding.effort_minutes)


def effort(minutes: int) -> str:
    """An estimate, no more exact than it is: `20 min`, `2 h`, `1.5 days`."""
    if minutes < _HOUR:
        return f"{minutes} min"
    if minutes < _DAY:
        return f"{_halves(minutes / _HOUR)} h"
    days = _halves(minutes / _DAY)
    return f"{days} day{'' if days == '1' else 's'}"


def percent(coverage: Coverage) -> int | None:
    """The share of reads and writes with a known name, never rounded up to all of them."""
    return None if coverage.share is None else floor(coverage.share * 100 + 1e-9)


def sites(coverage: Coverage) -> int:
    return coverage.resolved + coverage.transient + coverage.unresolved


def lineage(coverage: Coverage) -> str:
    """Coverage in one sentence, as every output for people ends with it."""
    share = percent(coverage)
    if share is None:
        return f"Lineage: no reads or writes of data in {counted(coverage.files, 'file')}."
    rest = "; mldebt graph --stats lists the rest" if coverage.unresolved else ""
    return f"Lineage: {share} % of {sites(coverage):,} reads and writes resolved{rest}."


def _halves(amount: float) -> str:
    return f"{round(amount * 2) / 2:g}"
