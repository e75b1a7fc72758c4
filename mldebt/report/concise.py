"""One line for each finding, as compilers write them."""

from __future__ import annotations

from mldebt.report.places import exact_place, printable
from mldebt.report.summary import found
from mldebt.rules.result import Result, SourceText


def render(result: Result) -> str:
    source = SourceText(result.root)
    lines = [
        printable(f"{exact_place(finding.locations[0], source)}: {finding.code} {finding.message}")
        for finding in result.findings
    ]
    return "\n".join([*lines, found(result.findings)]) + "\n"
