"""What a change did to the debt of a repository, seen from an earlier commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from mldebt.project.changes import Lines
from mldebt.rules.model import Finding
from mldebt.rules.names import apart_from_calls
from mldebt.sites import Site

Key = tuple[object, ...]


class Change(Struct, frozen=True):
    """A changed line: as it is now, or as it was where it is `removed`; in a notebook, a line of a cell."""

    file: str
    line: int
    text: str
    removed: bool = False
    cell: int = -1

    @property
    def site(self) -> Site:
        return Site(self.file, self.line, self.line, self.cell)


class Comparison(Struct, frozen=True, dict=True):
    """The state of `commit`, which `base` names, against the one that is reported: its findings are the new ones.

    `gone`: findings of then that are no more; `known`: how many of today's were there; `causes`: for fingerprints of
    new findings, the line whose change brought them, where that is known.
    """

    base: str
    commit: str
    gone: tuple[Finding, ...] = ()
    known: int = 0
    causes: Mapping[str, Change] = field(default_factory=dict)


class Difference(Struct, frozen=True):
    """Findings of now without one of then, of then without one of now, and how many are in both."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    known: int


def difference(old: Sequence[Finding], now: Sequence[Finding], renamed: Mapping[str, str], lines: Lines) -> Difference:
    """Findings are the same if they are of the same things: by name, by name apart from how a function is called, or
    at a line that is as it was. Files and things of renamed files have their new names.
    """
    moved = Renaming(renamed)
    back = {name: former for former, name in renamed.items()}

    def line_of_now(finding: Finding) -> Key | None:
        site = finding.locations[0]
        then = lines.then(site.file, site.line) if site.cell < 0 else None
        return None if then is None else (finding.code, back.get(site.file, site.file), then)

    def line_of_then(finding: Finding) -> Key | None:
        site = finding.locations[0]
        return None if site.cell >= 0 else (finding.code, site.file, site.line)

    left, rest = list(old), list(now)
    known = 0
    for key_then, key_now in (
        (lambda finding: _named(finding, moved.name), lambda finding: _named(finding, str)),
        (
            lambda finding: _named(finding, lambda name: apart_from_calls(moved.name(name))),
            lambda finding: _named(finding, apart_from_calls),
        ),
        (line_of_then, line_of_now),
    ):
        before = len(rest)
        left, rest = _unmatched(left, rest, key_then, key_now)
        known += before - len(rest)
    return Difference(tuple(rest), tuple(left), known)


class Renaming:
    """New names for ids that have the names of files in them."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        names = "|".join(re.escape(name) for name in sorted(renamed, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w./-])(?:{names})(?![\w/-]|\.\w)") if renamed else None

    def name(self, name: str) -> str:
        if self._pattern is None:
            return name
        return self._pattern.sub(lambda match: self._renamed[match[0]], name)


def _unmatched(
    old: Iterable[Finding],
    now: Iterable[Finding],
    key_then: Callable[[Finding], Key | None],
    key_now: Callable[[Finding], Key | None],
) -> tuple[list[Finding], list[Finding]]:
    """What is left of both when those with equal keys are taken away in pairs."""
    waiting: dict[Key | None, list[Finding]] = {}
    for finding in old:
        waiting.setdefault(key_then(finding), []).append(finding)
    rest = []
    for finding in now:
        key = key_now(finding)
        if key is not None and waiting.get(key):
            waiting[key].pop(0)
        else:
            rest.append(finding)
    return [finding for findings in waiting.values() for finding in findings], rest


def _named(finding: Finding, named: Callable[[str], str]) -> Key:
    return (finding.code, *sorted(map(named, finding.subject)))
