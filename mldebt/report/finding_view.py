"""Findings as a page shows them: words ready to be set, code cut to what has to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent

from markupsafe import Markup
from msgspec import Struct

from mldebt.graph.model import Graph
from mldebt.report.fixable import changed_lines, is_fixable, option
from mldebt.report.markdown import blocks, inline
from mldebt.report.places import place
from mldebt.report.summary import effort
from mldebt.rules.fix import Fix
from mldebt.rules.model import Finding, Step
from mldebt.rules.result import SourceText
from mldebt.sites import Site

_CONTEXT = 2
_MOST_LINES = 14
_MOST_STEPS = 30
_LONGEST_LINE = 160
_CHANGES = {"-": "goes", "+": "comes"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


class CodeLine(Struct, frozen=True):
    """A line of an excerpt; `number` 0 stands for lines left out."""

    number: int
    text: str
    marked: bool = False


class StepView(Struct, frozen=True):
    kind: str
    name: str
    words: Markup
    place: str
    code: str


class FixView(Struct, frozen=True):
    """What `--fix` would do (`how`), and the lines that go and come."""

    title: Markup
    how: str
    lines: tuple[tuple[str, str], ...]


class FindingView(Struct, frozen=True):
    code: str
    rule: str
    severity: str
    evidence: str
    headline: Markup
    details: Markup
    place: str
    other_places: tuple[str, ...]
    excerpt: tuple[CodeLine, ...]
    path: tuple[StepView, ...]
    steps_left_out: int
    help: Markup
    effort: str
    fixable: bool
    fix: FixView | None
    subject: tuple[Markup, ...]
    fingerprint: str


def viewed(finding: Finding, graph: Graph, source: SourceText) -> FindingView:
    primary, *others = finding.locations
    headline, details = _parted(finding.message)
    path = finding.path[:_MOST_STEPS]
    return FindingView(
        code=finding.code,
        rule=finding.rule,
        severity=finding.severity,
        evidence=finding.evidence,
        headline=inline(headline),
        details=blocks(details),
        place=place(primary),
        other_places=tuple(place(site) for site in others),
        excerpt=tuple(_excerpt(primary, source)),
        path=tuple(_step(step, graph, source) for step in path),
        steps_left_out=len(finding.path) - len(path),
        help=blocks(finding.help),
        effort=effort(finding.effort_minutes) if finding.effort_minutes else "",
        fixable=is_fixable(finding),
        fix=_fix(finding.fixes[0], source) if finding.fixes else None,
        subject=tuple(_subject(subject, graph) for subject in finding.subject),
        fingerprint=finding.fingerprint,
    )


def _parted(message: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    parts = _SENTENCE_END.split(message.strip(), maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _excerpt(site: Site, source: SourceText) -> Iterable[CodeLine]:
    numbered = _without_blank_ends(source.lines(site, context=_CONTEXT))
    if len(numbered) > _MOST_LINES:
        head, tail = numbered[: _MOST_LINES - 4], numbered[-3:]
        numbered = (*head, (0, ""), *tail)
    texts = dedent("\n".join(_short(line.expandtabs(4)) for _, line in numbered)).split("\n")
    for (number, _), text in zip(numbered, texts):
        yield CodeLine(number, text, site.line <= number <= site.end_line)


def _without_blank_ends(numbered: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    written = [index for index, (_, line) in enumerate(numbered) if line.strip()]
    return tuple(numbered[written[0] : written[-1] + 1]) if written else ()


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def _fix(fix: Fix, source: SourceText) -> FixView:
    lines = tuple((_CHANGES.get(line[:1], ""), _short(line)) for line in changed_lines(fix, source))
    return FixView(inline(fix.title), option(fix), lines)


def _step(step: Step, graph: Graph, source: SourceText) -> StepView:
    node = graph.nodes.get(step.node)
    name, node_kind = (node.name, node.kind) if node else ("", "")
    return StepView(
        kind=kind_words(node_kind),
        name="" if name in step.note or name == node_kind else name,
        words=inline(step.note),
        place=place(step.site) if step.site else "",
        code=_short(source.code(step.site)),
    )


def kind_words(kind: str) -> str:
    return "data set" if kind == "dataset" else kind


def _subject(subject: str, graph: Graph) -> Markup:
    """What a finding is about, in the user's own names."""
    owner, _, column = subject.rpartition("#")
    if node := graph.nodes.get(subject):
        return _named(kind_words(node.kind), node.name)
    if node := graph.nodes.get(owner):
        return _named("column", column) + " of " + _named(kind_words(node.kind), node.name)
    return _named("", subject)


def _named(kind: str, name: str) -> Markup:
    return Markup("{} <code>{}</code>").format(kind, name)
