"""Suppression comments for findings, put where they count and where they change nothing else."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from mldebt.fixes.apply import edited
from mldebt.read.comments import statement_at
from mldebt.read.one_file import kind_of_file
from mldebt.read.pragmas import holds_comments, language_of_cell, pragmas_in
from mldebt.rules.model import Edit, Finding
from mldebt.rules.result import SourceText
from mldebt.sites import Site

LONGEST_LINE = 120
_OWN_LINE = re.compile(r"^[ \t]*# mldebt: ignore\[[^\n]*\n?", re.MULTILINE)
"""In a text of YAML that commands are read from, a comment is one of the shell."""


class Added(Struct, frozen=True):
    """The comments as edits, how many findings they suppress, and the findings that have no place for one."""

    edits: tuple[Edit, ...]
    count: int
    without: tuple[Finding, ...]


def add_ignores(findings: Iterable[Finding], source: SourceText, reason: str) -> Added:
    places = _by_place(findings)
    edits: list[Edit] = []
    without: list[Finding] = []
    for site, there in places.items():
        edit = ignore_comment(site, sorted({finding.code for finding in there}), source, reason)
        if edit is None:
            without += there
        else:
            edits.append(edit)
    count = sum(map(len, places.values())) - len(without)
    return Added(tuple(edits), count, tuple(without))


def ignore_comment(site: Site, codes: Iterable[str], source: SourceText, reason: str) -> Edit | None:
    """The comment behind the statement or above it; None where neither is possible."""
    lines = source.all_lines(site)
    language = _language(site, lines)
    if language is None or site.line > len(lines):
        return None
    mark = "--" if language == "sql" else "#"
    comment = f"{mark} mldebt: ignore[{', '.join(codes)}] {' '.join(reason.split())}".rstrip()
    text = "\n".join(lines)
    edits = (_edit(site, *place) for place in _places(site, lines, language, comment))
    return next((edit for edit in edits if _is_good(text, edit, site, language)), None)


def _by_place(findings: Iterable[Finding]) -> Mapping[Site, list[Finding]]:
    places: dict[Site, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.locations[0], []).append(finding)
    return places


def _language(site: Site, lines: tuple[str, ...]) -> str | None:
    if site.cell >= 0:
        return language_of_cell("\n".join(lines))
    return kind_of_file(site.file) or ("manifest" if holds_comments(site.file) else None)


def _places(site: Site, lines: tuple[str, ...], language: str, comment: str) -> Iterator[tuple[int, int, str]]:
    """(line, column, text to insert) in the order of preference."""
    first, last = site.line, site.end_line
    if language == "python":
        first, last = statement_at("\n".join(lines), site.line)
        behind = lines[last - 1].rstrip()
        if len(behind) + 2 + len(comment) <= LONGEST_LINE:
            yield last, len(behind) + 1, f"  {comment}"
    indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
    yield first, 1, f"{indent}{comment}\n"
    yield first, 1, f"{comment}\n"


def _edit(site: Site, line: int, column: int, text: str) -> Edit:
    return Edit(site.file, line, column, line, column, text, site.cell)


def _is_good(text: str, edit: Edit, site: Site, language: str) -> bool:
    """Whether the comment speaks of the place, and all else means what it meant."""
    after = edited(text, [edit])
    moved = edit.text.count("\n")
    spoken = any(
        pragma.labels and pragma.first <= site.end_line + moved and site.line + moved <= pragma.last
        for pragma in pragmas_in(after, language)
        if pragma.line == edit.line
    )
    return spoken and _meaning(site.file, text, language) == _meaning(site.file, after, language)


def _meaning(file: str, text: str, language: str) -> object:
    """What a parser makes of a text; None where there is no parser for it or it has no use for it."""
    try:
        if language == "python":
            return ast.dump(ast.parse(text))
        if file.endswith((".yml", ".yaml")):
            import yaml

            events = yaml.parse(text, yaml.SafeLoader)
            return [(type(event), _OWN_LINE.sub("", getattr(event, "value", ""))) for event in events]
        if file.endswith(".toml"):
            return tomllib.loads(text)
    except Exception:
        return None
    return None
