"""One line for each finding, as compilers write them."""

from __future__ import annotations

from mldebt.report.asides import asides
from mldebt.report.fixable import FIXABLE, fixable, is_fixable
from mldebt.report.places import exact_place, printable
from mldebt.report.sarif_limits import cut_text
from mldebt.report.styles import Style
from mldebt.report.summary import found
from mldebt.rules.model import Finding
from mldebt.rules.result import Result, SourceText

_LONGEST = 160


def render(result: Result, color: bool = False, links: bool = False) -> str:
    source = result.source()
    style = Style(color, result.path if links else None)
    lines = [_line(finding, source, style) for finding in result.findings]
    lines += [
        f"{what}: {finding.code} {cut_text(printable(finding.headline), _LONGEST)} ({printable(said)})"
        for what, finding, said in asides(result)
    ]
    return "\n".join([*lines, found(result), *fixable(result.findings)]) + "\n"


def _line(finding: Finding, source: SourceText, style: Style) -> str:
    """The place, the code and what is wrong; format full has the reasons."""
    site = finding.locations[0]
    where = style.linked(style.paint(printable(exact_place(site, source)), "bold"), site.file)
    mark = f" {FIXABLE}" if is_fixable(finding) else ""
    code = style.paint(finding.code, finding.severity)
    return f"{where}: {code}{mark} {cut_text(printable(finding.headline), _LONGEST)}"
