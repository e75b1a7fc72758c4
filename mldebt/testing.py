"""Tests for rules: every code block on a rule's page is a small repository, and its comments say what is to be found.

With pytest, in a plug-in's own tests:

    from acme_rules import rules
    from mldebt.testing import check_case, every_case, label, shape_problems

    @pytest.mark.parametrize(("rule", "case"), every_case(rules()), ids=label)
    def test_the_page_tells_the_truth(rule, case, tmp_path):
        assert check_case(rule, case, tmp_path) == []

    @pytest.mark.parametrize("rule", rules(), ids=label)
    def test_the_page_has_the_shape_of_all_pages(rule):
        assert shape_problems(rule) == []

A finding is expected where its primary location's line ends in `# mldebt: CODE` (`-- mldebt: CODE` in SQL). A case
under "Known misses" shows what ought to be found and is not: it fails as soon as it is. Fixes that the rule offers are
made, safe or not: the changed code has to parse, and the finding to be gone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.config import Config
from mldebt.errors import UsageError
from mldebt.rules.copies import told_once
from mldebt.rules.model import SEVERITIES, Finding, Rule
from mldebt.rules.page import SETTINGS_FILE, Case, RulePage, load_page
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.graph.model import Graph
    from mldebt.graph.scan import Scan

__all__ = [
    "Case",
    "cases",
    "check_case",
    "every_case",
    "expected",
    "label",
    "run_case",
    "shape_problems",
    "write_case",
]

_MARKER = re.compile(r"(?:#|--)\s*mldebt:\s*(?P<codes>[A-Z]{3}\d{3}(?:\s*,\s*[A-Z]{3}\d{3})*)\s*$")
_CELL = re.compile(r"^#\s*%%\s*(?P<markdown>\[markdown\])?")

Place = tuple[str, str, int, int]
"""(code, file, line, cell)"""


def cases(rule: type[Rule]) -> tuple[Case, ...]:
    """The small repositories on the rule's page."""
    return load_page(rule).cases


def every_case(rules: Iterable[type[Rule]]) -> list[tuple[type[Rule], Case]]:
    """All of them, each with its rule."""
    return [(rule, case) for rule in rules for case in cases(rule)]


def label(value: object) -> str:
    """What a test of a rule or of a case is called."""
    if isinstance(value, Case):
        return f"{value.kind}-{value.title}"
    return str(getattr(value, "code", value))


def check_case(rule: type[Rule], case: Case, folder: Path) -> list[str]:
    """What differs between the findings that the case expects and those that the rule makes; empty if nothing."""
    findings = run_case(rule, case, folder)
    wanted = Counter(place for place in expected(case) if place[0] == rule.code)
    found = Counter(_place(finding) for finding in findings)
    if case.kind == "known_miss":
        return [] if wanted - found else ["nothing is missed any more: move the case to another heading"]
    messages = {_place(finding): finding.message for finding in findings}
    missing = [f"not found: {_told(place)}" for place in sorted((wanted - found).elements())]
    unexpected = [f"unexpected: {_told(place)}: {messages[place]}" for place in sorted((found - wanted).elements())]
    return missing + unexpected + list(_unfenced(findings)) + list(_unfixed(rule, findings, folder))


def _unfenced(findings: Iterable[Finding]) -> Iterator[str]:
    """Helps whose lines to be pasted would be run together into one, as reports do with the lines of a paragraph."""
    for finding in findings:
        paragraphs = [each for at, each in enumerate(finding.help.split("```")) if at % 2 == 0]
        if any("\n" in each.strip() for text in paragraphs for each in text.split("\n\n")):
            yield f"a help has lines of code without a fence (```) around them: {finding.help}"


def run_case(rule: type[Rule], case: Case, folder: Path) -> list[Finding]:
    """Write the case's files into the folder, scan them and ask the rule; its findings come with their fixes."""
    write_case(case, folder)
    return _found(rule, folder)


def _found(rule: type[Rule], folder: Path) -> list[Finding]:
    from mldebt.graph.scan import scan

    config = _config(folder)
    if config.workspace is not None:
        return _together(rule, folder)
    scanned = scan(folder, use_cache=False)
    findings = (
        _reviewed(rule, folder, scanned)
        if rule.reviews()
        else told_once(list(rule().check(scanned.graph, config.settings(config.name(folder)))), scanned.graph)
    )
    return _with_fixes(findings, scanned.graph, folder, config.name(folder))


def _with_fixes(findings: Iterable[Finding], graph: Graph, folder: Path, config: str) -> list[Finding]:
    from mldebt.fixes.made import Tools
    from mldebt.fixes.offers import offered
    from mldebt.knowledge.loader import load_knowledge
    from mldebt.rules.result import SourceText

    return list(offered(findings, Tools(SourceText(folder), load_knowledge(), graph, folder.joinpath, config)))


def _together(rule: type[Rule], folder: Path) -> list[Finding]:
    """The findings in several repositories that the case's configuration lists."""
    from mldebt.cli.sources import scanned_by
    from mldebt.cli.standards import settings_for
    from mldebt.cli.targets import find_target
    from mldebt.graph.qualify import Places
    from mldebt.graph.several import scan_together

    target = find_target([str(folder)])
    assert target.several is not None
    places = Places(tuple(target.several.roots), target.several.mounts, target.several.shared)
    scanned = scan_together(folder, tuple(scanned_by(target).values()), places, use_cache=False)
    found = rule().check(scanned.graph, settings_for(target))
    return _with_fixes(found, scanned.graph, folder, _config(folder).name(folder))


def _unfixed(rule: type[Rule], findings: Iterable[Finding], folder: Path) -> Iterator[str]:
    """Make the fixes that are offered; each finding has to be gone then."""
    from mldebt.fixes.apply import planned, write
    from mldebt.fixes.choice import together, wanted
    from mldebt.rules.result import SourceText

    fixable = {finding.fingerprint: fix for finding in findings if (fix := wanted(finding, unsafe=True))}
    made = together(fixable.values(), SourceText(folder))
    if not made:
        return
    write(planned(folder.joinpath, (edit for fix in made for edit in fix.edits)))
    left = {finding.fingerprint: finding for finding in _found(rule, folder)}
    for fingerprint, fix in fixable.items():
        if fix in made and fingerprint in left:
            yield f'not fixed by "{fix.title}": {left[fingerprint].message}'


def _reviewed(rule: type[Rule], folder: Path, scanned: Scan) -> list[Finding]:
    """Findings about suppressions need the findings of all rules; the day is the last one that there is."""
    from mldebt.rules.judge import PathRules, facts_of_config, judge, policy_of
    from mldebt.rules.registry import load_rules
    from mldebt.rules.run import run_rules

    rules, config = load_rules(), _config(folder)
    judgement = judge(
        run_rules(rules, scanned.graph, config.settings(config.name(folder))),
        chosen=rules,
        installed=rules,
        graph=scanned.graph,
        facts={**scanned.facts, **facts_of_config(config, config.name(folder))},
        policy=policy_of(config, config.name(folder), date.max),
        paths=PathRules(config, rules),
    )
    return [finding for finding in judgement.findings if finding.code == rule.code]


def write_case(case: Case, folder: Path) -> None:
    """Write the case's files; a Python block that is named `….ipynb` becomes a notebook, cut at `# %%`."""
    for name, text in case.files:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f'case "{case.title}" names a file outside its folder: {name}')
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_notebook(text) if _is_notebook(name, text) else text, encoding="utf-8")


def expected(case: Case) -> list[Place]:
    """Where the comments of a case expect a finding."""
    return sorted(place for name, text in case.files for place in _marked(name, text))


def shape_problems(rule: type[Rule]) -> list[str]:
    """Where a rule and its page depart from the shape that all of them have; empty if nowhere."""
    page = load_page(rule)
    return [f"{rule.code}: {problem}" for problem in (*page.problems, *_metadata(rule), *_contents(page))]


def _metadata(rule: type[Rule]) -> Iterator[str]:
    if not re.fullmatch(r"[A-Z]{3}\d{3}", rule.code):
        yield "a code is three capital letters and three digits"
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name):
        yield f'the name "{rule.name}" is not in kebab-case'
    if rule.name.startswith(("no-", "disallow-", "avoid-", "require-", "use-")):
        yield f'the name "{rule.name}" names the cure; it has to read well after "allow"'
    if rule.severity not in SEVERITIES:
        yield f'the severity "{rule.severity}" is none of {", ".join(SEVERITIES)}'


def _contents(page: RulePage) -> Iterator[str]:
    kinds = Counter(case.kind for case in page.cases)
    for kind in ("example", "better", "silent"):
        if not kinds[kind]:
            yield f"the page has no {kind} case"
    for heading, text in page.sections.items():
        if not text.strip():
            yield f'"## {heading}" is empty'
    titles = Counter((case.kind, case.title) for case in page.cases)
    yield from (f'two {kind} cases are called "{title}"' for (kind, title), count in titles.items() if count > 1)
    for case in page.cases:
        marked = any(place[0] == page.code for place in expected(case))
        if marked != (case.kind in ("example", "known_miss")):
            yield f'case "{case.title}" ({case.kind}) marks {"a" if marked else "no"} finding'


def _config(folder: Path) -> Config:
    if not (folder / SETTINGS_FILE).exists():
        return Config()
    from mldebt.config import load_config

    return load_config(folder, folder)


def _marked(name: str, text: str) -> Iterator[Place]:
    if not _is_notebook(name, text):
        yield from _markers(name, text.splitlines(), -1)
        return
    for number, (kind, lines) in enumerate(_cells(text)):
        if kind == "code":
            yield from _markers(name, lines, number)


def _markers(name: str, lines: Iterable[str], cell: int) -> Iterator[Place]:
    for number, line in enumerate(lines, start=1):
        found = _MARKER.search(line)
        for code in re.findall(r"[A-Z]{3}\d{3}", found["codes"]) if found else ():
            yield code, name, number, cell


def _is_notebook(name: str, text: str) -> bool:
    return name.endswith(".ipynb") and not text.lstrip().startswith("{")


def _cells(text: str) -> list[tuple[str, list[str]]]:
    """(kind, lines) of each cell; the line with `# %%` belongs to none."""
    cells: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        head = _CELL.match(line)
        if head:
            cells.append(("markdown" if head["markdown"] else "code", []))
        elif cells or line.strip():
            cells = cells or [("code", [])]
            cells[-1][1].append(line)
    return [(kind, _trimmed(lines)) for kind, lines in cells]


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _notebook(text: str) -> str:
    cells = []
    for kind, lines in _cells(text):
        source = [line + "\n" for line in lines[:-1]] + lines[-1:]
        if kind == "markdown":
            cells.append({"cell_type": kind, "metadata": {}, "source": [line.removeprefix("# ") for line in source]})
        else:
            cells.append(
                {"cell_type": kind, "execution_count": None, "metadata": {}, "outputs": [], "source": source}  # type: ignore[dict-item]
            )
    metadata = {"language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _place(finding: Finding) -> Place:
    site = finding.locations[0]
    return finding.code, site.file, site.line, site.cell


def _told(place: Place) -> str:
    code, file, line, cell = place
    return f"{code} at {Site(file, line, line, cell)}"
