"""Catalogs of Kedro: entries that no node, hook or notebook of the project speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.claims.words import Words
from mldebt.graph.records import Claim
from mldebt.sites import Site

_CATALOG = re.compile(r"(?P<base>^|^.*/)conf/[^/]+/(?:catalog[^/]*|(?:.*/)?catalog[^/]*/.*)\.ya?ml$")
_SETTINGS = re.compile(r"(^|/)conf/.*\.ya?ml$")
_KEY = re.compile(r"^(?P<quote>['\"]?)(?P<name>[A-Za-z][\w.@#-]*)(?P=quote)\s*:", re.MULTILINE)


def unused_entries(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    projects: dict[str, list[str]] = {}
    for file in listed:
        if found := _CATALOG.match(file):
            projects.setdefault(found["base"], []).append(file)
    for base, catalogs in sorted(projects.items()):
        code = [file for file, facts in workspace.facts.items() if facts.packed and file.startswith(base)]
        if any(b"kedro" in workspace.facts[file].packed for file in code) and not _is_cut(workspace, base):
            yield from _of_project(workspace, listed, base, catalogs, code)


def _is_cut(workspace: Workspace, base: str) -> bool:
    """Whether code of the project could not be read."""
    return any(facts.problem for file, facts in workspace.facts.items() if file.startswith(base))


def _of_project(
    workspace: Workspace, listed: Sequence[str], base: str, catalogs: Sequence[str], code: Iterable[str]
) -> Iterator[Claim]:
    words = Words(workspace, code)
    others = [file for file in listed if file.startswith(base) and _SETTINGS.search(file) and file not in catalogs]
    said = "\n".join(workspace.text(file) or "" for file in others)
    written = {file: workspace.text(file) or "" for file in catalogs}
    if not _are_used(words, written):
        return
    told: set[str] = set()
    unused: list[tuple[str, Site]] = []
    for file, content in written.items():
        for name, line in _entries(workspace, file, content):
            spoken = _is_spoken(name, words) or _is_word(name, said) or _is_referred(name, written)
            if name not in told and not spoken:
                unused.append((name, Site(file, line, line)))
            told.add(name)
    if unused:
        yield Claim("kedro", "entry", "unused", base, unused[0][1], tuple(unused))


def _are_used(words: Words, written: Mapping[str, str]) -> bool:
    """Whether the code names entries at all: a catalog whose names are all made up is no claim to compare with."""
    names = {match["name"] for content in written.values() for match in _KEY.finditer(content)}
    return any(name in words.whole for name in names)


def _entries(workspace: Workspace, file: str, content: str) -> Iterator[tuple[str, int]]:
    settings = workspace.settings(file)
    for match in _KEY.finditer(content):
        spec = settings.get(match["name"]) if isinstance(settings, Mapping) else None
        if isinstance(spec, Mapping) and "type" in spec:
            yield match["name"], content.count("\n", 0, match.start()) + 1


def _is_spoken(name: str, words: Words) -> bool:
    """A name may be asked for in one of several ways (`orders@spark`), and be told within its name space."""
    plain = re.split("[@#]", name)[0]
    return any(words.speak_of(one) for one in (name, plain, plain.rpartition(".")[2]))


def _is_word(name: str, content: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", content) is not None


def _is_referred(name: str, written: Mapping[str, str]) -> bool:
    """Whether another entry takes something from it: `${name.filepath}`, an anchor that is used again."""
    for content in written.values():
        if f"${{{name}" in content:
            return True
        anchor = re.search(rf"^['\"]?{re.escape(name)}['\"]?\s*:\s*&([\w-]+)", content, re.MULTILINE)
        if anchor and re.search(rf"\*{re.escape(anchor[1])}\b", content):
            return True
    return False
