"""What `mldebt audit` says on the terminal: how much debt, where to begin, how far it could see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from mldebt.graph.model import Coverage
from mldebt.report.places import place, printable
from mldebt.report.summary import by_severity, counted, effort, lineage, urgency
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

TOP = 5
REASONS = 3
WIDTH = 80
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_SEVERITY_COLORS = {"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}


def summary(result: Result, folder: Path, *, color: bool = False) -> str:
    blocks = [_headline(result), *_debt(result.findings), _reach(result.graph.coverage), _reports(folder)]
    text = "\n\n".join("\n".join(block) for block in blocks) + "\n"
    return _painted(text) if color else text


def _headline(result: Result) -> list[str]:
    coverage, count = result.graph.coverage, len(result.findings)
    found = counted(count, "finding") if count else "no findings"
    found += f" ({len(result.suppressed):,} suppressed)" if result.suppressed else ""
    size = f"{counted(coverage.files, 'file')}, {counted(coverage.lines, 'line')}"
    work = sum(finding.effort_minutes for finding in result.findings)
    repair = f"; about {effort(work)} to put right" if work else ""
    return _wrapped(f"{printable(result.name)}: {found} in {size}{repair}")


def _debt(findings: tuple[Finding, ...]) -> Iterator[list[str]]:
    if not findings:
        return
    yield [f"  {severity:<8}  {count:>4}" for severity, count in by_severity(findings).items() if count]
    rules = Counter((finding.code, finding.rule) for finding in findings)
    yield ["By rule", *(f"  {code}  {name:<34}{count:>4}" for (code, name), count in sorted(rules.items()))]
    yield ["Fix first", *(line for finding in sorted(findings, key=urgency)[:TOP] for line in _entry(finding))]


def _entry(finding: Finding) -> list[str]:
    return [
        f"  {finding.severity:<8}  {finding.code}  {printable(place(finding.locations[0]))}",
        *_wrapped(printable(finding.headline), indent=12),
    ]


def _reach(coverage: Coverage) -> list[str]:
    common = sorted(coverage.reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]
    told = ", ".join(f"{printable(reason)} {count}" for reason, count in common)
    return [*_wrapped(lineage(coverage)), *(_wrapped(f"Most often unresolved: {told}") if told else [])]


def _wrapped(text: str, indent: int = 0) -> list[str]:
    """Lines that a narrow terminal shows whole, but for long names."""
    space = " " * indent
    return wrap(text, WIDTH, initial_indent=space, subsequent_indent=space, break_long_words=False,
                break_on_hyphens=False)  # fmt: skip


def _reports(folder: Path) -> list[str]:
    return [f"Report: {folder / 'report.html'}", "        report.sarif and report.json are beside it"]


def _painted(text: str) -> str:
    for severity, paint in _SEVERITY_COLORS.items():
        text = text.replace(f"\n  {severity:<8}  ", f"\n  {paint}{severity:<8}{_RESET}  ")
    for heading in ("By rule", "Fix first", "Lineage:", "Report:"):
        text = text.replace(f"\n{heading}", f"\n{_BOLD}{heading}{_RESET}")
    return text
