"""A rule's page: one Markdown file that is its documentation, its help text and, through its code blocks, its test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

from msgspec import Struct

from mldebt.errors import UsageError
from mldebt.rules.model import Rule

HEADINGS = (
    "What it finds", "Why it is debt", "Example", "Better", "When it stays silent", "How to fix it", "Options",
    "Known misses",
)  # fmt: skip
OPTIONAL_HEADINGS = ("Known misses",)
CASE_KINDS = {
    "Example": "example", "Better": "better", "When it stays silent": "silent", "Known misses": "known_miss",
}  # fmt: skip
SETTINGS_FILE = "mldebt.toml"

_FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
_TITLE = re.compile(r'\btitle="(?P<name>[^"]+)"')


class Case(Struct, frozen=True):
    """A small repository on a page: `files` are (name, text); `kind` is example, better, silent or known_miss."""

    title: str
    kind: str
    files: tuple[tuple[str, str], ...]

    @property
    def settings(self) -> str:
        """The text of the case's `mldebt.toml`, "" where it has none."""
        return dict(self.files).get(SETTINGS_FILE, "")


class RulePage(Struct, frozen=True):
    """A rule with its page, ready to be shown.

    `sections` maps each heading to the Markdown below it. `summary` is the first paragraph of "What it finds" and
    `plain` the whole page, both without markup. `problems` says where the page departs from the fixed shape.
    """

    code: str
    name: str
    title: str
    severity: str
    default: bool
    sections: Mapping[str, str]
    markdown: str
    summary: str
    plain: str
    cases: tuple[Case, ...]
    problems: tuple[str, ...] = ()


def load_page(rule: type[Rule]) -> RulePage:
    """The page beside the rule's module."""
    return parse_page(rule, _read(rule))


def parse_page(rule: type[Rule], markdown: str) -> RulePage:
    title, sections = _sections(markdown)
    return RulePage(
        code=rule.code,
        name=rule.name,
        title=title,
        severity=rule.severity,
        default=rule.default,
        sections=sections,
        markdown=markdown,
        summary=" ".join(plain_text(sections.get(HEADINGS[0], "").strip().partition("\n\n")[0]).split()),
        plain=plain_text(markdown),
        cases=tuple(case for heading, text in sections.items() for case in _cases(heading, text)),
        problems=tuple(_problems(rule, title, tuple(sections))),
    )


def plain_text(markdown: str) -> str:
    """Markdown without its marks: fences, headings, emphasis, code ticks and link targets go, the words stay."""
    lines = []
    for line, fence, inside in _lines(markdown):
        if fence:
            name = _TITLE.search(line)
            lines.extend([f"{name['name']}:"] if name else [])
        else:
            lines.append(f"    {line}".rstrip() if inside else _plain_line(line))
    return "\n".join(lines).strip() + "\n" if lines else ""


def _read(rule: type[Rule]) -> str:
    package, _, module = rule.__module__.rpartition(".")
    page = files(package).joinpath(f"{module}.md") if package else None
    if page is None or not page.is_file():
        raise UsageError(f"rule {rule.code} has no page: {module}.md is missing beside its module {rule.__module__}")
    return page.read_text(encoding="utf-8")


def _lines(markdown: str) -> Iterator[tuple[str, bool, bool]]:
    """Every line with whether it opens or closes a fenced block, and whether it stands inside one."""
    marks = ""
    for line in markdown.splitlines():
        match = _FENCE.match(line)
        opens = match is not None and not marks
        closes = bool(marks) and line.startswith(marks) and not line.strip(marks[0] + " ")
        if match is not None and opens:
            marks = match["marks"]
        elif closes:
            marks = ""
        yield line, opens or closes, bool(marks) and not opens


def _sections(markdown: str) -> tuple[str, dict[str, str]]:
    title, heading = "", ""
    texts: dict[str, list[str]] = {}
    for line, fence, inside in _lines(markdown):
        if not (fence or inside) and line.startswith("# ") and not title:
            title = line[2:].strip()
        elif not (fence or inside) and line.startswith("## "):
            heading = line[3:].strip()
            texts[heading] = []
        elif heading:
            texts[heading].append(line)
    return title, {name: "\n".join(lines).strip("\n") + "\n" for name, lines in texts.items()}


def _cases(heading: str, text: str) -> Iterator[Case]:
    """The small repositories of one section: one for each `###` heading that has files, or for the section itself."""
    kind = CASE_KINDS.get(heading)
    if kind is None:
        return
    title, name = heading, ""
    blocks: dict[str, list[str]] = {}
    for line, fence, inside in _lines(text):
        if inside:
            if name:
                blocks[name].append(line)
        elif fence:
            found = _TITLE.search(line)
            name = found["name"] if found else ""
            if name:
                blocks[name] = []
        elif line.startswith("### "):
            if blocks:
                yield _case(title, kind, blocks)
            title, name, blocks = line[4:].strip(), "", {}
    if blocks:
        yield _case(title, kind, blocks)


def _case(title: str, kind: str, blocks: Mapping[str, list[str]]) -> Case:
    return Case(title, kind, tuple((name, "\n".join(lines) + "\n") for name, lines in blocks.items()))


def _problems(rule: type[Rule], title: str, headings: tuple[str, ...]) -> Iterator[str]:
    if title != f"{rule.code} {rule.name}":
        yield f'the page is headed "{title}" instead of "{rule.code} {rule.name}"'
    for heading in HEADINGS:
        if heading not in headings and heading not in OPTIONAL_HEADINGS:
            yield f'"## {heading}" is missing'
    for heading in headings:
        if heading not in HEADINGS:
            yield f'"## {heading}" is not one of the fixed headings'
    known = [heading for heading in headings if heading in HEADINGS]
    if known != sorted(known, key=HEADINGS.index):
        yield "the headings are not in their fixed order: " + ", ".join(HEADINGS)


def _plain_line(line: str) -> str:
    line = re.sub(r"^#{1,6}\s+", "", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"(\*\*|__)(.+?)\1", r"\2", line)
    line = re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"\1", line)
    return re.sub(r"(`+)(.+?)\1", r"\2", line)
