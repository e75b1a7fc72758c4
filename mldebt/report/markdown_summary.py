"""A summary in GitHub's Markdown, for a pull-request comment or the page of a job.

A comment may be so long and no longer; and it must call nobody: `@team` and `#12` from a repository's names stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from mldebt.report.places import place, printable
from mldebt.report.sarif_limits import cut_text
from mldebt.report.summary import base, counted, effort, lineage, severity_words, urgency
from mldebt.rules.comparison import Change, Comparison
from mldebt.rules.model import Finding
from mldebt.rules.result import Result

FIRST = 3
MOST_ROWS = 100
LONGEST = 60_000
_LONGEST_TEXT = 300
_CODE = re.compile(r"(`+)(.+?)\1")
_ACTIVE = re.compile(r"([\\*_\[\]<>|~$])")
_CALLS = re.compile(r"(?<![\w`])([@#])(?=\w)")


def render(result: Result) -> str:
    for rows in (MOST_ROWS, 50, 20, 5, 0):
        text = "\n".join(_lines(result, rows)) + "\n"
        if len(text) <= LONGEST:
            break
    return text


def _lines(result: Result, rows: int) -> Iterator[str]:
    compared, findings = result.comparison, result.findings
    yield f"## mldebt: {_headline(findings, compared)}"
    yield ""
    yield _figures(result)
    if findings:
        yield from _first(result, sorted(findings, key=urgency)[:FIRST])
        title = "New debt" if compared else "All findings"
        yield from _folded(title, len(findings), _table(result, findings, rows), bool(compared))
    if compared and compared.gone:
        yield from _folded(
            "Repaid debt", len(compared.gone), _table(replace(result, comparison=None), compared.gone, rows)
        )
    if result.problems:
        yield from ("", "### Rules that failed", "", *(f"- {words(problem)}" for problem in result.problems))


def _headline(findings: Sequence[Finding], compared: Comparison | None) -> str:
    if compared is None:
        return counted(len(findings), "finding") if findings else "no findings"
    new = counted(len(findings), "new finding") if findings else "no new debt"
    return f"{new}, {len(compared.gone):,} repaid" if compared.gone else new


def _figures(result: Result) -> str:
    work = sum(finding.effort_minutes for finding in result.findings)
    parts = [severity_words(result.findings), f"about {effort(work)} to put right" if work else ""]
    if compared := result.comparison:
        parts.append(f"{counted(compared.known, 'finding')} known before, since {words(base(compared))}")
    told = "; ".join(part for part in parts if part)
    return f"{told}. {lineage(result.graph.coverage)}" if told else lineage(result.graph.coverage)


def _first(result: Result, findings: Iterable[Finding]) -> Iterator[str]:
    compared = result.comparison
    yield from ("", "### Fix first", "")
    for number, finding in enumerate(findings, 1):
        grade = f"{finding.severity}, {finding.evidence}"
        yield f"{number}. **{finding.code}** {words(finding.headline)} {_where(result, finding)} ({grade})  "
        if cause := compared.causes.get(finding.fingerprint) if compared else None:
            yield f"   Brought by {_cause(cause)}  "
        if finding.help:
            yield f"   *What to do:* {words(_first_paragraph(finding.help))}"


def _first_paragraph(help: str) -> str:
    """A help without its code, which needs a page of its own."""
    return help.strip().partition("\n\n")[0].partition("```")[0].strip()


def _cause(cause: Change) -> str:
    verb = "removing " if cause.removed else ""
    text = f": {code(cut_text(cause.text.strip(), 120))}" if cause.text.strip() else ""
    return f"{verb}{code(place(cause.site))}{text}"


def _folded(title: str, count: int, table: Iterable[str], unfolded: bool = False) -> Iterator[str]:
    yield from (
        "",
        f"<details{' open' if unfolded else ''}><summary>{title} ({count:,})</summary>",
        "",
        *table,
        "",
        "</details>",
    )


def _table(result: Result, findings: Sequence[Finding], rows: int) -> Iterator[str]:
    compared = result.comparison
    with_causes = bool(compared and compared.causes)
    heads = ["Severity", "Rule", "Where", "What", *(["Brought by"] if with_causes else [])]
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for finding in sorted(findings, key=urgency)[:rows]:
        cells = [finding.severity, f"{finding.code} {finding.rule}", _where(result, finding)]
        cells.append(words(finding.headline))
        if with_causes and compared:
            cause = compared.causes.get(finding.fingerprint)
            cells.append(_cause(cause) if cause else "")
        yield _row([_in_cell(cell) for cell in cells])
    if len(findings) > rows:
        yield from ("", f"… and {len(findings) - rows:,} more.")


def _where(result: Result, finding: Finding) -> str:
    site = finding.locations[0]
    return code(place(site._replace(file=result.hosted(site.file))))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _in_cell(text: str) -> str:
    """A bar would end the cell, also within code."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def words(text: str) -> str:
    """A text of ours with names from the repository, on one line: code stays code, everything else is just words."""
    text = cut_text(printable(text), _LONGEST_TEXT)
    pieces, at = [], 0
    for match in _CODE.finditer(text):
        pieces += [_plain(text[at : match.start()]), code(match[2])]
        at = match.end()
    return "".join([*pieces, _plain(text[at:])])


def code(text: str) -> str:
    """A code span, whatever backticks the text has itself."""
    text = printable(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def _plain(text: str) -> str:
    return _CALLS.sub("\\1\u200b", _ACTIVE.sub(r"\\\1", text.replace("`", "\\`").replace("&", "&amp;")))
