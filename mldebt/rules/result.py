"""What a scan came to, and the source text behind it: all that a report needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field
from msgspec.structs import force_setattr

from mldebt.graph.model import Graph
from mldebt.project.roots import located
from mldebt.rules.comparison import Comparison
from mldebt.rules.judge.policy import Suppressed
from mldebt.rules.model import Finding
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.rules.page import RulePage

_LONGEST_CODE = 140
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Result(Struct, frozen=True, dict=True):
    """One scan of one repository, or of several. `rules` maps the codes of the rules that ran to their pages.

    `folder`: the way from the top of the hosted repository to the root, "" or `services/eta/`. `comparison`: with an
    earlier state, if that was asked for; the findings are those that are new since then.
    `findings` is what is reported. `suppressed` and `baselined`, which the baseline already knew, stay out of reports
    unless `shows_all`.
    `given` has the texts of files that were not read from disk. `several`: the roots of several repositories by name;
    `folders`: the ways there from the top of the hosted repository, for those that lie in it.
    """

    findings: tuple[Finding, ...]
    graph: Graph
    root: Path
    name: str
    rules: Mapping[str, RulePage] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    version: str = ""
    folder: str = ""
    comparison: Comparison | None = None
    suppressed: tuple[Suppressed, ...] = ()
    baselined: tuple[Finding, ...] = ()
    shows_all: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    several: Mapping[str, Path] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)

    def path(self, file: str) -> Path:
        """Where a file lies."""
        return located(file, self.root, self.several)

    def hosted(self, file: str) -> str:
        """A file from the top of the repository that hosts it."""
        name, _, rest = file.partition("/")
        return f"{self.folders[name]}{rest}" if name in self.folders and rest else f"{self.folder}{file}"

    def source(self) -> SourceText:
        """The text behind the findings."""
        return SourceText(self.root, self.given, self.several)

    def __post_init__(self) -> None:
        for name in ("findings", "baselined"):
            force_setattr(self, name, tuple(sorted(getattr(self, name), key=by_position)))
        suppressed = tuple(sorted(self.suppressed, key=lambda each: by_position(each.finding)))
        force_setattr(self, "suppressed", suppressed)


def by_position(finding: Finding) -> tuple[object, ...]:
    """The order of findings in every report: as a reader meets them in the files."""
    place = [(site.file, site.cell, site.line) for site in finding.locations[:1]]
    return (place, finding.code, finding.subject, finding.message)


class Region(NamedTuple):
    """A range of text: from 1, in Unicode code points; the end lies one behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class SourceText:
    """The text behind sites, each file read once; a file or line that is not there (any more) has no text."""

    def __init__(
        self, root: Path, given: Mapping[str, str] | None = None, several: Mapping[str, Path] | None = None
    ) -> None:
        """`given` has texts that count in place of those on disk; `several`: the roots of repositories by name."""
        self._root = root
        self._several = several or {}
        self._files: dict[str, str] = dict(given or {})
        self._cells: dict[str, tuple[str, ...]] = {}
        self._lines: dict[tuple[str, int], tuple[str, ...]] = {}

    def lines(self, site: Site, context: int = 0) -> tuple[tuple[int, str], ...]:
        """The numbered lines of the site, with so many more before and after it."""
        text = self.all_lines(site)
        first, last = max(1, site.line - context), min(len(text), site.end_line + context)
        return tuple((number, text[number - 1]) for number in range(first, last + 1))

    def region(self, site: Site) -> Region:
        """From the first character that is not blank to the end of the last line."""
        lines = self.lines(site)
        if not lines:
            return Region(site.line, 1, site.end_line, 1)
        first, (last_number, last) = lines[0][1], lines[-1]
        column = len(first) - len(first.lstrip()) + 1
        end_column = len(last.rstrip()) + 1
        if last_number == site.line:
            end_column = max(column, end_column)
        return Region(site.line, column, last_number, end_column)

    def code(self, site: Site | None) -> str:
        """The code of the site on one line, shortened where it is long."""
        text = ""
        for _, line in self.lines(site) if site else ():
            piece = line.strip()
            if len(text) > _LONGEST_CODE:
                return text[: _LONGEST_CODE - 1] + "…"
            text += piece if not text or text[-1] in "([{" or piece[:1] in ")]}" else f" {piece}"
        return text

    def all_lines(self, site: Site) -> tuple[str, ...]:
        """Every line of the file that the site is in, or of its cell."""
        key = (site.file, site.cell)
        if key not in self._lines:
            self._lines[key] = split_lines(self._source(site))
        return self._lines[key]

    def every_line(self, file: str) -> tuple[str, ...]:
        """Every line of the file; those of a notebook, cell by cell."""
        if not file.endswith(".ipynb"):
            return self.all_lines(Site(file, 1, 1))
        cells = cell_sources(self.text(file).removeprefix("\ufeff"))
        return tuple(line for cell in cells for line in split_lines(cell))

    def text(self, file: str) -> str:
        """The whole file, a byte order mark included; "" where it can't be read."""
        if file not in self._files:
            self._files[file] = _read(located(file, self._root, self._several))
        return self._files[file]

    def _source(self, site: Site) -> str:
        text = self.text(site.file).removeprefix("\ufeff")
        if site.cell < 0:
            return text
        if site.file not in self._cells:
            self._cells[site.file] = cell_sources(text)
        cells = self._cells[site.file]
        return cells[site.cell] if site.cell < len(cells) else ""


def split_lines(text: str) -> tuple[str, ...]:
    """Lines as every editor counts them: a form feed or a Unicode separator ends none."""
    lines = _LINE_BREAK.split(text)
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line."""
    return (0, *(match.end() for match in _LINE_BREAK.finditer(text)))


def cell_sources(notebook: str) -> tuple[str, ...]:
    """The sources of all cells of a notebook, given as its JSON text; none where it is not a notebook."""
    try:
        document = json.loads(notebook)
        cells = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        sources = [cell.get("source", cell.get("input", "")) for cell in cells]
        return tuple(source if isinstance(source, str) else "".join(source) for source in sources)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return ""
