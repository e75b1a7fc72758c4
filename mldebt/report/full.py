"""Every finding with its code, the path that proves it and what to do, for reading on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from textwrap import wrap

from msgspec import Struct

from mldebt.report.asides import Aside, asides
from mldebt.report.fixable import FIXABLE, changed_lines, fixable, is_fixable, option
from mldebt.report.places import exact_place, place, printable, printable_code
from mldebt.report.snippet import snippet
from mldebt.report.styles import Style
from mldebt.report.summary import found, lineage, severity_words
from mldebt.rules.comparison import Change
from mldebt.rules.model import Finding, Step
from mldebt.rules.result import Result, SourceText

ALIKE = 3
"""How many steps that say the same may follow a first one: a table that is changed again and again fills pages."""
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")


class _Page(Struct, frozen=True):
    """How wide the text may be and how it may look."""

    width: int
    style: Style

    def paint(self, text: str, *styles: str) -> str:
        return self.style.paint(text, *styles)

    def wrapped(self, text: str, indent: str = "", first: str | None = None) -> list[str]:
        """Paragraphs at the width, words never broken, fenced code as it is; all lines but the first are indented."""
        lines: list[str] = []
        fenced = False
        for paragraph in text.strip().splitlines():
            lead = indent if lines or first is None else first
            if _FENCE.match(paragraph):
                fenced = not fenced
            elif fenced:
                lines.append(f"{lead}  {printable_code(paragraph)}".rstrip())
            else:
                lines += self._paragraph(paragraph, lead, indent)
        return lines

    def _paragraph(self, text: str, lead: str, indent: str) -> list[str]:
        own = " " * (len(text) - len(text.lstrip()))
        return wrap(
            printable(text),
            self.width,
            initial_indent=lead + own,
            subsequent_indent=indent + own,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def cut(self, line: str) -> str:
        return line if len(line) <= self.width else line[: self.width - 1] + "…"


def render(result: Result, color: bool = False, links: bool = False, width: int = 80) -> str:
    page = _Page(max(40, width), Style(color, result.path if links else None))
    source = result.source()
    causes = result.comparison.causes if result.comparison else {}
    blocks = [
        "\n".join(_finding(finding, causes.get(finding.fingerprint), source, page)) for finding in result.findings
    ]
    blocks += ["\n".join(_beside(what, list(told), page)) for what, told in groupby(asides(result), itemgetter(0))]
    return "\n\n".join([*blocks, "\n".join(_ending(result, page))]) + "\n"


def _ending(result: Result, page: _Page) -> Iterator[str]:
    severities = severity_words(result.findings)
    told = found(result)
    yield from page.wrapped(f"{told[:-1]}: {severities}." if severities else told)
    yield from fixable(result.findings)
    yield from page.wrapped(lineage(result.graph.coverage))


def _beside(what: str, told: Iterable[Aside], page: _Page) -> Iterator[str]:
    yield page.paint(f"{what.capitalize()}:", "bold")
    for _, finding, said in told:
        yield from page.wrapped(f"{finding.code} {finding.rule}: {finding.headline} ({said})", "    ", "  ")


def _finding(finding: Finding, cause: Change | None, source: SourceText, page: _Page) -> Iterator[str]:
    primary = finding.locations[0]
    code = page.paint(finding.code, "bold", finding.severity)
    if is_fixable(finding):
        code = f"{code} {FIXABLE}"
    yield f"{code} {finding.rule} {page.paint(f'[{finding.severity}, {finding.evidence}]', 'faint')}"
    yield from page.wrapped(finding.message)
    rows = snippet(primary, source, page.width)
    arrow = "-->".rjust(len(rows[0][0]) + 1 if rows else 4)
    yield f"{page.paint(arrow, 'link')} {page.style.linked(printable(exact_place(primary, source)), primary.file)}"
    for gutter, text in rows:
        yield page.paint(gutter, "link") + text
    if cause is not None:
        yield from _cause(cause, page)
    yield from _path(finding, source, page)
    if finding.help:
        yield from page.wrapped(finding.help, "   ", "help: ")
    for fix in finding.fixes[:1]:
        yield from page.wrapped(f"{fix.title} ({option(fix)})", "   ", "fix: ")
        yield from (page.paint(page.cut(f"   {printable_code(line)}"), "faint") for line in changed_lines(fix, source))


def _cause(cause: Change, page: _Page) -> Iterator[str]:
    where = printable(place(cause.site))
    yield f"brought by: {'removing ' if cause.removed else ''}{page.paint(where, 'bold')}"
    if cause.text:
        yield page.paint(page.cut(f"     {'-' if cause.removed else '+'} {printable_code(cause.text)}"), "faint")


def _path(finding: Finding, source: SourceText, page: _Page) -> Iterator[str]:
    if finding.path:
        yield "path:"
    for _, run in groupby(enumerate(finding.path, 1), lambda numbered: numbered[1].note):
        first, *between = run
        yield from _step(*first, source, page)
        if len(between) > ALIKE:
            yield page.paint(f"     … {len(between) - 1} more of the same", "faint")
            between = between[-1:]
        for numbered in between:
            yield from _step(*numbered, source, page)


def _step(number: int, step: Step, source: SourceText, page: _Page) -> Iterator[str]:
    where = f"{printable(place(step.site))}:" if step.site else ""
    lead = f"{number:3}. "
    first, *rest = page.wrapped(f"{where} {step.note}", " " * len(lead), lead) or [lead]
    yield first.replace(where, page.paint(where, "bold"), 1)
    yield from rest
    if code := source.code(step.site):
        yield page.paint(page.cut(f"{' ' * len(lead)}| {printable_code(code)}"), "faint")
