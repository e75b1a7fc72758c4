"""Comments that suppress findings: which ones they take, and what is wrong with those that take none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from mldebt.errors import near_name_hint
from mldebt.read.facts import FileFacts, Pragma
from mldebt.rules.judge.labels import Labels
from mldebt.rules.judge.policy import COMMENT, Suppressed
from mldebt.rules.model import Edit, Fault, Finding
from mldebt.sites import Site

LINE, FILE, NOQA = "ignore", "ignore-file", "noqa"
WORDS = (LINE, FILE, NOQA)
_GIVEN = re.compile(r"[=(]\s*([\w-]+)")
"""A rule as other linters take it."""


class Comments:
    """All suppression comments of a repository, and which of their codes were needed."""

    def __init__(self, facts: Mapping[str, FileFacts], labels: Labels) -> None:
        self._labels = labels
        self._files = {file: each.pragmas for file, each in facts.items() if each.pragmas}
        self._needed: set[tuple[str, Pragma, str]] = set()

    def suppression(self, finding: Finding) -> Suppressed | None:
        """What the comments say of a finding, by its primary location."""
        site, found = finding.locations[0], None
        for pragma in self._files.get(site.file, ()):
            for label in pragma.labels or ():
                if self._labels.code(label) == finding.code and _speaks_of(pragma, site):
                    self._needed.add((site.file, pragma, label))
                    found = found or Suppressed(finding, COMMENT, pragma.reason, _site(site.file, pragma))
        return found

    def faults(self, require_reason: bool) -> Iterator[Fault]:
        """One for each comment in which anything is wrong, in order."""
        for file, pragmas in sorted(self._files.items()):
            found = (self._fault(file, pragma, require_reason) for pragma in pragmas)
            yield from (fault for fault in found if fault is not None)

    def _fault(self, file: str, pragma: Pragma, require_reason: bool) -> Fault | None:
        if pragma.word not in WORDS:
            return self._misspelt(file, pragma)
        if not pragma.labels:
            return _fault(file, pragma, "names no rule, so that it suppresses nothing", HOW_TO)
        ours = [label for label in pragma.labels if pragma.word != NOQA or self._labels.is_ours(label)]
        unknown = [label for label in ours if self._labels.code(label) is None]
        unused = [label for label in ours if self._is_unused(file, pragma, label)]
        if unknown or unused:
            told = [f'names "{label}", which is no rule{self._labels.hint(label)}' for label in unknown]
            told += [f"is not needed for {' and '.join(unused)}: nothing of the kind is found there"] if unused else []
            edits = _without(file, pragma, {*unknown, *unused})
            return _fault(file, pragma, ", and ".join(told), "Remove it; `mldebt check --fix` does.", edits)
        if require_reason and ours and not pragma.reason:
            return _fault(file, pragma, "gives no reason", "Say behind it why the finding is accepted.")
        return None

    def _misspelt(self, file: str, pragma: Pragma) -> Fault | None:
        """Another word before a rule, in brackets or not: `mldebt: ignor[MLD203]`, `mldebt: disable=MLD203`."""
        hint = near_name_hint(pragma.word, WORDS[:2])
        given = _GIVEN.match(pragma.reason)
        if not (hint or pragma.labels or (given and self._labels.code(given[1]))):
            return None
        meant = hint.partition('"')[2].rstrip('"?') or LINE
        return _fault(file, pragma, f'suppresses nothing: the word is "{meant}", not "{pragma.word}"', HOW_TO)

    def _is_unused(self, file: str, pragma: Pragma, label: str) -> bool:
        return self._labels.answered(label) and (file, pragma, label) not in self._needed


HOW_TO = "Name the rule and give the reason: `mldebt: ignore[MLD203] the vendor adds columns without notice`."


def _speaks_of(pragma: Pragma, site: Site) -> bool:
    if pragma.word == FILE:
        return True
    if pragma.word not in WORDS or pragma.cell != site.cell:
        return False
    return pragma.first <= site.end_line and site.line <= pragma.last


def _fault(file: str, pragma: Pragma, problem: str, help: str, edits: Iterable[Edit] = ()) -> Fault:
    shown = _shown(pragma)
    message = f"The comment `{shown}` {problem}{'' if problem.endswith('?') else '.'}"
    return Fault(f"suppression:{file}::{shown}", _site(file, pragma), message, help, tuple(edits))


def _site(file: str, pragma: Pragma) -> Site:
    return Site(file, pragma.line, pragma.line, pragma.cell)


def _shown(pragma: Pragma) -> str:
    if pragma.word == NOQA:
        return f"noqa: {', '.join(pragma.labels or ())}"
    return f"mldebt: {pragma.word}" + ("" if pragma.labels is None else f"[{', '.join(pragma.labels)}]")


def _without(file: str, pragma: Pragma, labels: set[str]) -> Iterator[Edit]:
    """The comment without some of its labels, or without itself where it has no others."""
    rest = tuple(label for label in pragma.labels or () if label not in labels)
    line, column = pragma.line, pragma.column
    if rest:
        text = f"{pragma.mark} {_shown(replace(pragma, labels=rest))} {pragma.reason}".rstrip()
        yield Edit(file, line, column, line, pragma.end_column, text, pragma.cell)
    elif pragma.alone:
        yield Edit(file, line, 1, line + 1, 1, "", pragma.cell)
    else:
        yield Edit(file, line, column - pragma.blanks, line, pragma.end_column, "", pragma.cell)
